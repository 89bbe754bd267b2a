"""What can be told of a function that is tuned: its code, its text, and what it refers to."""

from __future__ import annotations

import inspect
import textwrap
import types
from typing import Any


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
