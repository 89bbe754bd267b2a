"""Writing marks: the spec that parses back to a distribution and its condition."""

from __future__ import annotations

import ast
import math
from typing import Any

from . import grammar
from .conditions import Comparison, Condition
from .distributions import Categorical, Distribution, Float, Int
from .space import MISSING

_RESERVED = {
    *grammar.CONSTANTS, "bool", "fixed", "log", "step", "if", "as", "and", "or", "in", "not"
}  # fmt: skip


def format_mark(
    distribution: Distribution,
    condition: Condition | None = None,
    *,
    key: str | None = None,
    name: str | None = None,
) -> str:
    """A spec that parses back to the same distribution beside a literal of the same kind
    (a string for string choices, an expression for expression choices)."""
    match distribution:
        case Float(low, high, log, step):
            text = f"{_real(low)}..{_real(high)}" + _scale(log, step)
        case Int(low, high, log, step):
            text = f"{low}..{high}" + _scale(log, step)
        case Categorical(choices, expressions):
            words = [_expression(c) if expressions else _choice(c) for c in choices]
            if set(map(repr, choices)) == {"False", "True"} and not expressions:
                text = "bool" if choices[0] is False else "True | False"
            else:
                text = " | ".join(words)
                if len(words) == 1 and grammar.is_name(text):
                    text = f"({text})" if expressions else repr(choices[0])
    if condition is not None:
        text += " if " + " and ".join(_comparison(c) for c in condition.all_of)
    if name is not None:
        text += f" as {name}"
    return f"{key} = {text}" if key is not None else text


def _scale(log: bool, step: float | None) -> str:
    return " log" if log else (f" step {short_number(step)}" if step is not None else "")


def short_number(value: float) -> str:
    """A number as Python source, its exponent without needless zeros: 1e-5."""
    if isinstance(value, int):
        return str(value)
    mantissa, mark, exponent = repr(value).partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def _real(value: float) -> str:
    return short_number(float(value))


def _choice(value: Any) -> str:
    if isinstance(value, str):
        bare = (
            value not in _RESERVED
            and grammar.plain(value) is MISSING
            and value.replace("-", "_").replace(".", "_").isidentifier()
            and ".." not in value
        )
        return value if bare else repr(value)
    return short_number(value) if isinstance(value, float) and math.isfinite(value) else repr(value)


def _expression(text: str) -> str:
    tree = grammar.expression(text)
    loose = isinstance(tree, ast.BinOp | ast.IfExp | ast.BoolOp | ast.Compare | ast.Lambda)
    return f"({text})" if loose else text


def _comparison(comparison: Comparison) -> str:
    value = comparison.value
    if isinstance(value, tuple):
        return f"{comparison.name} {comparison.op} ({', '.join(map(_compared_text, value))})"
    return f"{comparison.name} {comparison.op} {_compared_text(value)}"


def _compared_text(value: Any) -> str:
    return _choice(value)
