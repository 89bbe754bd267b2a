"""What the pictures show of a search: its history, and the part of it worth looking at.

`js/src/core/history.ts` does the same in the browser; both are held to the table in
`tests/widgets/history.json`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .protocol import Row

HUGE = 1e307
"""Values beyond are drawn at the edge: the distance of two of them is still a number."""

CALM = 5
"""With fewer values than this all of them are shown."""


@dataclass(frozen=True)
class Past:
    """One finished trial with a value.

    at: its place, from 1, among all finished trials in the order they finished (failed ones
    take a place and show nothing). value: of a pruned trial its last report. best: the best
    value of the complete trials so far, None before the first; pruned ones never set it.
    """

    number: int
    at: int
    value: float
    complete: bool
    best: float | None
    improved: bool


@dataclass(frozen=True)
class Focus:
    """The range to draw; when `cut`, values outside it are marked at its edge."""

    low: float
    high: float
    cut: bool


def history(rows: Iterable[Row], maximize: bool) -> list[Past]:
    """The finished trials in the order they finished, as far as that is known."""
    done = sorted(
        (row for row in rows if row.state in ("COMPLETE", "PRUNED", "FAIL")),
        key=lambda row: (-math.inf if row.finished_s is None else row.finished_s, row.number),
    )
    best: float | None = None
    past = []
    for at, row in enumerate(done, 1):
        value = row.values[0] if row.values else math.nan
        if row.state == "FAIL" or not math.isfinite(value):
            continue
        complete = row.state == "COMPLETE"
        better = best is None or (value > best if maximize else value < best)
        improved = complete and better
        if improved:
            best = value
        past.append(Past(row.number, at, value, complete, best, improved))
    return past


def focus(values: Sequence[float], core: Sequence[float], maximize: bool) -> Focus | None:
    """The range that shows what matters; None without a finite value.

    core: the values of complete trials. Shown are the best of all values, the core but for
    its worst tenth, and the best quarter of all; the rest is cut off when it would
    stretch the picture more than twofold (early reports of hopeless trials do).
    """
    finite = _held(values)
    if not finite:
        return None
    best = max(finite) if maximize else min(finite)
    ways = sorted(abs(best - value) for value in finite)
    inner = sorted(abs(best - value) for value in _held(core)) or ways
    last = len(inner) - 1 if len(inner) < 10 else math.floor(0.9 * (len(inner) - 1))
    reach = 1.25 * max(inner[last], ways[math.floor(0.25 * (len(ways) - 1))])
    cut = len(finite) >= CALM and reach > 0 and ways[-1] > 2 * reach
    way = reach if cut else ways[-1]
    pad = 0.06 * way if way > 0 else abs(best) * 0.05 or 0.5
    outer = way + (0.0 if cut else pad)
    low, high = (best - outer, best + pad) if maximize else (best - pad, best + outer)
    return Focus(low, high, cut or any(HUGE < abs(value) < math.inf for value in values))


def _held(values: Sequence[float]) -> list[float]:
    return [min(HUGE, max(-HUGE, value)) for value in values if math.isfinite(value)]
