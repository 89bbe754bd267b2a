"""The Executor seam: what the engine asks of whoever runs the trials.

An executor runs each trial on its own, from the same notebook state, and speaks to the
engine in events. The engine answers reports; a trial that got no answer is paused: that is
all a pause is.

The events and their order stand in `study.trial_events`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..study.trial_events import Answer, TrialEvent, TrialSpec

Emit = Callable[[TrialEvent], None]


class Executor(Protocol):
    """One study's workers. All methods are called by the engine's thread, and never block
    for longer than it takes to hand over the request. `emit` may be called by any thread."""

    slots: int
    """How many trials may run (not wait) at the same time."""

    def submit(self, spec: TrialSpec) -> None:
        """Start a trial. Its failure to start is an event, not an exception."""

    def answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        """Answer a trial that waits; path goes with KEEP. Unknown numbers are ignored."""

    def kill(self, number: int, reason: str) -> None:
        """End a trial by force; it is then `Died(reason)`. Unknown numbers are ignored."""

    def close(self) -> None:
        """End every worker and free what they held; safe to call twice. Returns when no
        process of ours is left (at most a few seconds)."""
