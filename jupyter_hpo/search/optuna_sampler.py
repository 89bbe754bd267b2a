"""The Sampler over Optuna: one in-memory study, asked and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import Trial as OptunaTrial
from optuna.trial import TrialState as OptunaState

from ..space import Categorical, Float, SearchSpace
from ..study.objective import Objective
from ..study.trial import Trial, TrialState
from .convert import MEMORY, STATES, frozen, quiet
from .learning import BOUND, LearningStorage


class OptunaSampler:
    """Suggestions by an Optuna sampler over a study that lives in memory.

    Trials that run, or wait paused, stay RUNNING in it, so that the constant liar keeps the
    workers apart. Made on the main thread, used on the engine's. bound: how many finished
    trials TPE is shown, see `learning`.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        *,
        kind: str = "tpe",
        seed: int | None = None,
        bound: int = BOUND,
    ) -> None:
        self.space, self.objectives, self.name = space, tuple(objectives), kind
        self._asked: dict[int, OptunaTrial] = {}
        with quiet():
            self._study = optuna.create_study(
                storage=LearningStorage(bound) if kind == "tpe" else None,
                directions=[o.direction for o in objectives],
                sampler=_sampler(kind, space, seed),
            )

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        ahead = self._asked.pop(number, None)
        if ahead is not None:  # asked ahead of time, before other values were asked for
            self._study.tell(ahead, state=OptunaState.FAIL)
        usable = {
            name: value
            for name, value in (fixed or {}).items()
            if name in self.space and self.space[name].distribution.contains(value)
        }
        if usable:  # values outside the present space are suggested afresh
            self._study.enqueue_trial(usable)
        trial = self._study.ask()
        params: dict[str, Any] = {}
        for name, parameter in self.space.items():
            if parameter.condition is not None and not parameter.condition.holds(params):
                continue
            params[name] = self._suggest(trial, name)
        self._asked[number] = trial
        return params

    def tell(self, trial: Trial) -> None:
        asked = self._asked.pop(trial.number, None)
        if asked is None:
            if trial.state is not TrialState.FAIL:
                self._study.add_trial(frozen(trial, self.space, self.objectives))
            return
        if len(self.objectives) == 1 and trial.reports:
            # Optuna's samplers ask a pruned trial for its last step only.
            last = max(trial.reports, key=lambda report: report.step)
            asked.report(last.values[0], last.step)
        if trial.infeasible:
            asked.set_constraint(MEMORY, 1.0)
        state = STATES[trial.state]
        values = list(trial.values or ()) if trial.state is TrialState.COMPLETE else None
        self._study.tell(asked, values, state=state)

    def _suggest(self, trial: OptunaTrial, name: str) -> Any:
        distribution = self.space[name].distribution
        if isinstance(distribution, Categorical):
            return trial.suggest_categorical(name, distribution.choices)
        low, high = distribution.low, distribution.high
        if isinstance(distribution, Float):
            return trial.suggest_float(
                name, low, high, log=distribution.log, step=distribution.step
            )
        return trial.suggest_int(
            name, int(low), int(high), log=distribution.log, step=distribution.step or 1
        )


def _sampler(kind: str, space: SearchSpace, seed: int | None) -> BaseSampler:
    if kind == "random":
        return RandomSampler(seed=seed)
    if kind == "tpe":
        # group: in a conditional space multivariate TPE otherwise falls back to independent
        # sampling for every parameter that is not in all trials.
        return TPESampler(seed=seed, multivariate=True, group=space.conditional)
    raise ValueError(f"unknown sampler {kind!r}; known: tpe, random")
