"""The Executor seam: what the engine asks of whoever runs the trials.

An executor runs each trial on its own, from the same notebook state, and speaks to the
engine in events. The engine answers reports; a trial that got no answer is paused: that is
all a pause is.

Order of events of one trial, each at most once unless said otherwise:
    Started, Reported* , then one of Finished | Failed | Stopped | Died, [Kept,] Ended
`Ended` comes exactly once for every submitted trial, last: its slot is free again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from ..study.trial import TrialError


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


@dataclass(frozen=True)
class Started:
    number: int
    pid: int | None
    at: float


@dataclass(frozen=True)
class Reported:
    """The trial waits until it is answered. values: one per objective, finite."""

    number: int
    step: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Finished:
    """The cell ran to its end; the trial waits for KEEP or RELEASE."""

    number: int
    values: tuple[float, ...]
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """The trial's objects are in the file; names: what it holds; left_out: name -> why."""

    number: int
    path: str
    names: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The cell raised, or its objective was no number."""

    number: int
    error: TrialError
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Stopped:
    """The trial ended at a report because it was told to."""

    number: int
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Died:
    """The process ended without a word (killed, crashed, os._exit); reason: a sentence."""

    number: int
    reason: str


@dataclass(frozen=True)
class Ended:
    number: int


@dataclass(frozen=True)
class ExecutorLost:
    """No trial can be run any more; reason: a sentence with the next step."""

    reason: str


Event = Started | Reported | Finished | Kept | Failed | Stopped | Died | Ended | ExecutorLost
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
