"""Which numbers of the code must change together, and which can't change at all."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..proposals.code import Code


@dataclass
class Links:
    """fixed: ids of literals that the data or an unknown use say. alone: those of them that
    stand for a size by themselves: as a variable's value they may change. last: ids of the calls
    that make a model's last layer. groups: id of a literal -> all literals that take its value.
    arrays: the same for the sizes of weights that the code makes by hand."""

    fixed: set[int] = field(default_factory=set)
    alone: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    groups: dict[int, list[ast.expr]] = field(default_factory=dict)
    arrays: dict[int, list[ast.expr]] = field(default_factory=dict)

    def group_of(self, node: ast.expr) -> list[ast.expr] | None:
        return self.groups.get(id(node))


def find_links(code: Code) -> Links:
    """The links of a piece of code: its models run on sizes."""
    from .arrays import hidden_widths
    from .machine import Machine

    machine = Machine(code)
    machine.run()
    fixed, alone, groups = machine.ties.result()
    arrays = {id(node): group for group in hidden_widths(code) for node in group}
    return Links(fixed, alone, machine.last, groups, arrays)
