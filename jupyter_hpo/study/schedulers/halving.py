"""Successive halving in cohorts, over trials that can be paused for free.

Source: Jamieson & Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
Optimization", AISTATS 2016 (arXiv 1502.07943), algorithm 1: of n configurations that had equal
shares of the budget the best n / eta go on to larger ones. Differences: the shares grow by eta
up to the end of a training, whose length need not be known; a trial waits for the others only
until it is certain whether it goes on; and the pool of those that wait is bounded, so that of a
large cohort fewer may go on.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from .asha import Asha
from .base import Verdict
from .cohorts import Cohort
from .length import Length, first_rung
from .rungs import Fate, ranked


class SuccessiveHalving:
    """Cohorts of trials; of those that come to step first_step * eta**k one in `eta` goes on.

    cohort: trials that are compared with each other. pool: how many paused trials are kept at
    most. pausing: where trials can't be paused, or there is memory for none, one that is not
    in the top of all that came to its rung so far ends there (`Asha` with pausing=False).
    """

    name = "halving"

    def __init__(
        self,
        *,
        eta: int = 3,
        first_step: int | None = None,
        cohort: int = 27,
        pool: int = 8,
        pausing: bool = True,
    ) -> None:
        self.eta, self.first_step, self.cohort, self.pool = eta, first_step or 1, cohort, pool
        self._scales = first_step is None
        self.pausing = pausing
        self._at_once = Asha(eta=eta, first_step=first_step, pausing=False)
        self._ended_at_once: set[int] = set()
        self._no_room: set[int] = set()  # evicted though they might have gone on
        self._last_chance: int | None = None
        self._complete: set[int] = set()
        self._cohorts: list[Cohort] = []
        self._cohort_of: dict[int, Cohort] = {}
        self._stage_of: dict[int, int] = {}  # the last that a trial came to
        self._paused: set[int] = set()
        self._protected: set[int] = set()
        self._left_out: frozenset[int] = frozenset()
        self._length = Length()
        self._room: int | None = None

    def protect(self, number: int) -> None:
        """It belongs to no cohort, either."""
        self._protected.add(number)
        self._at_once.protect(number)
        self._length.protect(number)

    def takes_more(self, unfinished: int) -> bool:
        """The first trial tells where the first rung stands."""
        return self._length.awaited is None

    def on_report(self, number: int, step: int, loss: float) -> Verdict:
        at_once = self._at_once.on_report(number, step, loss)
        self._length.last[number] = step
        if number in self._protected or number in self._left_out:
            return Verdict.CONTINUE
        cohort = self._cohort_of.get(number) or self._join(number)
        cohort.ended.discard(number)
        reached = self._stage_of.get(number, -1) + 1
        crossed = None
        while step >= cohort.step(reached):
            cohort.put(reached, number, loss, Fate.WENT_ON)
            crossed, reached = reached, reached + 1
        if crossed is None:
            return Verdict.CONTINUE
        self._stage_of[number] = crossed
        if self._length.reached(step):
            return Verdict.CONTINUE
        if not self.pausing or self._room == 0:
            if at_once is Verdict.STOP:
                cohort.turn(crossed, number, Fate.ENDED)
                self._ended_at_once.add(number)
            return at_once
        cohort.turn(crossed, number, Fate.WAITS)
        goes_on = cohort.goes_on(crossed, number)
        if goes_on is None or (not goes_on and cohort.place(crossed, number) == 0):
            self._paused.add(number)
            return Verdict.PAUSE
        cohort.turn(crossed, number, Fate.WENT_ON if goes_on else Fate.ENDED)
        return Verdict.CONTINUE if goes_on else Verdict.STOP

    def on_end(self, number: int, *, complete: bool = False) -> None:
        self._at_once.on_end(number, complete=complete)
        if complete and number in self._length.last:
            self._complete.add(number)
        if self._length.end(number, complete=complete) and self._scales:
            self.first_step = first_rung(self._length.full or 0)
        if number in self._cohort_of:
            self._cohort_of[number].ended.add(number)
        self.withdraw(number)

    def withdraw(self, number: int) -> None:
        self._length.end(number, complete=False)
        # It takes no place of those that wait: whoever comes next may have it.
        if number in self._paused:
            self._paused.discard(number)
            self._cohort_of[number].turn(self._stage_of[number], number, Fate.ENDED)

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        self._at_once.leave_out(numbers)
        self._left_out = frozenset(numbers)
        for cohort in self._cohorts:
            cohort.left_out = self._left_out

    def settle(self) -> None:
        for cohort in self._cohorts:
            cohort.close(self.paused)
        waiting = self._paused - self._left_out
        if waiting and not any(self._goes_on(n) for n in self._paused):
            number = max(waiting, key=self._merit)
            if self._leads(number) or not self._complete - self._left_out:
                self._last_chance = number

    def undecided(self, number: int) -> bool:
        """Of those that certainly don't go on none waits for long."""
        return number in self._paused and (
            self._leads(number) or self._goes_on(number) is not False
        )

    def _leads(self, number: int) -> bool:
        return self._cohort_of[number].place(self._stage_of[number], number) == 0

    def promote(self) -> int | None:
        worthy = [
            (-self._stage_of[n], self._cohort_of[n].place(self._stage_of[n], n), n)
            for n in self._paused
            if self._goes_on(n) or n == self._last_chance
        ]
        if not worthy:
            return None
        number = min(worthy)[2]  # of the highest stage, the best
        self._paused.discard(number)
        self._cohort_of[number].turn(self._stage_of[number], number, Fate.WENT_ON)
        return number

    def evict(self, room: int | None = None) -> list[int]:
        """First those that certainly don't go on."""
        self._room = room
        hopeless = {n for n in self._paused if not self.undecided(n)}
        over = len(self._paused) - (self.pool if room is None else min(self.pool, room))
        by_merit = sorted(self._paused, key=lambda n: (n not in hopeless, self._merit(n)))
        evicted = by_merit[: max(over, len(hopeless))]
        self._no_room |= set(evicted) - hopeless
        return evicted

    def why_pruned(self, number: int) -> str:
        if number in self._ended_at_once:
            return self._at_once.why_pruned(number)
        if number not in self._stage_of:
            return ""
        cohort, index = self._cohort_of[number], self._stage_of[number]
        step, came, quota = cohort.step(index), cohort.came_to(index), cohort.quota(index)
        go_on = f"the best {quota} go on" if quota > 1 else "the best goes on"
        if number in self._no_room:
            go_on = "no room for more that wait to be compared"
        place = cohort.place(index, number)
        return f"{ranked(place + 1, came, step, cohort.first(index, place))}; {go_on}"

    @property
    def rung_steps(self) -> tuple[int, ...]:
        """The steps at which trials of any cohort have been compared."""
        return tuple(sorted({step for cohort in self._cohorts for step in cohort.steps}))

    @property
    def paused(self) -> frozenset[int]:
        return frozenset(self._paused)

    def _join(self, number: int) -> Cohort:
        last = self._cohorts[-1] if self._cohorts else None
        if last is not None and last.first_step != self.first_step:  # it began before the length
            last.size = len(last.members - last.left_out)  # of a training was known
        if last is None or last.full:
            new = Cohort(self.cohort, self.eta, self.first_step, left_out=self._left_out)
            self._cohorts.append(new)
        cohort = self._cohort_of[number] = self._cohorts[-1]
        cohort.members.add(number)
        return cohort

    def _goes_on(self, number: int) -> bool | None:
        return self._cohort_of[number].goes_on(self._stage_of[number], number)

    def _merit(self, number: int) -> tuple[int, float]:
        """Low for those to evict first: few stages climbed, then a bad place there."""
        cohort, index = self._cohort_of[number], self._stage_of[number]
        return (index, -cohort.place(index, number) / cohort.came_to(index))
