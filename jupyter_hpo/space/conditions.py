"""Conditions: a parameter exists only while its condition on other parameters holds."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import SpaceError

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, options: value in options,
    "not in": lambda value, options: value not in options,
}


@dataclass(frozen=True)
class Comparison:
    """`name op value`: one parameter against a constant (for in / not in, a tuple)."""

    name: str
    op: str
    value: Any

    def __post_init__(self) -> None:
        if self.op not in OPERATORS:
            raise SpaceError(f"unknown operator {self.op!r}.", "Use == != < <= > >= in, not in.")

    def holds(self, params: Mapping[str, Any]) -> bool:
        """False also when the parameter itself is not active (absent from params)."""
        if self.name not in params:
            return False
        try:
            return bool(OPERATORS[self.op](params[self.name], self.value))
        except TypeError:
            return False

    def __str__(self) -> str:
        if isinstance(self.value, tuple):
            inner = ", ".join(map(str, self.value))
            return f"{self.name} {self.op} ({inner})"
        return f"{self.name} {self.op} {self.value}"


@dataclass(frozen=True)
class Condition:
    """All comparisons must hold (`a == x and b > 2`)."""

    all_of: tuple[Comparison, ...]

    def holds(self, params: Mapping[str, Any]) -> bool:
        return all(c.holds(params) for c in self.all_of)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters it looks at, in order, each once."""
        return tuple(dict.fromkeys(c.name for c in self.all_of))

    def __str__(self) -> str:
        return " and ".join(map(str, self.all_of))
