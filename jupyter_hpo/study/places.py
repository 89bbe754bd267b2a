"""Places: which trials take a slot, and which wait without one."""

from __future__ import annotations

from collections import deque
from enum import Enum

from .packing import Packing


class Waits(str, Enum):
    """What a trial waits for whose report has not been answered yet."""

    STUDY = "study"  # for the study to go on; it keeps its slot
    SCHEDULER = "scheduler"  # to be promoted
    PERSON = "person"  # for the person who paused it
    SLOT = "slot"  # the person let it go on: for a free slot


class Places:
    """The slots of a study and the trials they are for.

    packing: says how many there are, and on which devices. asked: trials whose params are
    being asked for. alive: submitted and not ended. again: ran out of memory, to be tried
    again alone. between: ended one round, and are to begin the next (see `rounds`).
    waiting: those alive that wait for an answer, in the order they came to wait. now: seconds,
    set before anything else is called. in_kernel: a waiting trial blocks the only thread there
    is, so it keeps its slot.
    """

    def __init__(self, packing: Packing, *, in_kernel: bool = False) -> None:
        self.packing = packing
        self.now = 0.0
        self.again: deque[int] = deque()
        self.between: deque[int] = deque()
        self.asked: set[int] = set()
        self.alive: set[int] = set()
        self.waiting: dict[int, Waits] = {}
        self._in_kernel = in_kernel

    @property
    def free(self) -> int:
        """How many more trials may run now; negative when more were asked for than that."""
        return self.packing.free - len(self.asked)

    def take(self, number: int) -> str | None:
        """The trial is about to start; returns its device, None for the CPU."""
        self.asked.discard(number)
        self.alive.add(number)
        if number in self.again:
            self.again.remove(number)
        if number in self.between:
            self.between.remove(number)
        return self.packing.place(number, self.now)

    def wait(self, number: int, waits: Waits) -> None:
        self.waiting.pop(number, None)
        self.waiting[number] = waits
        if self._keeps_slot(waits):
            self.packing.goes_on(number, self.now)
        else:
            self.packing.waits(number, self.now)

    def go_on(self, number: int) -> None:
        self.waiting.pop(number, None)
        self.packing.goes_on(number, self.now)

    def ran_out(self, number: int) -> bool:
        """The trial ran out of memory; whether it is to be tried again, alone."""
        again = self.packing.out_of_memory(number, self.now)
        if again:
            self.waiting.pop(number, None)
            self.again.append(number)
        return again

    def give_up(self, number: int) -> None:
        """The trial is not tried again after all, or begins no further round."""
        if number in self.between:
            self.between.remove(number)
        else:
            self.again.remove(number)
            self.packing.forget(number)

    @property
    def to_come(self) -> list[int]:
        """The trials that are to be launched once more."""
        return [*self.again, *self.between]

    def end(self, number: int) -> None:
        """The trial is gone: its slot is free."""
        self.alive.discard(number)
        self.waiting.pop(number, None)
        self.packing.ended(number, self.now)

    def those(self, waits: Waits) -> list[int]:
        """The trials that wait for this, the first come first."""
        return [number for number, why in self.waiting.items() if why is waits]

    @property
    def all_wait(self) -> bool:
        """Whether there are trials, and none of them runs or is to come."""
        some_come = self.asked or self.between
        return bool(self.alive) and not some_come and len(self.waiting) == len(self.alive)

    def _keeps_slot(self, waits: Waits) -> bool:
        return waits is Waits.STUDY or (self._in_kernel and waits is not Waits.SLOT)
