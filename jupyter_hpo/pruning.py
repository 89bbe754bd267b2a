"""Which scheduler a study gets: what the person asked for, else what its budget supports."""

from __future__ import annotations

from .cell import CapturedCell
from .errors import StudyError
from .options import Options, parse_pruner, threshold_from
from .population import population_of
from .study.schedulers import (
    Asha,
    Hyperband,
    MedianRule,
    NoPruning,
    Patience,
    Pbt,
    Scheduler,
    SuccessiveHalving,
    Threshold,
)

FEW_TRIALS = 8
"""Below about four full trainings ASHA has nothing to compare: then no pruner."""

NUMBERS = {2: "two", 3: "three", 4: "four"}
COHORT = 27
"""Trials that successive halving compares with each other."""


def scheduler_for(cell: CapturedCell, options: Options, *, on_devices: bool = False) -> Scheduler:
    """The scheduler of a study of this cell. on_devices: its trials run on accelerators.

    Raises StudyError when what was asked for can't be had for this cell, or in this executor.
    """
    word, number = _asked(cell, options)
    pausing = options.executor != "inline"  # it would block the only thread there is
    match word:
        case "none":
            return NoPruning()
        case "hyperband":
            return Hyperband(pausing=pausing)
        case "halving":
            return SuccessiveHalving(cohort=min(COHORT, options.trials or COHORT), pausing=pausing)
        case "median":
            return MedianRule()
        case "pbt":
            return population_of(cell, options, on_devices=on_devices)
        case "patience":
            return Patience(int(number or 0))
        case "threshold":
            return Threshold(
                number or 0.0,
                maximize=cell.objectives[0].direction == "maximize",
                first_step=threshold_from(options.pruner or ""),
            )
    return Asha(pausing=pausing)


def _asked(cell: CapturedCell, options: Options) -> tuple[str, float | None]:
    """The pruner's word and its number."""
    if options.pruner is None:
        few = options.trials is not None and options.trials < FEW_TRIALS
        return ("none" if few else "asha"), None
    try:
        word, number = parse_pruner(options.pruner)
    except ValueError as error:
        raise StudyError(f"--pruner: {error}.") from None
    if word in ("patience", "threshold") and len(cell.objectives) != 1:
        names = ", ".join(o.source for o in cell.objectives)
        raise StudyError(
            f"--pruner {word} looks at the course of one objective, and this study has "
            f"{len(cell.objectives)} ({names}). Use --pruner asha, or none."
        )
    return word, number


def about_pruning(scheduler: Scheduler) -> str:
    """What it does to trials, in a sentence for the person."""
    match scheduler:
        case Asha(pausing=True):
            return f"ASHA stops trials that fall behind: of {_one_in(scheduler.eta)} goes on."
        case Hyperband(pausing=True):
            return (
                "Hyperband stops trials that fall behind, in some brackets early, in some late, in "
                f"the last one never: of {_one_in(scheduler.eta)} goes on."
            )
        case SuccessiveHalving(pausing=True):
            return (
                f"Successive halving compares {scheduler.cohort} trials with each other: of "
                f"{_one_in(scheduler.eta)} goes on."
            )
        case Asha() | Hyperband() | SuccessiveHalving():
            return (
                "Trials can't be paused in the kernel: at a rung those end that are not among the "
                f"best of all that came to it so far, one in {scheduler.eta}."
            )
        case MedianRule():
            return (
                "A trial is stopped when its best value so far is worse than the median course of "
                f"the complete ones, once there are {scheduler.least}."
            )
        case Pbt():
            return (
                f"PBT trains {scheduler.population} trials side by side; now and then copies of "
                "the best replace the worst, and go on from their state with other values."
            )
        case Patience():
            return f"A trial is stopped when it has not improved for {scheduler.steps} steps."
        case Threshold():
            since = (
                f"step {scheduler.first_step}" if scheduler.first_step else "a third of a training"
            )
            return (
                f"A trial is stopped when it reports a value worse than {scheduler.limit:g}, from "
                f"{since} on."
            )
    return "No trial is stopped early."


def _one_in(eta: int) -> str:
    return f"{NUMBERS.get(eta, eta)} at a rung one"
