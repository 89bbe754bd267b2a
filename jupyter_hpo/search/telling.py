"""What a sampler is told of a trial that did not simply run to its end.

TPE learns from pruned trials, and from how much a trial breaks its constraints, by itself. The
samplers that learn from complete trials only would forget both, and suggest the same again
(optuna#5190 asks for just that). To them a pruned trial is told as complete with the last value it
reported, which is worse than what it would have reached: pessimistic, as it should be; and one
that may not be used, as no better than the worst seen so far (a death penalty; Coello Coello,
"Theoretical and numerical constraint-handling techniques used with evolutionary algorithms",
2002, section 2.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..study.objective import Objective
from ..study.trial import Trial, TrialState


class Lessons:
    """Turns trials into what a sampler that knows complete trials only can be told."""

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self._signs = [-1.0 if o.direction == "maximize" else 1.0 for o in objectives]
        self._worst: tuple[float, ...] | None = None  # losses

    def of(self, trial: Trial) -> Trial:
        """The trial as it is to be told: COMPLETE where something can be learned from it."""
        usable = not trial.infeasible and not trial.violations
        if usable and trial.values and trial.state is not TrialState.FAIL:
            losses = self._losses(trial.values)
            known = self._worst or losses
            self._worst = tuple(max(pair) for pair in zip(losses, known, strict=True))
            return replace(trial, state=TrialState.COMPLETE, slacks={})
        if usable or trial.state is TrialState.FAIL:
            return trial
        own = self._losses(trial.values) if trial.values and not trial.infeasible else self._worst
        if own is None:  # nothing is known yet that it could be as bad as
            return replace(trial, state=TrialState.FAIL, values=None)
        losses = tuple(max(pair) for pair in zip(own, self._worst or own, strict=True))
        values = tuple(sign * loss for sign, loss in zip(self._signs, losses, strict=True))
        bare = replace(trial, error=None, violations={}, slacks={}, reports=[])
        return replace(bare, state=TrialState.COMPLETE, values=values)

    def _losses(self, values: Sequence[float]) -> tuple[float, ...]:
        return tuple(sign * value for sign, value in zip(self._signs, values, strict=True))
