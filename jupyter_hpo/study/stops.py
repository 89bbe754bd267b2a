"""Stops: the trials that were told to stop, why, and when patience with them ends."""

from __future__ import annotations

from collections.abc import Callable

SAVING_S = 20.0
"""How long a trial that is finished may still write its objects when the study stops."""


class Stops:
    """Trials told to stop. A trial stops at its next report, or by force after grace_s.

    cut_off: those told because the study ends. Times are seconds.
    """

    def __init__(self, grace_s: float) -> None:
        self.cut_off: set[int] = set()
        self._grace_s = grace_s
        self._why: dict[int, str] = {}
        self._due: dict[int, float] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._why

    def why(self, number: int) -> str:
        return self._why.get(number, "stopped")

    def tell(self, number: int, why: str, now: float) -> None:
        self._why[number] = why
        self._due[number] = now + self._grace_s

    def ended(self, number: int) -> None:
        self._due.pop(number, None)

    def overdue(self, now: float, finished: Callable[[int], bool]) -> list[int]:
        """Trials to be ended by force now, each said once. finished: whether a trial has its
        value and only writes its objects."""
        over = [
            number
            for number, due in self._due.items()
            if now >= due + (SAVING_S if finished(number) else 0.0)
        ]
        for number in over:
            del self._due[number]
        return over
