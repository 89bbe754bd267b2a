"""What values may be and may hold, what code does, and what it can know of the names around it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .manners import SHALLOW, How
from .values import ObjectKind

Names = frozenset[str]
NONE: Names = frozenset()
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


class Value(NamedTuple):
    """alias: names whose object it may be, and `name.` for what may be a part or a view of it;
    made: those whose objects it may hold. A parameter stands there as `@name`."""

    alias: Names
    made: Names

    @property
    def all(self) -> Names:
        return self.alias | self.made

    @property
    def part(self) -> Value:
        """An element, an attribute or a view of it."""
        if not self.alias and not self.made:
            return self
        return Value(frozenset(n if n[-1] == "." else n + "." for n in self.all), self.made)


NOTHING = Value(NONE, NONE)


def either(values: Iterable[Value]) -> Value:
    alias, made = NONE, NONE
    for value in values:
        alias |= value.alias
        made |= value.made
    return Value(alias, made)


def holding(values: Iterable[Value]) -> Value:
    found = either(values)
    return Value(NONE, found.alias | found.made) if found is not NOTHING else found


@dataclass
class Doing:
    """changes: (name, how) of what may be changed. holds: name -> names whose objects its
    object may hold from now on. binds: name -> what it is bound to. result: what a function
    returns. unread: functions called whose code isn't known. generator: it has a `yield`."""

    changes: set[tuple[str, How]] = field(default_factory=set)
    holds: dict[str, set[str]] = field(default_factory=dict)
    binds: dict[str, Value] = field(default_factory=dict)
    result: Value = NOTHING
    unread: set[str] = field(default_factory=set)
    generator: bool = False


class Surround:
    """What code can know of the names outside: `definition(name)` gives the person's def or
    class behind a name, `kind(name)` what kind of object it is bound to (None: not known), and
    `read(node, surround)` what a function does when it is called."""

    def __init__(
        self,
        origins: Mapping[str, str],
        definition: Callable[[str], Definition | None],
        kind: Callable[[str], ObjectKind | None],
        is_library: Callable[[str], bool],
        read: Callable[[Any, Surround], Doing],
    ) -> None:
        self.origins = origins
        self.definition = definition
        self.kind = kind
        self.is_library = is_library
        self.read = read
        self.methods: set[str] = set()
        self._known: dict[int, tuple[Doing | None, ast.AST]] = {}

    def within(self) -> Surround:
        """For a function in a function: of it nothing is known yet."""
        inner = Surround(self.origins, self.definition, self.kind, self.is_library, self.read)
        inner.methods = self.methods
        return inner

    def is_shallow(self, method: str) -> bool:
        """Whether a method is a container's own, which changes nothing that it holds."""
        return method in SHALLOW and method not in self.methods

    def forget(self) -> None:
        """Something was defined anew: bodies that call it do something else now."""
        self._known.clear()

    def of_function(self, node: Any) -> Doing | None:
        """None while it is being looked at (it calls itself)."""
        found = self._known.get(id(node))
        if found is None:
            self._known[id(node)] = (None, node)
            found = (self.read(node, self), node)
            self._known[id(node)] = found
        return found[0]


def given_to(node: Any, args: list[Value], keywords: list[tuple[Any, Value]]) -> dict[str, Value]:
    """`@parameter` -> what the call hands it."""
    parameters = node.args
    names = [a.arg for a in [*parameters.posonlyargs, *parameters.args]]
    found: dict[str, Value] = {}
    rest: list[Value] = []
    for i, value in enumerate(args):
        if i < len(names):
            found["@" + names[i]] = value
        else:
            rest.append(value)
    named = {*names, *(a.arg for a in parameters.kwonlyargs)}
    for keyword, value in keywords:
        if keyword in named:
            found["@" + keyword] = value
        else:
            rest.append(value)
            if keyword is None:  # `**config`: any of them
                for name in named - {n[1:] for n in found}:
                    found["@" + name] = value.part
    for star in (parameters.vararg, parameters.kwarg):
        if star is not None:
            found["@" + star.arg] = holding(rest)
    return found
