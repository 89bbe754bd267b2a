"""Several objectives in one order, at every step at which trials report.

Non-dominated sorting with crowding distance: Deb, Pratap, Agarwal and Meyarivan, "A Fast and
Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Trans. Evol. Comp. 6 (2002), sections
III.A and III.B. As the order of the rungs of asynchronous halving: Schmucker, Donini, Zafar,
Salinas and Archambeau, "Multi-objective Asynchronous Successive Halving" (arXiv 2106.12639),
section 4.2. The sorting is kept as reports come, a report at a time, by the descent through the
fronts of Li, Deb, Zhang and Zhang, "Efficient Non-domination Level Update" (IEEE Trans.
Cybernetics 47, 2017).

A scheduler keeps the one number that it was told of a trial, and compares it later. So what is
given is a place between the numbers of those already there: the trial's place when it came, and
always behind those that beat it. A trial that came later may push it into a worse front; it keeps
its number, as there is no way to tell the scheduler.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import cast

from .ranking import dominates

Losses = tuple[float, ...]


class Fronts:
    """A loss for each report: lower is better, comparable among the reports of one step.

    partly: compare by the objectives that are reported when others are known at the end only;
    else nothing is compared then. One that is missing where it has been told before counts as
    the worst there is.
    """

    def __init__(self, *, partly: bool = False) -> None:
        self._partly = partly
        self._steps: dict[int, _Step] = {}
        self._left_out: frozenset[int] = frozenset()
        self._reported: set[int] = set()  # objectives that some report told

    @property
    def reported(self) -> frozenset[int]:
        """Objectives, by place, that some report has told."""
        return frozenset(self._reported)

    def loss(self, number: int, step: int, losses: Sequence[float]) -> float | None:
        """The loss to tell the scheduler; None when the trial can't be compared. losses: one
        for each objective, lower is better, NaN for what is not known."""
        self._reported |= {i for i, loss in enumerate(losses) if not math.isnan(loss)}
        if not self._partly and len(self._reported) < len(losses):
            return None
        if step not in self._steps:
            self._steps[step] = _Step()
        place = self._steps[step].put(number, tuple(losses), counts=number not in self._left_out)
        return cast(float, place)  # floats run out between two; a scheduler compares any numbers

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        """These, and only these, are compared with nobody from now on."""
        self._left_out = frozenset(numbers)
        for at in self._steps.values():
            at.leave_out(self._left_out)


class _Step:
    """The reports of one step: fronts of numbers, the best first."""

    def __init__(self) -> None:
        self._known: dict[int, Losses] = {}
        self._fronts: list[list[int]] = []
        self._told: dict[int, Fraction] = {}
        self._order: list[Fraction] = []

    def put(self, number: int, losses: Losses, *, counts: bool) -> Fraction:
        if number in self._known:  # a second attempt
            self.leave_out({number})
        self._known[number] = _filled(losses)
        own = self._known[number]
        equal = next((loss for n, loss in self._told.items() if self._known[n] == own), None)
        place = self._place(number)
        loss = place if equal is None else equal
        if counts:
            self._told[number] = loss
            insort(self._order, loss)
        else:
            self.leave_out({number})
        return loss

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        if not any(n in numbers for front in self._fronts for n in front):
            return
        kept = [n for front in self._fronts for n in front if n not in numbers]
        self._fronts = []
        self._told = {n: loss for n, loss in self._told.items() if n not in numbers}
        self._order = sorted(self._told.values())
        for number in kept:
            self._insert(number)

    def _place(self, number: int) -> Fraction:
        """A number between those of whom it stands between; in any case behind all that beat it
        and before all that it beats, also where these were overtaken since."""
        front = self._insert(number)
        before = sum(map(len, self._fronts[:front])) + self._less_crowded(front, number)
        ahead = [loss for n, loss in self._told.items() if self._beats(n, number)]
        behind = [loss for n, loss in self._told.items() if self._beats(number, n)]
        first = bisect_right(self._order, max(ahead)) if ahead else 0
        last = bisect_left(self._order, min(behind)) if behind else len(self._order)
        return _between(self._order, min(max(before, first), last))

    def _insert(self, number: int) -> int:
        """Put the trial into its front; the index of that. Whom it displaces goes one down."""
        low, high = 0, len(self._fronts)
        while low < high:  # whoever is dominated by a front is by every better one
            middle = (low + high) // 2
            if any(self._beats(other, number) for other in self._fronts[middle]):
                low = middle + 1
            else:
                high = middle
        moving = [number]
        for index in range(low, len(self._fronts)):
            front = self._fronts[index]
            beaten = [n for n in front if any(self._beats(m, n) for m in moving)]
            if len(beaten) == len(front):
                self._fronts.insert(index, moving)
                return low
            self._fronts[index] = [n for n in front if n not in set(beaten)] + moving
            moving = beaten
            if not moving:
                return low
        self._fronts.append(moving)
        return low

    def _beats(self, a: int, b: int) -> bool:
        return dominates(self._known[a], self._known[b])

    def _less_crowded(self, index: int, number: int) -> int:
        """How many of its front stand more alone than it."""
        front = self._fronts[index]
        distances = crowding([self._known[n] for n in front])
        own = distances[front.index(number)]
        return sum(distance > own for distance in distances)


def crowding(points: Sequence[Losses]) -> list[float]:
    """The crowding distance of each point of one front (Deb et al. 2002, III.B): how far its
    neighbours are apart, in each objective's own range; infinite at the ends."""
    distances = [0.0] * len(points)
    for k in range(len(points[0]) if points else 0):
        order = sorted(range(len(points)), key=lambda i: points[i][k])
        low, high = points[order[0]][k], points[order[-1]][k]
        distances[order[0]] = distances[order[-1]] = math.inf
        span = high - low
        if not 0 < span < math.inf:
            continue
        for before, i, after in zip(order, order[1:], order[2:], strict=False):
            distances[i] += (points[after][k] - points[before][k]) / span
    return distances


def _filled(losses: Losses) -> Losses:
    """An objective that is not known is no better than any."""
    return tuple(math.inf if math.isnan(loss) else loss for loss in losses)


def _between(order: Sequence[Fraction], place: int) -> Fraction:
    """A positive number with `place` of the ordered ones before it: the mediant of its neighbours
    (of 0/1 and 1/0 at the ends), which keeps the numbers short."""
    above, below = (0, 1), (1, 0)
    if place > 0:
        above = order[place - 1].as_integer_ratio()
    if place < len(order):
        below = order[place].as_integer_ratio()
    return Fraction(above[0] + below[0], above[1] + below[1])
