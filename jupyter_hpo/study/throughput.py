"""Find the number of trials side by side from which more bring nothing. Pure.

Hill climbing on measured rates: double while it gains; where a step loses, look between; then
halve the gap below, for the fewest that are as fast (more at once also means that each was
suggested knowing less). A rate counts only while the level is really
occupied and its trials have got going.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MIN_GAIN = 0.1
"""A higher level must be faster by this share at least ..."""

SHARE_OF_IDEAL = 0.2
"""... and by this share of what so many more trials would bring at best."""

ALIKE = 0.05
"""Rates that differ by less are the same."""

WINDOW_S = 1.0
"""Reports are counted for at least so many seconds."""

MIN_REPORTS = 8
REPORTS_EACH = 3
FINISHED_EACH = 2
OCCUPANCY = 0.75
"""Shares of the level that have to be occupied, and to have reported, for a rate to count;
more than the level, left from a higher one, must have ended."""


@dataclass
class _Window:
    """Units of work since `since`, and how well the level was occupied meanwhile. anchor: the
    trial whose report began it: trials in step report in bursts, so one of its reports ends
    it, too, while it lasts."""

    since: float
    last: float
    occupied: int
    anchor: int | None
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
    _too_few: int = 0  # the highest level below it that was slower
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
        if self.fixed:
            return
        if not self._by_reports:
            self._by_reports = True
            self._window = None
        self._warm.add(number)
        self._count(number, now, limit, max(MIN_REPORTS, REPORTS_EACH * self.level))

    def finish(self, number: int, now: float, *, limit: int, alone: bool) -> None:
        """A trial came to its end; alone: nothing ran beside it, so its own rate is level 1's."""
        if self.fixed:
            return
        if not self._by_reports:
            self._count(number, now, limit, FINISHED_EACH * self.level)
        if self._window is not None and self._window.anchor == number:
            self._window.anchor = None
        if alone and self.level == 1 and self._best == 0:
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
    def _count(self, number: int, now: float, limit: int, enough: int) -> None:
        self.lower(limit, now)
        goal = self.level
        if self._window is None:
            ready = len(self._warm) if self._by_reports else self._occupied
            if ready >= OCCUPANCY * goal and OCCUPANCY * goal <= self._occupied <= goal:
                self._window = _Window(now, now, self._occupied, number)
            return
        window = self._window
        window.pass_to(now)
        window.units += 1
        if window.units < enough or (self._by_reports and window.seconds < WINDOW_S):
            return
        if window.anchor not in (number, None):
            return
        self._window = None
        if window.seconds > 0 and window.busy_s >= OCCUPANCY * goal * window.seconds:
            self._judge(window.units / window.seconds, now, limit)

    def _judge(self, rate: float, now: float, limit: int) -> None:
        level = self.level
        self.rates[level] = rate
        best = self.rates.get(self._best)
        if level > self._best:
            if best is None or rate >= best * (1 + _needed(self._best, level)):
                self._too_few, self._best = self._best, level
            else:
                self._too_many = level
        elif level < self._best and best is not None:
            if rate >= best * (1 - ALIKE):
                self._best, self._too_many = level, self._best
            else:
                self._too_few = level
        self._go_to(self._next(limit) or self._best, now)

    def _next(self, limit: int) -> int | None:
        """The level to try next, or None when the best is known well enough."""
        best, near = self._best, max(1, self._best // 4)
        above, below = self._too_many, min(self._too_few, self._best - 1)
        if above is None:
            level = min(2 * best, limit)
            return level if level > best else None
        if above - best > near and self.rates[above] < self.rates.get(best, 0.0) * (1 - ALIKE):
            return min((best + above) // 2, max(limit, best + 1))
        return (best + below) // 2 if best - below > near else None

    def _go_to(self, level: int, now: float) -> None:
        if level != self.level:
            self.level = level
            self.restart(now)


def _needed(before: int, level: int) -> float:
    return max(MIN_GAIN, SHARE_OF_IDEAL * (level / before - 1)) if before else 0.0
