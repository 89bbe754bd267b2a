"""Suggestions asked for ahead of time, so that no worker waits for the sampler.

A suggestion made while trials run knows a little less than one made when they have ended. So
it is made ahead only where that pays: where asking takes a noticeable part of a trial's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ..study.trial import Trial, TrialState
from .sampler import Exhausted, Sampler

PAYS = 0.01
"""Asking ahead pays from this part of a trial's running time on."""

RECENT = 0.2
"""Weight of the newest in the running means."""


class AskAhead:
    """A Sampler that may have the next suggestion ready. The engine's thread only.

    With a seed a run must repeat, and when a thing is ready depends on time: then use the
    sampler as it is.
    """

    def __init__(self, sampler: Sampler, clock: Callable[[], float] = time.perf_counter) -> None:
        self._sampler, self._clock = sampler, clock
        self._ready: tuple[int, dict[str, Any]] | None = None
        self._ask_s: float | None = None
        self._trial_s: float | None = None

    @property
    def name(self) -> str:
        return self._sampler.name

    @property
    def why(self) -> str:
        return self._sampler.why

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if fixed is None and self._ready is not None and self._ready[0] == number:
            params, self._ready = self._ready[1], None
            return params
        return self._ask(number, fixed)

    def tell(self, trial: Trial) -> None:
        self._sampler.tell(trial)
        running_s = trial.figures.get("running_s")
        if running_s is not None and trial.state is not TrialState.FAIL:
            self._trial_s = _mean(self._trial_s, running_s)

    def prepare(self, number: int) -> None:
        """Have the suggestion for trial `number` ready, if that pays. Called when nothing
        else is to be done."""
        if self._ready is not None and self._ready[0] == number:
            return
        if self._ask_s is None or self._trial_s is None:
            return
        if self._ask_s > PAYS * self._trial_s:
            with suppress(Exhausted):  # it is said when it is really asked
                self._ready = (number, self._ask(number, None))

    def _ask(self, number: int, fixed: Mapping[str, Any] | None) -> dict[str, Any]:
        began = self._clock()
        params = self._sampler.ask(number, fixed)
        self._ask_s = _mean(self._ask_s, self._clock() - began)
        return params


def _mean(before: float | None, newest: float) -> float:
    return newest if before is None else before + RECENT * (newest - before)
