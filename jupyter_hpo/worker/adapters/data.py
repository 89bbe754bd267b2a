"""Whether two pieces of code mean the same data set."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

_HARMLESS = (
    *(ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Constant),
    *(ast.Tuple, ast.UnaryOp, ast.USub, ast.expr_context),
)


def same(
    texts: frozenset[str],
    thing: Any,
    *,
    namespace: Mapping[str, Any],
    aliases: Mapping[str, frozenset[str]],
) -> bool:
    """Whether `thing`, an object that a fit was given, is what one of `texts` stands for.

    namespace: where the texts' names are looked up. aliases: how what a name is bound to is
    written where it was made: `dval` and `xgb.DMatrix(X_val)` are the same data.
    """
    if thing is None:
        return False
    for text in texts:
        found = _look(text, namespace)
        if found is not None and _is(found, thing):
            return True
    names = (name for name, value in namespace.items() if value is thing)
    return any(_made_of(aliases.get(name, frozenset())) & _made_of(texts) for name in names)


def _made_of(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(t for t in texts if "(" not in t)


def _look(text: str, namespace: Mapping[str, Any]) -> Any:
    """The object for a name, an attribute or a slice; None for what would have to run."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return None
    if not all(isinstance(node, _HARMLESS) for node in ast.walk(tree)):
        return None
    try:
        return eval(compile(tree, "<data>", "eval"), dict(namespace))
    except Exception:  # not there yet
        return None


def _is(a: Any, b: Any) -> bool:
    if a is b:
        return True
    first, second = (_memory(one) for one in (a, b))
    return first is not None and first == second


def _memory(thing: Any) -> Any:
    """Where an array lies and how: two views of the same elements are the same data."""
    interface = getattr(thing, "__array_interface__", None)
    if not isinstance(interface, dict) or not hasattr(thing, "strides"):
        return None
    return interface["data"], thing.shape, thing.strides, interface["typestr"]
