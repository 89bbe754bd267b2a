"""What a study is asked to do: objectives, budget and how it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .constraints import Constraint
from .objective import Objective
from .rounds import Rounds


@dataclass(frozen=True)
class Budget:
    """When to stop looking. All None: until the person stops it.

    n_trials: finished trials in all, earlier sessions included. timeout_s: seconds of this
    session. trial_timeout_s: running seconds of one trial. patience: end after so many
    finished trials in a row that brought no better value.
    """

    n_trials: int | None = None
    timeout_s: float | None = None
    trial_timeout_s: float | None = None
    patience: int | None = None


@dataclass(frozen=True)
class StudyConfig:
    """slots: trials that run at the same time. first: params of the first trial of a new
    study (the cell's own values), run alone; None when the sampler chooses it.
    grace_s: how long a stopped study waits for trials to end at a report.
    alike: after so many first trials that all failed alike the study stops. in_kernel: the
    trials run in the kernel, so an interrupt of the kernel lands in one of them. constraints: as
    text; a trial that breaks one is never the best. by_figures: those of them that a trial's
    figures alone decide, so that in a trial of several runs the figures of all count. partly:
    several objectives are compared by those that are reported, also when others are known at the
    end only. keep_limit_bytes: what the objects of all trials of the front may take together.
    rounds: the runs of the cell that make a trial.
    """

    name: str
    objectives: tuple[Objective, ...]
    budget: Budget = field(default_factory=Budget)
    slots: int = 1
    first: dict[str, Any] | None = None
    grace_s: float = 0.5
    alike: int = 3
    in_kernel: bool = False
    constraints: tuple[str, ...] = ()
    by_figures: tuple[Constraint, ...] = ()
    partly: bool = False
    keep_limit_bytes: int | None = None
    rounds: Rounds = field(default_factory=Rounds)
