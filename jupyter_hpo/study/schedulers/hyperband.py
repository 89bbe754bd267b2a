"""Hyperband, asynchronous: several races of successive halving with different first rungs.

Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, "Hyperband: A Novel Bandit-Based Approach
to Hyperparameter Optimization", JMLR 18(185), 2018, algorithm 1; each bracket is raced as ASHA
does (Li et al., MLSys 2020, section 3.3), with pausing and promotion. Differences: the pool of
paused trials is one for all brackets; and the length of a full training, which the paper is
given, is learnt from the first trial that completes. Until then there is one bracket only.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from math import log

from .asha import Asha
from .base import Verdict
from .length import Length


class Hyperband:
    """Brackets of `Asha` with their first rungs at first_step * eta**k, k = 0, 1, ..., and a last
    one in which every trial runs to its end. Trials come to the brackets in the proportion of
    the paper's numbers of configurations, so that each bracket gets about the same budget.

    eta, first_step, pausing: as in `Asha`. pool: how many paused trials are kept at most, of all
    brackets together.
    """

    name = "hyperband"

    def __init__(
        self,
        *,
        eta: int = 3,
        first_step: int | None = None,
        pool: int = 8,
        pausing: bool = True,
    ) -> None:
        self.eta, self.first_step, self.pool, self.pausing = eta, first_step or 1, pool, pausing
        self._scales = first_step is None
        self._races: list[Asha] = []  # by k
        self._race_of: dict[int, Asha | None] = {}  # trial -> what it takes part in
        self._sizes: dict[int, int] = {}  # k -> trials that came to it
        self._length = Length()
        self._protected: set[int] = set()
        self._left_out: frozenset[int] = frozenset()

    def protect(self, number: int) -> None:
        self._protected.add(number)
        self._length.protect(number)

    def takes_more(self, unfinished: int) -> bool:
        """The first trial tells which brackets there are."""
        return self._length.awaited is None

    def on_report(self, number: int, step: int, loss: float) -> Verdict:
        self._length.last[number] = step
        if number not in self._race_of:
            if number in self._left_out:  # it takes no place in a bracket, either
                return Verdict.CONTINUE
            self._race_of[number] = self._assign(number)
        race = self._race_of[number]
        return Verdict.CONTINUE if race is None else race.on_report(number, step, loss)

    def on_end(self, number: int, *, complete: bool = False) -> None:
        self._length.end(number, complete=complete)
        race = self._race_of.get(number)
        if race is not None:
            race.on_end(number, complete=complete)
        if self._length.full is not None:
            for each in self._races:
                each.full_training(self._length.full)
        if self._races:  # the rungs of the first one may have moved
            self.first_step = self._races[0].first_step

    def withdraw(self, number: int) -> None:
        self._length.end(number, complete=False)
        race = self._race_of.get(number)
        if race is not None:
            race.withdraw(number)

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        self._left_out = frozenset(numbers)
        for race in self._races:
            race.leave_out(self._left_out)

    def settle(self) -> None:
        for race in self._races:
            race.settle()

    def undecided(self, number: int) -> bool:
        race = self._race_of.get(number)
        return race is not None and race.undecided(number)

    def promote(self) -> int | None:
        """Of the bracket with the latest first rung that has one to promote."""
        promoted = (race.promote() for race in reversed(self._races))
        return next((number for number in promoted if number is not None), None)

    def evict(self, room: int | None = None) -> list[int]:
        paused = [(race.merit(n), n) for race in self._races for n in race.paused]
        over = len(paused) - (self.pool if room is None else min(self.pool, room))
        return [number for _, number in sorted(paused)[: max(0, over)]]

    def why_pruned(self, number: int) -> str:
        race = self._race_of.get(number)
        if race is None or not (why := race.why_pruned(number)):
            return ""
        return f"{why} (in the bracket that begins at step {race.first_step})"

    @property
    def rung_steps(self) -> tuple[int, ...]:
        """The steps of the rungs reached so far, in any bracket."""
        return tuple(sorted({step for race in self._races for step in race.rung_steps}))

    @property
    def paused(self) -> frozenset[int]:
        return frozenset().union(*(race.paused for race in self._races))

    @property
    def last_bracket(self) -> int:
        """k of the bracket without rungs (the paper's s_max); 0 stands alone while the length of
        a full training is not known."""
        if self._length.full is None:
            return 0
        return max(0, round(log(max(1.0, self._length.full / self.first_step), self.eta)))

    def share(self, bracket: int) -> int:
        """How many configurations the paper's outer loop gives it: with s = s_max - k further
        halvings to come, ceil((s_max + 1) / (s + 1) * eta**s)."""
        last = self.last_bracket
        halvings = last - bracket
        configurations: int = (last + 1) * self.eta**halvings
        return -(-configurations // (halvings + 1))

    def _assign(self, number: int) -> Asha | None:
        """The race of the bracket that the trial comes to; None where all run to their end."""
        shares = [self.share(k) for k in range(self.last_bracket + 1)]
        # The one that will be the least ahead of its share; of equals the earliest.
        bracket = min(range(len(shares)), key=lambda k: (self._sizes.get(k, 0) + 1) / shares[k])
        self._sizes[bracket] = self._sizes.get(bracket, 0) + 1
        if self._length.full is not None and bracket == len(shares) - 1:
            return None
        while len(self._races) <= bracket:
            first_step = self.first_step * self.eta ** len(self._races)
            scales = self._scales and self._length.full is None
            self._races.append(self._new_race(None if scales else first_step))
        race = self._races[bracket]
        if number in self._protected:
            race.protect(number)
        return race

    def _new_race(self, first_step: int | None) -> Asha:
        race = Asha(eta=self.eta, first_step=first_step, pool=self.pool, pausing=self.pausing)
        race.leave_out(self._left_out)
        if self._length.full is not None:
            race.full_training(self._length.full)
        return race
