"""The epochs of frameworks that run the training loop themselves, as reports of a trial.

`in_place(...)` holds for the time of one trial, in the trial's own process (inline: the kernel's
thread, and undone afterwards). Nothing is imported: what a framework's adapter changes, it
changes when the framework's module is there already, or has just been imported by the trial.
The person's objects are never touched. Which logged figure is the objective is decided by
`cell.fits`; the calls that count are those that stand in the person's own code and in no loop
(a loop around fits is what reports, or nothing is).

Each file has one framework and a value `ADAPTER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...cell.captured import CellProgram
from ..reporting import Reporter
from .base import Adapter
from .boosting_lgb import ADAPTER as LIGHTGBM
from .boosting_xgb import ADAPTER as XGBOOST
from .fits import Fits
from .huggingface import ADAPTER as HUGGING_FACE
from .imports import Hook
from .keras_epochs import ADAPTER as KERAS
from .lightning import ADAPTER as LIGHTNING
from .patches import Patches
from .sklearn_steps import ADAPTER as SKLEARN
from .skorch import ADAPTER as SKORCH

ADAPTERS: Sequence[Adapter] = (
    *(KERAS, LIGHTNING, HUGGING_FACE, XGBOOST, LIGHTGBM, SKLEARN, SKORCH),
)


@contextmanager
def in_place(
    program: CellProgram,
    reporter: Reporter,
    namespace: dict[str, Any],
    stop: type[BaseException],
) -> Iterator[None]:
    """Have the frameworks' fits report, on this thread, until the block is left.

    namespace: the trial's globals. stop: what a report raises when the trial is to end; the fit
    then ends as by its own early stop, and `stop` is raised where it returns.
    """
    patches = Patches(namespace)
    fits = Fits(program, reporter, namespace, stop)
    hook = Hook(ADAPTERS, fits, patches)
    hook.begin()
    try:
        yield
    finally:
        hook.end()
        patches.undo()
        fits.close()
