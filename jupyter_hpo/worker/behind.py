"""What stands behind the names of a notebook: where libraries' objects come from, and what the
person's own functions and classes may do when a cell uses them.

For `cell.setup`: a statement that calls a function of an earlier cell does what that function
does. Functions are read by their source; without it by the names in their code. Modules that
are no installed ones (a `utils.py` beside the notebook) are read like the notebook. What is not
read: attributes set on objects of installed libraries deeper than a few levels.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import textwrap
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..cell.effects import Facts, facts_of_calling
from ..cell.setup import Surroundings
from .installed import INSTALLED

DEPTH = 4
OBJECTS = 200
_TIMERS = {"perf_counter", "monotonic", "time_ns", "process_time", "now", "utcnow", "time"}


def look_behind(namespace: Mapping[str, Any], names: Iterable[str]) -> Surroundings:
    """The origins of `names`, and the facts behind them and behind whatever notebook names
    these read in turn. Nothing is called or imported."""
    look = _Look(namespace)
    todo = [name for name in names if name in namespace]
    while todo:
        name = todo.pop()
        if name not in look.seen:
            look.seen.add(name)
            todo += look.name(name, namespace[name])
    return Surroundings(look.origins, look.behind)


def own(value: Any) -> bool:
    """Whether a module, function or class is the person's own, so that it is to be read."""
    name = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
    return not isinstance(name, str) or not from_library(name)


def from_library(module: str) -> bool:
    """Whether a module belongs to the standard library or to an installed package."""
    top = module.partition(".")[0]
    if top == "__main__":  # the notebook, though the program that was started may be installed
        return False
    if top in sys.stdlib_module_names or top == "jupyter_hpo":
        return True
    spec = getattr(sys.modules.get(top), "__spec__", None)
    places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
    return any(str(place).startswith(INSTALLED) for place in places)


class _Look:
    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = namespace
        self.seen: set[str] = set()
        self.origins: dict[str, str] = {}
        self.behind: dict[str, Facts] = {}

    def name(self, name: str, value: Any) -> set[str]:
        """Take down one name; returns the notebook's names that it reads in turn."""
        origin = origin_of(value)
        if origin:
            self.origins[name] = origin
            if isinstance(value, types.ModuleType) and own(value):
                return self._module(name, value)
            return set()
        facts = Facts()
        for found in _own_within(value):
            facts.add(self._facts(found, set()))
        if facts != Facts():
            self.behind[name] = facts
        return {n for n in facts.mentions if n in self.namespace}

    def _module(self, name: str, module: types.ModuleType) -> set[str]:
        for attribute, value in list(vars(module).items()):
            facts = Facts()
            for found in _own_within(value):
                facts.add(self._facts(found, set()))
            if facts != Facts():
                self.behind[f"{name}.{attribute}"] = facts
        return set()

    def _facts(self, function: types.FunctionType, seen: set[int]) -> Facts:
        """Of calling it; what it reads of another module is followed here."""
        if id(function) in seen:
            return Facts()
        seen.add(id(function))
        table = function.__globals__
        used = _names_of(function.__code__)
        origins = {n: origin for n in used if n in table and (origin := origin_of(table[n]))}
        facts = Facts()
        tree = _tree(function)
        if tree is not None:
            facts.add(facts_of_calling(tree, origins))
        else:
            facts.mentions |= used
            facts.effects += ["reads the clock"] if used & _TIMERS else []
        outer: list[Any] = [*(function.__defaults__ or ()), *_cells(function)]
        if table is not self.namespace:
            outer += [table[n] for n in used if n in table and n not in origins]
            facts.mentions.clear()
        for value in outer:
            for inner in _own_within(value):
                facts.add(self._facts(inner, seen))
        return facts


def origin_of(value: Any) -> str:
    """The dotted name of a module, or of an installed library's function or class; else ''."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    if not callable(value):
        return ""
    owner = getattr(value, "__self__", None)
    name = getattr(value, "__qualname__", None)
    module = getattr(value, "__module__", None)
    if isinstance(value, types.BuiltinMethodType | types.MethodType) and owner is not None:
        if isinstance(owner, types.ModuleType):
            module = owner.__name__
        else:
            module, name = type(owner).__module__, getattr(value, "__name__", None)
    elif not isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        return ""
    if not isinstance(name, str) or not isinstance(module, str):
        return ""
    module = _PUBLIC.get(module, module)
    return f"{module}.{name}" if from_library(module) else ""


_PUBLIC = {"numpy.random.mtrand": "numpy.random", "_io": "io", "posix": "os", "nt": "os"}


def _own_within(value: Any) -> Iterator[types.FunctionType]:
    """The person's own functions in a value: itself, methods of its class, what it holds."""
    todo, seen, count = [(value, 0)], set(), 0
    while todo and count < OBJECTS:
        one, depth = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        count += 1
        if isinstance(one, types.FunctionType):
            if own(one):
                yield one
            else:
                todo += [(inner, depth + 1) for inner in _cells(one)]
        elif isinstance(one, type):
            for base in one.__mro__:
                if own(base):
                    todo += [(inner, depth) for inner in vars(base).values()]
        elif isinstance(one, staticmethod | classmethod | types.MethodType):
            todo.append((one.__func__, depth))
        elif isinstance(one, property):
            todo += [(f, depth) for f in (one.fget, one.fset, one.fdel) if f is not None]
        elif isinstance(one, functools.partial):
            todo += [(part, depth) for part in (one.func, *one.args, *one.keywords.values())]
        elif depth < DEPTH and not isinstance(one, types.ModuleType):
            todo.append((type(one), depth))
            todo += [(inner, depth + 1) for inner in _held(one)]


def _held(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        yield from list(value)[:OBJECTS]
    elif isinstance(value, dict):
        yield from list(value.values())[:OBJECTS]
    else:
        try:
            yield from list(vars(value).values())[:OBJECTS]
        except TypeError:  # it has no attributes of its own
            return


def _cells(function: types.FunctionType) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    return found


def _names_of(code: types.CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _names_of(constant)
    return found


def _tree(function: types.FunctionType) -> ast.AST | None:
    """The definition, from its source; None when there is none or it can't be taken apart."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError, IndentationError):
        return None
    match tree.body:
        case [ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) as node] if (
            name == function.__code__.co_name
        ):
            return node
    return None
