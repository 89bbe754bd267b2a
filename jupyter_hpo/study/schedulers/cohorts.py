"""A cohort: trials that are compared with each other, and how certain their fates are."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import nsmallest

from .rungs import NAMED, Fate


@dataclass
class Cohort:
    """Trials that are compared with each other, at one stage after the other.

    size: how many it is to have; of those that come to a stage one in `eta` goes on, and at
    least one. first_step: the step of the first stage. stages: the loss and the fate of each
    that came there. ended: those of the members that are not expected at another stage. Nobody
    of `left_out` counts.
    """

    size: int
    eta: int
    first_step: int
    stages: list[dict[int, tuple[float, Fate]]] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    left_out: frozenset[int] = frozenset()

    def step(self, index: int) -> int:
        """The step (from 1) at which a stage stands."""
        return int(self.first_step * self.eta**index)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of the stages that some trial came to."""
        return tuple(map(self.step, range(len(self.stages))))

    @property
    def full(self) -> bool:
        return len(self.members - self.left_out) >= self.size

    def put(self, index: int, number: int, loss: float, fate: Fate) -> None:
        while len(self.stages) <= index:
            self.stages.append({})
        self.stages[index][number] = (loss, fate)

    def turn(self, index: int, number: int, fate: Fate) -> None:
        """Another fate for a trial that is at the stage."""
        self.stages[index][number] = (self.stages[index][number][0], fate)

    def quota(self, index: int) -> int:
        """How many go on from a stage."""
        left = self.size
        for _ in range(index + 1):
            left = max(1, left // self.eta)
        return left

    def close(self, waiting: frozenset[int]) -> None:
        """Nobody joins any more, and of the members only those that wait are still to go on."""
        self.size = len(self.members - self.left_out)
        self.ended |= self.members - waiting

    def place(self, index: int, number: int) -> int:
        """From 0: how many at the stage are better, or as good and earlier."""
        return sum(other < self._key(index, number) for other in self._keys(index))

    def first(self, index: int, n: int) -> list[int]:
        """The numbers of the best few of the n best at the stage."""
        return [number for _, number in nsmallest(min(NAMED, n), self._keys(index))]

    def came_to(self, index: int) -> int:
        return len(self._keys(index))

    def goes_on(self, index: int, number: int) -> bool | None:
        """Whether a trial that waits at a stage goes on; None while that is not certain."""
        to_come = self.to_come(index)
        if self.came_to(index) + to_come <= 1:  # nobody is left to compare it with
            return True
        places = self.quota(index) - len(self._keys(index, Fate.WENT_ON))
        ahead = sum(o < self._key(index, number) for o in self._keys(index, Fate.WAITS))
        if ahead >= places:
            return False
        return True if ahead + to_come < places else None

    def to_come(self, index: int) -> int:
        """How many more trials may reach a stage, at most."""
        here = self.stages[index].keys()
        if index == 0:
            members = self.members - self.left_out
            return max(0, self.size - len(members)) + len(members - self.ended - here)
        before = {n for _, n in self._keys(index - 1, Fate.WENT_ON)}
        places = max(0, self.quota(index - 1) - len(before))
        candidates = len(self._keys(index - 1, Fate.WAITS)) + self.to_come(index - 1)
        return len(before - self.ended - here) + min(places, candidates)

    def _key(self, index: int, number: int) -> tuple[float, int]:
        return (self.stages[index][number][0], number)

    def _keys(self, index: int, fate: Fate | None = None) -> list[tuple[float, int]]:
        found = self.stages[index].items() if index < len(self.stages) else ()
        return [
            (loss, number)
            for number, (loss, its) in found
            if number not in self.left_out and (fate is None or its is fate)
        ]
