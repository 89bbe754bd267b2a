"""Pace: how often trials are heard of, and so how long a silence is worth a word."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median

FLOOR_S = 10.0
"""A shorter silence is never worth a word."""

TIMES = 5
"""A silence is long that lasts so many times the usual one."""

UNKNOWN_S = 60.0
"""What is long as long as no trial was heard of twice."""

OWN = 3
"""From so many intervals on a trial is judged by its own."""


class Pace:
    """The intervals at which trials report; of one that never does, its whole run.

    Times are running seconds: whoever pauses a trial tells `began` when it goes on.
    """

    def __init__(self) -> None:
        self._heard: dict[int, float] = {}
        self._own: dict[int, deque[float]] = {}
        self._all: deque[float] = deque(maxlen=101)

    def began(self, number: int, now: float) -> None:
        """It runs from now on: it was started, or let go on."""
        self._heard[number] = now

    def reported(self, number: int, now: float) -> None:
        self._note(number, now)

    def finished(self, number: int, now: float) -> None:
        """It came to its end by itself."""
        if number not in self._own:
            self._note(number, now)

    def gone(self, number: int) -> None:
        self._heard.pop(number, None)
        self._own.pop(number, None)

    def heard_at(self, number: int) -> float | None:
        """When it was last heard of, or let go on."""
        return self._heard.get(number)

    def long_s(self, number: int) -> float:
        """From how many seconds on a silence of this trial is a long one."""
        own = self._own.get(number, ())
        known: Iterable[float] = own if len(own) >= OWN else self._all
        usual = median(known) if known else None
        return UNKNOWN_S if usual is None else max(FLOOR_S, TIMES * usual)

    def _note(self, number: int, now: float) -> None:
        since = self._heard.get(number)
        if since is not None:
            self._own.setdefault(number, deque(maxlen=15)).append(now - since)
            self._all.append(now - since)
            self._heard[number] = now
