"""Population based training, put together: where it runs, how large it is, what it changes."""

from __future__ import annotations

import sys

from .cell import CapturedCell
from .errors import StudyError
from .options import Options, cores
from .study.schedulers import Pbt
from .worker.moving import can_move

SMALLEST, LARGEST = 4, 8
"""Members: of fewer than four there is no quarter, and each is a process that waits."""


def population_of(cell: CapturedCell, options: Options, *, on_devices: bool) -> Pbt:
    """The scheduler. Raises StudyError where running trials can't be copied."""
    instead = "or use --pruner asha."
    if sys.platform != "linux":
        raise StudyError("--pruner pbt copies running processes as only Linux can: use asha.")
    if options.on is not None:
        raise StudyError(
            f"--pruner pbt can't copy trials that run on Ray: leave out --on, {instead}"
        )
    if options.executor != "processes":
        raise StudyError(
            "--pruner pbt copies trials that run, each in a process of its own: leave out "
            f"--executor {options.executor}, {instead}"
        )
    if on_devices:
        raise StudyError(
            "--pruner pbt copies running processes, and a copy can't use CUDA: run it on the CPU "
            f"with --device cpu, {instead}"
        )
    if options.folds is not None or options.repeats > 1:
        raise StudyError(
            "--pruner pbt goes on from the state of one training: leave out --folds and "
            f"--repeats, {instead}"
        )
    slots = options.jobs or cores()
    return Pbt(cell.space, population=min(max(slots, SMALLEST), LARGEST), seed=options.seed)


def doubts(cell: CapturedCell) -> list[str]:
    """What can't be changed while a trial trains, in a sentence."""
    program = cell.program()
    fixed = [name for name in cell.space if not can_move(program, name)]
    if not fixed:
        return []
    names = ", ".join(fixed)
    if len(fixed) == len(cell.space):
        return [
            f"PBT can change none of these while a trial trains: {names}. Copies go on with the "
            "values they have. Tune what the optimiser has (lr, weight_decay, ...), or use "
            "--pruner asha."
        ]
    return [f"PBT can't change {names} while a trial trains: copies keep the values they have."]
