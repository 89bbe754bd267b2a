"""The order in which the cells would run after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..names import KNOWN, NameUse, use_of_names
from ..source import parsed
from .values import Executed


def in_order(cells: Sequence[Executed]) -> tuple[Executed, ...]:
    """The cells as given, but one that reads at once a name that no cell before it binds comes
    after the cell that does (it was first run when another cell still did)."""
    uses = {cell.number: _use(cell.source, cell.number) for cell in cells}
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


@lru_cache(maxsize=256)
def _use(source: str, number: int) -> NameUse:
    try:
        return use_of_names(parsed(source, number))
    except (SyntaxError, ValueError):
        return NameUse()
