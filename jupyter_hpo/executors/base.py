"""The Executor seam: what the engine asks of whoever runs the trials.

An executor runs each trial on its own, from the same notebook state, and speaks to the
engine in events. The engine answers reports; a trial that got no answer is paused: that is
all a pause is.

The events and their order stand in `study.trial_events`; they are re-exported here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from ..study.trial_events import (
    Died,
    Ended,
    ExecutorLost,
    Failed,
    Finished,
    Kept,
    Reported,
    Started,
    Stopped,
    TrialEvent,
)


@dataclass(frozen=True)
class TrialSpec:
    """What a worker needs to run one trial. log_path: where stdout and stderr go."""

    number: int
    params: dict[str, Any]
    seed: int | None = None
    log_path: str | None = None


class Answer(str, Enum):
    """What a waiting trial is told: after Reported CONTINUE or STOP, after Finished KEEP
    (write the objects to `path`, then end) or RELEASE (end)."""

    CONTINUE = "continue"
    STOP = "stop"
    KEEP = "keep"
    RELEASE = "release"


Event = TrialEvent
Emit = Callable[[Event], None]


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


__all__ = [
    "Answer",
    "Died",
    "Emit",
    "Ended",
    "Event",
    "Executor",
    "ExecutorLost",
    "Failed",
    "Finished",
    "Kept",
    "Reported",
    "Started",
    "Stopped",
    "TrialSpec",
]
