"""A value on its way to a tunable, and its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Problem
from ..space import Condition, Distribution
from ..space.grammar import Spec, Term
from .values import Value


@dataclass
class Item:
    """A value on its way to a tunable. declared: by whom (line, space, mark, auto), or ''.
    proposed: the terms of a condition that goes with a proposal, each with whose value it is."""

    value: Value
    spec: Spec | None = None
    distribution: Distribution | None = None
    condition: Condition | None = None
    declared: Literal["", "mark", "line", "space", "auto"] = ""
    why: str = ""
    ties: list[Value] = field(default_factory=list)
    name: str = ""
    line: int | None = None
    broken: bool = False
    problem: Problem | None = None
    short: str = ""
    long: str = ""
    proposed: tuple[tuple[Term, Value], ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.spec.terms if self.spec else ()

    def breaks(self, code: str, message: str, fix: str) -> Problem:
        """What is wrong with it; it is not tuned."""
        self.broken = True
        line = self.spec.line if self.spec else self.value.line
        cell = 0 if line is None else self.value.place.cell
        return Problem(code, message, fix, line, self.name or self.value.key, cell)


def named_item(items: Sequence[Item], name: str) -> Item | None:
    """The item that is called so, or the only one that may be; None."""
    for item in items:
        if item.name == name:
            return item
    loose = [i for i in items if name in (i.value.key, i.value.qualified, i.short, i.long)]
    declared = [i for i in loose if i.declared]
    loose = declared if len(declared) == 1 else loose
    return loose[0] if len(loose) == 1 else None
