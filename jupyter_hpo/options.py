"""What a person may ask of a study, with the defaults in one place."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MOST_JOBS = 1000
"""Trials side by side, at most: each is a process, or waits for one."""

PATIENCE = 30
"""Trials without a better value after which a study with no other budget ends."""

SAMPLERS = ("tpe", "gp", "random", "grid", "qmc", "cmaes", "nsga2", "entropy")
PRUNERS = ("asha", "hyperband", "halving", "median", "patience", "threshold", "pbt", "none")

NUMBERED = {"patience": 5.0, "threshold": None}
"""Pruners that take a number after a colon -> the one without it; None: it must be given."""

TRIALS = 100
"""Trials of a study of several objectives with no budget given."""


@dataclass(frozen=True)
class Options:
    """Options of `%%hpo`; None means the default that `session` derives and announces.

    trials: finished trials in all. timeout_s, trial_timeout_s: seconds. jobs: trials side by
    side. device: what they run on, as `executors.devices` explains. executor: 'processes' forks
    a process for each trial; 'workers' has processes run trial after trial; 'inline' runs
    trials in the kernel, one at a time. fresh: forget what an earlier session of this study
    found. root: folder of the studies.
    shared_setup: leading statements that no tuned value reaches run once for all trials.
    keep: names of the best trial's objects to bring back; None: what later cells can use.
    keep_limit_bytes: what they may take together; what is left out is said.
    sampler: a word of `SAMPLERS`. pruner: as `parse_pruner` reads it. constraints: as
    typed, such as `n_params <= 1e6`. folds, repeats: runs of the cell that
    make a trial; folds: how many, or the notebook's name of what splits the data. like:
    the name of an older study, whose results the search begins with. on: where Ray runs the
    trials, 'ray' or 'ray://address'.
    """

    trials: int | None = None
    timeout_s: float | None = None
    trial_timeout_s: float | None = None
    patience: int | None = None
    jobs: int | None = None
    device: str = "auto"
    sampler: str | None = None
    pruner: str | None = None
    constraints: tuple[str, ...] = ()
    folds: int | str | None = None
    repeats: int = 1
    like: str | None = None
    on: str | None = None
    seed: int | None = None
    name: str | None = None
    fresh: bool = False
    executor: Literal["processes", "workers", "inline"] = "processes"
    root: Path | None = None
    keep: tuple[str, ...] | None = None
    keep_limit_bytes: int = 1 << 30
    shared_setup: bool = True


def parse_pruner(text: str) -> tuple[str, float | None]:
    """A word of `PRUNERS` and its number: `asha`, `patience:5` (steps), `threshold:0.9` (a value
    of the objective; `threshold:0.9@5`: from step 5 on, see `threshold_from`). Raises ValueError
    with what is wrong, for the end of a sentence."""
    word, colon, given = text.partition(":")
    if word == "threshold":
        threshold_from(text)
        given = given.partition("@")[0]
    if word not in PRUNERS:
        raise ValueError(f"there is no {word!r}, only {', '.join(PRUNERS)}")
    if word not in NUMBERED:
        if colon:
            raise ValueError(f"{word} takes no number; write {word}")
        return word, None
    example = "patience:5" if word == "patience" else "threshold:0.9"
    if not colon:
        if NUMBERED[word] is None:
            raise ValueError(f"{word} needs the value that is too bad; write {example}")
        return word, NUMBERED[word]
    try:
        number = float(given)
    except ValueError:
        raise ValueError(f"{given!r} is no number; write {example}") from None
    if not math.isfinite(number):
        raise ValueError(f"{given} is no finite number; write {example}")
    if word == "patience" and (number < 1 or number != int(number)):
        raise ValueError(f"{given} is not a whole number of steps greater than 0; write {example}")
    return word, number


def threshold_from(text: str) -> int | None:
    """The step of `threshold:0.9@5` from which on trials may end; None: none is given. Raises
    ValueError as `parse_pruner`."""
    _, at, step = text.partition("@")
    if at and not (step.isdecimal() and int(step) > 0):
        wrong = f"{step!r} is not a step, counted from 1"
        raise ValueError(f"{wrong}; write threshold:0.9@5 to look from step 5 on")
    return int(step) if at else None


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
