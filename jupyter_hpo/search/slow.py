"""A sampler that is worth its time where trials take long, and another until that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..study.trial import Trial, TrialState
from .optuna_sampler import OptunaSampler

SLOW_S = 5.0
"""A trial that takes longer is worth the half second that a Gaussian process takes to suggest the
next (0.3 s after 15 trials, 0.6 s after 60, beside others that take the processors)."""


class SlowTrials:
    """Goes on with a Gaussian process when the first trials show that trials take long.

    It is decided once, by the first trials whose running time is known: the first trial runs
    alone. why: a sentence on that choice.
    """

    def __init__(self, sampler: OptunaSampler, why: str) -> None:
        self._sampler, self._why = sampler, why
        self._told: list[Trial] | None = []

    @property
    def name(self) -> str:
        return self._sampler.name

    @property
    def why(self) -> str:
        return self._sampler.why

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._sampler.ask(number, fixed)

    def tell(self, trial: Trial) -> None:
        self._sampler.tell(trial)
        if self._told is None:
            return
        self._told.append(trial)
        running_s = trial.figures.get("running_s")
        if trial.state is not TrialState.COMPLETE or running_s is None:
            return
        told, self._told = self._told, None
        if running_s > SLOW_S:
            self._sampler.become("gp", self._why, told)
