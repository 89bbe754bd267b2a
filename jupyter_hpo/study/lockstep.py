"""Lockstep: with a seed, decisions are made in fixed batches, so that a parallel run repeats.

Which trial reports first depends on the machine; what it reports does not. So what trials tell
is held until every trial that is at work has told something, and then handled in an order that
goes by what it is, and the trials' numbers: first results, then reports, then slots that become
free. What is suggested, promoted and pruned then depends on the seed and on how many trials run
side by side alone. The price is that trials wait for each other at every report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Set as AbstractSet

from .trial_events import Died, Ended, Failed, Finished, Reported, Stopped

Held = Reported | Finished | Failed | Stopped | Died | Ended

ORDER: dict[type, int] = {Finished: 0, Failed: 0, Stopped: 0, Died: 0, Reported: 1, Ended: 2}
"""A result may end the study: then no report of this batch is answered, nor a trial begun, any
more, and nothing is left that could be a matter of time."""


class Lockstep:
    """Holds events and gives them back in batches. Pure; one thread."""

    def __init__(self) -> None:
        self._held: dict[int, deque[Held]] = {}

    def holds(self, event: object) -> bool:
        """Whether this event is held; then `batch` will bring it."""
        if not isinstance(event, Held):
            return False
        self._held.setdefault(event.number, deque()).append(event)
        return True

    def batch(self, awaited: AbstractSet[int]) -> list[Held]:
        """What is to be handled next, in order; empty as long as an event is missing.

        awaited: the trials that are at work, or have been told to end.
        """
        if not awaited <= self._held.keys():
            return []
        found = [events.popleft() for events in self._held.values()]
        self._held = {number: events for number, events in self._held.items() if events}
        return sorted(found, key=lambda event: (ORDER[type(event)], event.number))
