"""Which scheduler a study gets: what the person asked for, else what its budget supports."""

from __future__ import annotations

from .cell import CapturedCell
from .options import Options
from .study.schedulers import Asha, NoPruning, Scheduler

FEW_TRIALS = 8
"""Below about four full trainings ASHA has nothing to compare: then no pruner."""


def scheduler_for(cell: CapturedCell, options: Options) -> Scheduler:
    """The scheduler of a study of this cell."""
    if options.executor == "inline":  # a paused trial would block the only thread there is
        return NoPruning()
    if options.pruner == "none" or len(cell.objectives) != 1:
        return NoPruning()
    few = options.trials is not None and options.trials < FEW_TRIALS
    if options.pruner is None and few:
        return NoPruning()
    return Asha()
