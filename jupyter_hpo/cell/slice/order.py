"""The order in which the cells would run after a restart."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..names import KNOWN, NameUse, use_of_names
from ..source import parsed
from .values import Executed, ObjectKind


def in_order(cells: Sequence[Executed]) -> tuple[Executed, ...]:
    """The cells as given, but one that reads at once a name that no cell before it binds comes
    after the cell that does (it was first run when another cell still did)."""
    uses = {cell.number: use_in(cell.source, cell.number) for cell in cells}
    makers: dict[str, list[Executed]] = {}
    for cell in cells:
        for name in uses[cell.number].assigned:
            makers.setdefault(name, []).append(cell)
    placed: dict[int, Executed] = {}
    waiting: set[int] = set()
    bound: set[str] = set()

    def place(cell: Executed) -> None:
        if cell.number in placed or cell.number in waiting:
            return
        waiting.add(cell.number)
        for name in sorted({name for name, _ in uses[cell.number].early} - KNOWN):
            if name not in bound:
                for maker in makers.get(name, ()):
                    if maker.number != cell.number:
                        place(maker)
                        break
        placed[cell.number] = cell
        bound.update(uses[cell.number].assigned)

    for cell in cells:
        place(cell)
    return tuple(placed.values())


def with_given(cells: Sequence[Executed], superseded: Sequence[Executed]) -> tuple[Executed, ...]:
    """The cells, and between them the studies of other cells, where they were run."""
    found = list(cells)
    for study in (cell for cell in superseded if cell.given):
        later = (i for i, cell in enumerate(found) if cell.number > study.number)
        found.insert(next(later, len(found)), study)
    return tuple(found)


def given_back(study: Executed, kinds: Mapping[str, ObjectKind]) -> ast.stmt:
    """What a study does to the notebook, as a statement: it binds what its cell binds or trains
    to what its best trial made; from what, no code says. kinds: of the live objects."""
    use = use_in(study.source, study.number)
    trained = [n for n in use.trained if kinds.get(n, "other") in ("library", "other")]
    names = dict.fromkeys([*use.assigned, *trained]) or {"_": None}
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    statement = ast.Assign(targets, ast.Constant(None))
    for node in ast.walk(statement):
        node.hpo_cell = study.number  # type: ignore[attr-defined]
        if "lineno" in getattr(node, "_attributes", ()):
            node.lineno = node.end_lineno = 1  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
    return statement


@lru_cache(maxsize=1024)
def use_in(source: str, number: int) -> NameUse:
    """The names that a cell uses; none where it can't be read."""
    try:
        return use_of_names(parsed(source, number))
    except (SyntaxError, ValueError):
        return NameUse()
