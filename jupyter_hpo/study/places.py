"""Places: which trials take a slot, and which wait without one."""

from __future__ import annotations

from enum import Enum


class Waits(str, Enum):
    """What a trial waits for whose report has not been answered yet."""

    STUDY = "study"  # for the study to go on; it keeps its slot
    SCHEDULER = "scheduler"  # to be promoted
    PERSON = "person"  # for the person who paused it
    SLOT = "slot"  # the person let it go on: for a free slot


class Places:
    """The slots of a study and the trials they are for.

    n: how many there are now; fewer than before only lets running trials end. asked: trials
    whose params are being asked for. alive: submitted and not ended. waiting: those of them
    that wait for an answer, in the order they came to wait. in_kernel: a waiting trial
    blocks the only thread there is, so it keeps its slot.
    """

    def __init__(self, n: int, *, in_kernel: bool = False) -> None:
        self.n = n
        self.asked: set[int] = set()
        self.alive: set[int] = set()
        self.waiting: dict[int, Waits] = {}
        self._in_kernel = in_kernel

    @property
    def free(self) -> int:
        """How many more trials may run now; negative while there are fewer slots than that."""
        without = sum(not self._keeps_slot(waits) for waits in self.waiting.values())
        return self.n - len(self.asked) - (len(self.alive) - without)

    def wait(self, number: int, waits: Waits) -> None:
        self.waiting.pop(number, None)
        self.waiting[number] = waits

    def go_on(self, number: int) -> None:
        self.waiting.pop(number, None)

    def end(self, number: int) -> None:
        """The trial is gone: its slot is free."""
        self.alive.discard(number)
        self.waiting.pop(number, None)

    def those(self, waits: Waits) -> list[int]:
        """The trials that wait for this, the first come first."""
        return [number for number, why in self.waiting.items() if why is waits]

    @property
    def all_wait(self) -> bool:
        """Whether there are trials, and none of them runs or is to come."""
        return bool(self.alive) and not self.asked and len(self.waiting) == len(self.alive)

    def _keeps_slot(self, waits: Waits) -> bool:
        return waits is Waits.STUDY or (self._in_kernel and waits is not Waits.SLOT)
