"""A value beside its distribution: the span it takes, its kind, and how it is shown."""

from __future__ import annotations

import ast
from typing import Any

from ..space import Categorical, Distribution, Float, Int
from ..space.grammar import expression
from ..space.space import MISSING
from .captured import Kind, Place
from .values import Value, attribute_place

SHOWN = 60
"""Characters of a line that a sentence shows."""


def idle_mark(text: str, cell: int, line: int | None, why: str) -> str:
    """That a mark counts for nothing, and why. text: of its line."""
    text = text.strip()
    text = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return f"The mark `{text}` (In[{cell}], line {line}) counts for nothing here: {why}."


def place_in(value: Value, distribution: Distribution | None) -> Place:
    """Of a dotted callee only the last name, unless the choices are dotted themselves."""
    if (
        value.role == "callee"
        and isinstance(value.node, ast.Attribute)
        and isinstance(distribution, Categorical)
        and all(str(choice).isidentifier() for choice in distribution.choices)
    ):
        return attribute_place(value.node)
    return value.place


def kind_of(value: Value, distribution: Distribution | None) -> Kind:
    match distribution:
        case Float():
            return "float"
        case Int():
            return "int"
        case Categorical(choices=choices, expressions=expressions):
            if expressions:
                return "object"
            shown = [c for c in (value.literal, *choices) if c is not None and c is not MISSING]
            return _kind_of_literal(shown[0]) if shown else "object"
    return _kind_of_literal(value.literal)


def _kind_of_literal(literal: Any) -> Kind:
    if isinstance(literal, bool):
        return "bool"
    if isinstance(literal, int):
        return "int"
    if isinstance(literal, float):
        return "float"
    return "str" if isinstance(literal, str) else "object"


def shown_value(value: Value, distribution: Distribution | None) -> Any:
    """The code's own value, for objects as source text."""
    expressions = isinstance(distribution, Categorical) and distribution.expressions
    if value.is_literal:
        return repr(value.literal) if expressions else value.literal
    if value.role == "callee" and place_in(value, distribution) != value.place:
        return value.key
    return value.text


def default_of(value: Value, distribution: Distribution) -> Any:
    """The value of trial 0; MISSING when the code has an expression where a range is."""
    shown = shown_value(value, distribution)
    if isinstance(distribution, Categorical) and distribution.expressions:
        same = expression(shown)
        for choice in distribution.choices:
            tree = expression(str(choice))
            if same is not None and tree is not None and ast.dump(tree) == ast.dump(same):
                return choice
        return shown
    return shown if value.is_literal else MISSING
