"""Population based training over paused trials.

Source: Jaderberg et al., "Population Based Training of Neural Networks", 2017 (arXiv
1711.09846), with truncation selection (section 4.1): every interval of steps each of the worst
is replaced by a copy of one of the best, which goes on from that trial's state with other values.
Differences: the worst and the best quarter (the paper's are fifths; Ray Tune's
PopulationBasedTraining takes quarters), so that a population of four has one of each; one of the
worst goes on itself where the one to copy is no better; the members wait for each other at the end
of an interval (the paper's compare with whatever the others last reported), so that the same
reports give the same decisions and a small machine can train a population larger than its slots;
and a copy is a trial of its own, with its number and its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from random import Random
from typing import Any, NamedTuple

from ...space import SearchSpace
from .base import Verdict
from .exploring import explored
from .length import Length

INTERVALS = 5
"""Intervals in a training, when its length is known."""


class Replacement(NamedTuple):
    """The trial `worse` ends; a copy of `better` goes on in its place. Both are paused."""

    worse: int
    better: int


class Pbt:
    """A population of trials that train side by side.

    population: its members. interval: steps between comparisons; None: a fifth of the first
    training, at least 1. A population begins with new trials, and lives on in copies until its
    members have come to their ends; then another one may begin.
    """

    name = "pbt"

    def __init__(
        self,
        space: SearchSpace,
        *,
        population: int = 4,
        interval: int | None = None,
        seed: int | None = None,
    ) -> None:
        self.space, self.population, self._interval = space, population, interval
        self._draw = Random(seed)
        self._members: set[int] = set()  # those alive
        self._waiting: dict[int, tuple[float, int]] = {}  # paused -> (loss, its step)
        self._released: list[int] = []  # paused, and to go on
        self._due: int | None = None  # the step at which the members are compared next
        self._founded = False  # as many as there will be have come
        self._protected: set[int] = set()
        self._passed: set[int] = set()  # by what was known then, at their ends
        self._left_out: frozenset[int] = frozenset()
        self._length = Length()
        self._why: dict[int, str] = {}
        self._fixed: set[str] = set()
        self._steps: set[int] = set()
        self._copies = True  # they can be made, as far as is known

    # ---------------------------------------------------------------- as every scheduler
    def protect(self, number: int) -> None:
        """It belongs to no population, either."""
        self._protected.add(number)
        self._length.protect(number)

    def on_report(self, number: int, step: int, loss: float) -> Verdict:
        self._length.last[number] = step
        if number in self._protected | self._left_out | self._passed:
            return Verdict.CONTINUE
        if self._due is None:
            self._due = self.interval
        if step >= self._due and self._length.reached(step):
            # It would have nothing of a copy. Should another turn out to train for longer, it
            # isn't caught up with: it would be compared at another step than those that wait.
            self._passed.add(number)
            self._leave(number)
            return Verdict.CONTINUE
        self._members.add(number)
        if step < self._due:
            return Verdict.CONTINUE
        self._waiting[number] = (loss, step)
        return Verdict.PAUSE

    def on_end(self, number: int, *, complete: bool = False) -> None:
        self._length.end(number, complete=complete)
        self._leave(number)

    def withdraw(self, number: int) -> None:
        """The others don't wait for it; it comes back with its next report."""
        self._length.end(number, complete=False)
        self._leave(number)

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        self._left_out = frozenset(numbers)
        self._members -= self._left_out

    def settle(self) -> None:
        """The population is as large as it will be, and who is held by the person is missing."""
        self._founded = bool(self._members)
        for number in self._members - self.paused:
            self._leave(number)

    def undecided(self, number: int) -> bool:
        """Only those that wait are compared, and then the worst have their copies at once."""
        return number in self.paused

    def promote(self) -> int | None:
        return self._released.pop(0) if self._released else None

    def evict(self, room: int | None = None) -> list[int]:
        """There is a place for every member; fewer only for want of memory."""
        over = 0 if room is None else len(self.paused) - max(room, 1)
        return sorted(self._waiting, key=lambda n: self._waiting[n], reverse=True)[: max(0, over)]

    def why_pruned(self, number: int) -> str:
        if number in self._why or number not in self._waiting:
            return self._why.get(number, "")
        loss, step = self._waiting[number]
        better = sum(other < loss for other, _ in self._waiting.values())
        return f"ranked {better + 1} of {len(self._waiting)} in the population at step {step}"

    @property
    def rung_steps(self) -> tuple[int, ...]:
        """The steps at which populations have been compared."""
        return tuple(sorted(self._steps))

    @property
    def paused(self) -> frozenset[int]:
        return frozenset(self._waiting) | frozenset(self._released)

    # --------------------------------------------------------------------- the population
    @property
    def interval(self) -> int:
        if self._interval is not None:
            return self._interval
        return max(1, (self._length.full or 0) // INTERVALS)

    def takes_more(self, unfinished: int) -> bool:
        """The first trial tells how long an interval is."""
        if self._length.awaited is not None:
            return False
        return not self._founded and unfinished < self.population

    def turn_over(self, budget: int | None) -> list[Replacement]:
        """When all members wait: who is replaced by a copy of whom; all others go on. budget:
        how many copies there may be at most. Call it after each event. The replaced wait until
        they are ended, or spared."""
        if not self._waiting or self._members - self._waiting.keys():
            return []
        if not self._founded and len(self._members) < self.population:
            return []
        self._founded = True
        ranked = sorted(self._waiting, key=lambda n: (self._waiting[n][0], n))
        quarter = len(ranked) // 4 or (1 if len(ranked) > 2 else 0)
        replaced: list[Replacement] = []
        for worse in reversed(ranked[len(ranked) - quarter :]):
            better = self._draw.choice(ranked[:quarter])
            some_left = self._copies and (budget is None or len(replaced) < budget)
            if some_left and self._waiting[better][0] < self._waiting[worse][0]:
                replaced.append(Replacement(worse, better))
                step = self._waiting[better][1]
                self._why[worse] = f"replaced by a copy of trial {better}, better at step {step}"
        self._steps.add(max(step for _, step in self._waiting.values()))
        gone = {worse for worse, _ in replaced}
        self._released += [n for n in ranked if n not in gone]
        self._due = max(step for _, step in self._waiting.values()) + self.interval
        self._waiting = {n: self._waiting[n] for n in gone}
        self._members -= gone
        return replaced

    def born(self, number: int, better: int) -> None:
        """The copy of a member has this number; it waits, as the member does, and goes on."""
        self._members.add(number)
        self._length.last[number] = self._length.last[better]
        self._released.append(number)

    def spare(self, worse: int) -> None:
        """Its replacement could not be made: it goes on."""
        if worse in self._waiting:
            del self._waiting[worse], self._why[worse]
            self._members.add(worse)
            self._released.append(worse)

    def no_more_copies(self) -> None:
        """The trials can't be copied, as has turned out: from now on all go on."""
        self._copies = False

    def explore(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The values with which a copy of a trial with these goes on."""
        other = explored(params, self.space, self._draw)
        return {n: params[n] if n in self._fixed else value for n, value in other.items()}

    def fix(self, names: Iterable[str]) -> None:
        """These can't be changed while a trial runs, as has turned out: copies keep them."""
        self._fixed.update(names)

    def step(self, number: int) -> int:
        """The last step that it, or what it is a copy of, reported."""
        return self._length.last[number]

    def _leave(self, number: int) -> None:
        self._members.discard(number)
        self._waiting.pop(number, None)
        if number in self._released:
            self._released.remove(number)
        if not self._members:  # another population may begin
            self._founded, self._due = False, None
