"""What a trial is told, and what happens to it, told by whoever runs it.

Order for one trial, each at most once unless said otherwise:
    Started, Reported*, then one of Finished | Failed | Stopped | Died, [Kept,] Ended
`Ended` comes exactly once for every submitted trial, last: its slot is free again.
A process that dies while it writes its objects is Finished, Died, Ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .trial import TrialError


@dataclass(frozen=True)
class TrialSpec:
    """What a worker needs to run one trial. log_path: where stdout and stderr go. device: the
    accelerator it is to use, as the kernel counts them (`cuda:0`); None: none. threads: of the
    CPU; None: as many as its executor was made for. round: from 0, which run of the cell this
    is, where a trial is several (folds, repeats). parent: the paused trial whose state it goes
    on from, instead of running the cell from its beginning."""

    number: int
    params: dict[str, Any]
    seed: int | None = None
    log_path: str | None = None
    device: str | None = None
    threads: int | None = None
    round: int = 0
    parent: int | None = None


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
class Copied:
    """Instead of Started: the trial is a copy of one that waits, and waits for its answer as that
    one does. kept: names whose values could not be changed in its state, so that it goes on
    with those of the other one."""

    number: int
    pid: int
    at: float
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reported:
    """The trial waits until it is answered. values: one per objective, at least one of them
    finite; NaN for what is known at the end only. broken: the constraints that it now breaks
    for good, with by how much. fold: where it is the report of a fold, that fold's own values;
    `values` are those of the objectives so far."""

    number: int
    step: int
    values: tuple[float, ...]
    broken: dict[str, float] = field(default_factory=dict)
    fold: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Finished:
    """The cell ran to its end; the trial waits for KEEP or RELEASE. amounts: by how much it
    breaks each constraint, 0 or less where it holds."""

    number: int
    values: tuple[float, ...]
    figures: dict[str, float] = field(default_factory=dict)
    amounts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """The trial's objects are in the file, which takes n_bytes; names: what it holds; left_out:
    name -> why."""

    number: int
    path: str
    names: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    n_bytes: int = 0


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
    """The process ended without a word (killed, crashed, os._exit); reason: a sentence.
    kind: of the TrialError, 'host_memory' when the machine had no memory left for it."""

    number: int
    reason: str
    kind: str = "died"


@dataclass(frozen=True)
class Ended:
    number: int


@dataclass(frozen=True)
class SetUp:
    """Leading statements ran once, for all trials. lines: (first, last, cell) of each stretch,
    cell 0 being the training cell, else the number of an earlier one; wall_s: how long they
    took. why_not: a sentence when they could not be shared after all, and every trial runs
    them."""

    lines: tuple[tuple[int, int, int], ...]
    wall_s: float = 0.0
    why_not: str = ""


@dataclass(frozen=True)
class ExecutorLost:
    """No trial can be run any more; reason: a sentence with the next step."""

    reason: str


TrialEvent = (
    Started
    | Copied
    | Reported
    | Finished
    | Kept
    | Failed
    | Stopped
    | Died
    | Ended
    | SetUp
    | ExecutorLost
)
