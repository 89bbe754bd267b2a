"""Rungs: the losses that trials reported at one step, and who stands where among them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum


class Fate(IntEnum):
    """What became of a trial at a rung; of equals the lower stands before."""

    WENT_ON = 0
    WAITS = 1
    ENDED = 2


@dataclass
class Rung:
    """The losses reported at one step, and in order those that count: a place is found without
    sorting."""

    step: int
    found: dict[int, tuple[float, Fate]] = field(default_factory=dict)
    order: list[tuple[float, Fate, int]] = field(default_factory=list)

    def put(self, number: int, loss: float, fate: Fate, *, counts: bool) -> None:
        if number in self.found:
            place = self.place(number)
            if self.order[place : place + 1] == [(*self.found[number], number)]:
                del self.order[place]
        self.found[number] = (loss, fate)
        if counts:
            insort(self.order, (loss, fate, number))

    def turn(self, number: int, fate: Fate, *, counts: bool) -> None:
        """Another fate for a trial that is here."""
        self.put(number, self.found[number][0], fate, counts=counts)

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        """Only the others count."""
        found = self.found.items()
        self.order = sorted((*what, n) for n, what in found if n not in numbers)

    def place(self, number: int) -> int:
        """From 0, the lowest loss first; of equals by their fate, then the earlier trial."""
        return bisect_left(self.order, (*self.found[number], number))

    def better(self, number: int) -> int:
        """How many trials have a lower loss."""
        return bisect_left(self.order, (self.found[number][0],))

    def equals(self, number: int) -> int:
        """How many others have the same loss."""
        after = bisect_left(self.order, (self.found[number][0], Fate.ENDED + 1))
        return after - self.better(number) - 1

    def __len__(self) -> int:
        return len(self.order)
