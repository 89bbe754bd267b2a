"""Rungs: the losses that trials reported at one step, and who stands where among them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum


class Fate(IntEnum):
    """What became of a trial at a rung; of equals the lower stands before."""

    WENT_ON = 0
    WAITS = 1
    ENDED = 2


NAMED = 3
"""Trials that are named of those that stand before one."""


def ranked(rank: int, of: int, step: int, ahead: Sequence[int], equals: int = 0) -> str:
    """Where a trial stands, for the person. rank: from 1. ahead: the numbers of the best of the
    rank - 1 that are better; equals: how many others are as good."""
    said = f"ranked {rank} of {of} trials at step {step}"
    names = [str(number) for number in ahead[:NAMED]]
    if rank - 1 > len(names):
        said += f", behind trials {', '.join(names)} and {rank - 1 - len(names)} more"
    elif names:
        *most, last = names
        said += (
            f", behind trials {', '.join(most)} and {last}" if most else f", behind trial {last}"
        )
    if equals:
        said += f", as good as {'another one' if equals == 1 else f'{equals} others'}"
    return said


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

    def ahead(self, number: int) -> list[int]:
        """The numbers of the best few of those with a lower loss."""
        return [n for _, _, n in self.order[: min(NAMED, self.better(number))]]

    def equals(self, number: int) -> int:
        """How many others have the same loss."""
        after = bisect_left(self.order, (self.found[number][0], Fate.ENDED + 1))
        return after - self.better(number) - 1

    def __len__(self) -> int:
        return len(self.order)
