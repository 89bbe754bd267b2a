"""Find the number of trials side by side from which more bring nothing. Pure.

Hill climbing on measured rates: double while it gains, then halve the gap between the best
level and the first that was not worth it. A rate counts only while the level is really
occupied and its trials have got going.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIN_GAIN = 0.05
"""A higher level must be faster by this share at least ..."""

SHARE_OF_IDEAL = 0.1
"""... and by this share of what so many more trials would bring at best."""

WINDOW_S = 1.0
"""Reports are counted for at least so many seconds."""

MIN_REPORTS = 8
REPORTS_EACH = 3
FINISHED_EACH = 2
OCCUPANCY = 0.75
"""Shares of the level that have to be occupied, and to have reported, for a rate to count."""


@dataclass
class _Window:
    """Units of work since `since`, and how well the level was occupied meanwhile."""

    since: float
    last: float
    occupied: int
    units: int = 0
    busy_s: float = 0.0

    def pass_to(self, now: float) -> None:
        self.busy_s += self.occupied * max(0.0, now - self.last)
        self.last = max(now, self.last)

    @property
    def seconds(self) -> float:
        return self.last - self.since


@dataclass
class Climb:
    """The level of one device: `level` trials are to run. fixed: it is never changed.
    Methods take the time in seconds; limit: the most that is allowed now."""

    level: int = 1
    fixed: bool = False
    rates: dict[int, float] = field(default_factory=dict)
    """Units a second, by level: the latest that was measured."""
    _best: int = 0  # the highest level worth it; 0 before the first rate
    _too_many: int | None = None  # the lowest level that was not
    _occupied: int = 0
    _window: _Window | None = None
    _warm: set[int] = field(default_factory=set)  # have reported since the level was set
    _by_reports: bool = False

    @property
    def settled(self) -> bool:
        return self.fixed or (self._best > 0 and self._next(1 << 30) is None)

    def occupied(self, running: int, now: float) -> None:
        """So many trials run from now on."""
        self._occupied = running
        if self._window is not None:
            self._window.pass_to(now)
            self._window.occupied = running

    def report(self, number: int, now: float, *, limit: int) -> None:
        if not self._by_reports:
            self._by_reports = True
            self._window = None
        self._warm.add(number)
        self._count(now, limit, enough=max(MIN_REPORTS, REPORTS_EACH * self.level))

    def finish(self, number: int, now: float, *, limit: int, alone: bool) -> None:
        """A trial came to its end; alone: nothing ran beside it, so its own rate is level 1's."""
        if not self._by_reports:
            self._count(now, limit, enough=FINISHED_EACH * self.level)
        if alone and self.level == 1 and self._best == 0 and not self.fixed:
            window = self._window
            if window is not None and window.units >= 2 and window.seconds > 0:
                self._judge(window.units / window.seconds, now, limit)
            else:  # it says nothing of the rate, but its memory is known now
                self._best = 1
                self._go_to(self._next(limit) or 1, now)

    def lower(self, level: int, now: float) -> None:
        """The level can't be held; the search goes on below it."""
        if level < self.level and not self.fixed:
            self.level = max(1, level)
            self._best = min(self._best, self.level)
            self.restart(now)

    def restart(self, now: float) -> None:
        self._window = None
        self._warm.clear()

    # --------------------------------------------------------------------------- search
    def _count(self, now: float, limit: int, enough: int) -> None:
        if self.fixed:
            return
        self.lower(limit, now)
        goal = self.level
        if self._window is None:
            ready = len(self._warm) if self._by_reports else self._occupied
            if ready >= OCCUPANCY * goal and self._occupied >= OCCUPANCY * goal:
                self._window = _Window(now, now, self._occupied)
            return
        window = self._window
        window.pass_to(now)
        window.units += 1
        if window.units < enough or (self._by_reports and window.seconds < WINDOW_S):
            return
        self._window = None
        if window.seconds > 0 and window.busy_s >= OCCUPANCY * goal * window.seconds:
            self._judge(window.units / window.seconds, now, limit)

    def _judge(self, rate: float, now: float, limit: int) -> None:
        level = self.level
        self.rates[level] = rate
        if level > self._best:
            before = self.rates.get(self._best)
            if before is None or rate >= before * (1 + _needed(self._best, level)):
                self._best = level
            else:
                self._too_many = level
        self._go_to(self._next(limit) or self._best, now)

    def _next(self, limit: int) -> int | None:
        """The level to try next, or None when the best is known well enough."""
        best = self._best
        if self._too_many is None:
            level = min(2 * best, limit)
        elif self._too_many - best <= max(1, best // 4):
            return None
        else:
            level = min((best + self._too_many) // 2, limit)
        return level if level > best else None

    def _go_to(self, level: int, now: float) -> None:
        if level != self.level:
            self.level = level
            self.restart(now)


def _needed(before: int, level: int) -> float:
    return max(MIN_GAIN, SHARE_OF_IDEAL * (level / before - 1)) if before else 0.0
