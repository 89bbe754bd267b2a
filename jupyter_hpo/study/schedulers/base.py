"""The Scheduler protocol and the scheduler that never prunes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Protocol


class Verdict(Enum):
    """What becomes of a trial that has just reported."""

    CONTINUE = "continue"
    PAUSE = "pause"
    STOP = "stop"  # it ends now; `why_pruned` says why


class Scheduler(Protocol):
    """Decides at each report whether a trial goes on. Values are losses: lower is better.

    Called by the engine's thread only. A paused trial is either promoted later or evicted;
    one that is stopped is told as ended by `on_end`.
    """

    name: str

    @property
    def rung_steps(self) -> tuple[int, ...]:
        """The steps at which trials have been compared so far, in order."""

    @property
    def paused(self) -> frozenset[int]:
        """The trials that wait to be promoted."""

    def protect(self, number: int) -> None:
        """Never pause this trial: it is the first, what the others are compared with, or the
        person asked for it."""

    def takes_more(self, unfinished: int) -> bool:
        """Whether a new trial may begin beside so many unfinished ones. Where it has to know of
        the first trial how long a training is, few others may, or none, until that ends."""

    def on_report(self, number: int, step: int, loss: float) -> Verdict:
        """Note the report and say whether the trial goes on now."""

    def on_end(self, number: int, *, complete: bool = False) -> None:
        """The trial is no longer alive (its reports still count); complete: it ran to its
        end, so its last step is what a full training takes."""

    def withdraw(self, number: int) -> None:
        """The person decides over this trial now: while it is paused it is neither promoted
        nor evicted. Its reports still count, and it is judged again when it next reports."""

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        """From now on these trials, and only these, are compared with nobody: what they
        reported and will report counts for nothing, and they are never paused."""

    def settle(self) -> None:
        """Nothing runs and no new trial will come: what waits for others to compare with is
        judged by what there is, and `promote` says what still goes on."""

    def promote(self) -> int | None:
        """The paused trial that deserves to go on most, now counted as going on, or None."""

    def undecided(self, number: int) -> bool:
        """Whether the trial is paused and nothing speaks against it yet: when the study ends now,
        it is to be tried again."""

    def evict(self, room: int | None = None) -> list[int]:
        """Paused trials beyond the pool's bound, or beyond those there is memory for (room),
        worst first."""

    def why_pruned(self, number: int) -> str:
        """One sentence on why the trial was not carried further."""


class StopOnly:
    """What the schedulers have in common that end trials and never pause one."""

    name = ""
    rung_steps: tuple[int, ...] = ()

    def __init__(self) -> None:
        self.left_out: frozenset[int] = frozenset()
        self._protected: set[int] = set()
        self._why: dict[int, str] = {}

    def judge(self, number: int, step: int, loss: float) -> str:
        """Note the report; why the trial is to end, in a sentence, '' when it goes on."""
        return ""

    def protect(self, number: int) -> None:
        self._protected.add(number)

    def takes_more(self, unfinished: int) -> bool:
        return True

    def on_report(self, number: int, step: int, loss: float) -> Verdict:
        why = self.judge(number, step, loss)
        if not why or number in self._protected or number in self.left_out:
            return Verdict.CONTINUE
        self._why[number] = why
        return Verdict.STOP

    def on_end(self, number: int, *, complete: bool = False) -> None:
        return None

    def withdraw(self, number: int) -> None:
        return None

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        self.left_out = frozenset(numbers)

    def settle(self) -> None:
        return None

    def promote(self) -> int | None:
        return None

    def undecided(self, number: int) -> bool:
        return False

    def evict(self, room: int | None = None) -> list[int]:
        return []

    def why_pruned(self, number: int) -> str:
        return self._why.get(number, "")

    @property
    def paused(self) -> frozenset[int]:
        return frozenset()


class NoPruning(StopOnly):
    """Every trial runs to its end."""

    name = "none"
