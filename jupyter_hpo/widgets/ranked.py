"""Trials in the order in which a result lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .protocol import Header, Row, RowState

_ORDER: dict[RowState, int] = {
    "COMPLETE": 0,
    "PRUNED": 1,
    "RUNNING": 2,
    "PAUSED": 2,
    "FAIL": 3,
    "STOPPED": 4,
    "WAITING": 5,
}


def ranked(rows: Sequence[Row], header: Header) -> list[Row]:
    """Complete trials from best to worst, then pruned, unfinished, failed, stopped, waiting; each
    time those that break a constraint behind the others."""
    maximize = bool(header.objectives) and header.objectives[0].direction == "maximize"
    best = header.best.number if header.best else None

    def key(row: Row) -> tuple[Any, ...]:
        value = row.values[0] if row.values else None
        usable = value is not None and value == value
        place = (-value if maximize else value) if usable and value is not None else 0.0
        broken = bool(row.infeasible)
        return _ORDER[row.state], row.number != best, broken, not usable, place, row.number

    return sorted(rows, key=key)
