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
    value of the complete trials so far, None before the first; pruned ones, and those that
    break a constraint, never set it.
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
        improved = complete and better and not row.infeasible
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


COUNTED = 12
"""So many values of a curve count: one with a thousand reports is still one trial."""
SANE = 50
"""So many times the spread of most values away from their middle nobody means a value."""


def view(curves: Sequence[tuple[Sequence[float], bool]], maximize: bool) -> Focus | None:
    """The range of learning curves worth looking at; None without a finite value.

    curves: the values of each, and whether it goes on. Shown are the best value, nine in ten of
    what the trials reported, and all of those that still go on unless they went astray; and then
    all there is, as long as that stretches the picture less than threefold.
    """
    held = [(_held(values), live) for values, live in curves]
    sample = sorted(value for values, _ in held for value in _thinned(values))
    if not sample:
        return None
    low, middle, high = (sample[math.floor(s * (len(sample) - 1) + 0.5)] for s in (0.1, 0.5, 0.9))
    sane = [
        value for values, _ in held for value in values
        if high == low or abs(value - middle) <= SANE * (high - low)
    ]  # fmt: skip
    best = max([*sane, middle]) if maximize else min([*sane, middle])
    reach = 1.1 * abs(best - (low if maximize else high))
    usual = 5 * reach
    ways = [(best - v if maximize else v - best, live) for values, live in held for v in values]
    furthest = max(0.0, *(way for way, _ in ways))
    reach = max([reach, *(way for way, live in ways if live and way <= usual)])
    far = len(sample) >= CALM and reach > 0 and furthest > 3 * reach
    way = reach if far else furthest
    pad = 0.06 * way if way > 0 else abs(best) * 0.05 or 0.5
    outer = way + (0.0 if far else pad)
    bounds = (best - outer, best + pad) if maximize else (best - pad, best + outer)
    huge = any(HUGE < abs(value) < math.inf for values, _ in curves for value in values)
    return Focus(*bounds, far or huge or any(way < 0 for way, _ in ways))


def _thinned(values: Sequence[float]) -> Sequence[float]:
    if len(values) <= COUNTED:
        return values
    last = len(values) - 1
    return [values[math.floor(i * last / (COUNTED - 1) + 0.5)] for i in range(COUNTED)]
