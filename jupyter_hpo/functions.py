"""What can be told of a function that is tuned: its code, its text, and what it refers to."""

from __future__ import annotations

import ast
import inspect
import keyword
import sys
import textwrap
import types
from typing import Any

from .cell.names import use_of_names

PLAIN = (int, float, str, bool, type(None))
LONGEST = 200
"""Characters of a constant that is written down."""


def python_function(function: Any) -> types.FunctionType | None:
    """The Python function in a callable, where there is one."""
    function = inspect.unwrap(getattr(function, "func", function))  # a partial's
    if inspect.ismethod(function):
        function = function.__func__
    if not isinstance(function, types.FunctionType):  # an object that can be called
        function = getattr(type(function), "__call__", None)  # noqa: B004
    return function if isinstance(function, types.FunctionType) else None


def code_of(function: Any) -> types.CodeType | None:
    found = python_function(function)
    return None if found is None else found.__code__


def text_of(function: Any) -> str:
    found = python_function(function)
    try:
        return textwrap.dedent(inspect.getsource(found)) if found is not None else ""
    except (OSError, TypeError):  # typed at a prompt, or compiled
        return ""


def may_report(function: Any) -> bool:
    """Whether it, or a function of its module that it calls, speaks of `report`; where it can't
    be read: yes."""
    first = python_function(function)
    if first is None:
        return True
    todo, seen = [first], set()
    while todo:
        one = todo.pop()
        if one.__code__ in seen:
            continue
        seen.add(one.__code__)
        names = _names(one.__code__)
        if "report" in names:
            return True
        held = [one.__globals__.get(name) for name in names]
        todo += [f for f in held if isinstance(f, types.FunctionType)]
    return False


def _names(code: types.CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*(_names(c) for c in inner))


def made_again(function: Any) -> tuple[str, tuple[str, ...]]:
    """(Python that makes the function, with what it refers to, in a fresh interpreter; a sentence
    for each name that this lacks). From an importable module it is an import of it."""
    name = getattr(function, "__name__", "")
    if not isinstance(function, types.FunctionType) or not name.isidentifier():
        return "", (f"{_said(function)}: make it first",)
    if line := _import_of(function, name):
        return line, ()
    imports: dict[str, None] = {}
    texts: dict[str, str] = {}
    missing: dict[str, None] = {}
    _collect(function, imports, texts, missing)
    if name not in texts or keyword.iskeyword(name):
        return "", (f"{_said(function)}: make it first",)
    text = "\n".join(imports) + "\n\n\n" + "\n\n\n".join(texts.values())
    return text.strip(), tuple(f"{n}, a value that no text makes" for n in missing)


def _collect(
    value: Any, imports: dict[str, None], texts: dict[str, str], missing: dict[str, None]
) -> None:
    """The text of a function or class under its name, what it refers to before it."""
    try:
        text = textwrap.dedent(inspect.getsource(value))
        use = use_of_names(ast.parse(text))
    except (OSError, TypeError, SyntaxError):
        return
    if value.__name__ not in use.assigned:  # a lambda's line, say
        return
    texts[value.__name__] = ""  # begun: it may call itself
    module = sys.modules.get(value.__module__)
    known = getattr(value, "__globals__", None) or vars(module or types)
    for name in sorted(use.free | use.hinted):
        if name in texts:
            continue
        if name not in known:
            missing[name] = None
            continue
        held = known[name]
        if line := _import_of(held, name):
            imports[line] = None
        elif isinstance(held, PLAIN) and len(repr(held)) <= LONGEST:
            texts[name] = f"{name} = {held!r}"
        else:
            if isinstance(held, types.FunctionType | type) and held.__name__ == name:
                _collect(held, imports, texts, missing)
            if name not in texts:
                missing[name] = None
    texts[value.__name__] = texts.pop(value.__name__) or text.rstrip()


def _import_of(value: Any, name: str) -> str:
    """The line that binds the name to it; '' where no import does."""
    if isinstance(value, types.ModuleType):
        whole = value.__name__
        return f"import {whole}" if whole == name else f"import {whole} as {name}"
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or module in ("__main__", "builtins"):
        return ""
    if not own.isidentifier() or getattr(sys.modules.get(module), own, None) is not value:
        return ""
    return f"from {module} import {own}" + (f" as {name}" if own != name else "")


def _said(function: Any) -> str:
    return f"{getattr(function, '__name__', type(function).__name__)}, which was given to tune()"
