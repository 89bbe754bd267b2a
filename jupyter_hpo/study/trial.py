"""Trial: everything known of one trial. The engine's thread alone changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple


class TrialState(str, Enum):
    """The field's states, and PAUSED: told to samplers and storage as RUNNING."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAIL = "FAIL"

    @property
    def finished(self) -> bool:
        return self in (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


class Report(NamedTuple):
    """An intermediate value: step counts from 1; version as of `Trial.version`."""

    step: int
    values: tuple[float, ...]
    version: int


@dataclass(frozen=True)
class TrialError:
    """Why a trial failed: one sentence, the user's own line, and the traceback's text.

    kind: the exception's class name, or 'objective', 'died' (also: took too long), 'stopped'
    (by the person), 'interrupted' (by the end of its study), 'device_memory' or 'host_memory'
    (it ran out of it, alone too: PRUNED, and infeasible to the sampler). cell: where the line
    stands, 0 for the training cell, else the number of an earlier one.
    """

    kind: str
    message: str
    line: int | None = None
    traceback: str = ""
    cell: int = 0

    @property
    def where(self) -> str:
        """`line 3` or `In[2], line 3`; '' without a line."""
        if self.line is None:
            return ""
        return f"line {self.line}" if not self.cell else f"In[{self.cell}], line {self.line}"


@dataclass
class Trial:
    """params: value by name, active ones only (expression choices as source text).

    values: one float per objective when COMPLETE, the last report when PRUNED, else None.
    started_at, finished_at: seconds since the epoch. figures: running_s (pauses not
    counted) and what the worker measured: wall_s, cpu_s, peak_memory_bytes,
    device_memory_bytes (peak), n_params (of the largest module), n_warnings, reports_per_s;
    a figure that could not be had is left out. device: where it runs, as the kernel counts
    (`cuda:0`); None: on the CPU. version: grows with every change (for the view). outside: with
    values that the present space does not hold: it stays in the record and counts for nothing.
    enqueued: the person asked for it. own: of the params, those that were not tuned when it
    was made: it ran with the code's own values. rounds: where a trial is several runs of the
    cell (folds, repeats), the values that each brought so far; `values` is then their mean.
    violations: by how much it breaks each constraint (the constraint's text -> more than 0);
    empty when it is feasible. slacks: likewise of those it keeps (0 or less). unjudged:
    constraints of which that can't be told, as they were asked for later. amounts: of a trial
    of several runs of the cell by how much those done so far break each constraint, summed.
    parent: the
    trial whose state it goes on from. inherited: of the params, those that could not be changed
    in that state, so that they are still its. uncounted: it failed before anything had worked, in
    an earlier session, and is as if it had never been.
    """

    number: int
    params: dict[str, Any]
    state: TrialState = TrialState.WAITING
    values: tuple[float, ...] | None = None
    reports: list[Report] = field(default_factory=list)
    started_at: float | None = None
    finished_at: float | None = None
    figures: dict[str, float] = field(default_factory=dict)
    error: TrialError | None = None
    log_path: str | None = None
    device: str | None = None
    objects_path: str | None = None
    pid: int | None = None
    notice: str = ""
    outside: bool = False
    version: int = 0
    enqueued: bool = False
    uncounted: bool = False
    own: dict[str, Any] = field(default_factory=dict)
    rounds: list[tuple[float, ...]] = field(default_factory=list)
    violations: dict[str, float] = field(default_factory=dict)
    slacks: dict[str, float] = field(default_factory=dict)
    unjudged: list[str] = field(default_factory=list)
    amounts: dict[str, float] = field(default_factory=dict)
    parent: int | None = None
    inherited: dict[str, Any] = field(default_factory=dict)

    @property
    def tuned(self) -> dict[str, Any]:
        """The params it was made with."""
        return {name: value for name, value in self.params.items() if name not in self.own}

    @property
    def infeasible(self) -> bool:
        """Whether it could not be run at all for want of memory."""
        return self.state is TrialState.PRUNED and self.error is not None

    def take_amounts(self, amounts: Mapping[str, float]) -> None:
        """Note by how much it breaks each constraint; 0 or less: it holds."""
        self.violations = {text: by for text, by in amounts.items() if by > 0}
        self.slacks = {text: by for text, by in amounts.items() if by <= 0}

    @property
    def may_win(self) -> bool:
        """Whether it can be the best: complete, of the present space, no constraint broken and
        none of which that can't be told."""
        complete = self.state is TrialState.COMPLETE and bool(self.values)
        return complete and not (self.outside or self.violations or self.unjudged)

    @property
    def step(self) -> int | None:
        """The last step reported."""
        return self.reports[-1].step if self.reports else None

    @property
    def duration_s(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at
