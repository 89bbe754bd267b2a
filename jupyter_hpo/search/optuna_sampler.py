"""The Sampler over Optuna: one in-memory study, asked and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.trial import FrozenTrial
from optuna.trial import Trial as OptunaTrial
from optuna.trial import TrialState as OptunaState

from ..space import Categorical, Float, SearchSpace
from ..study.objective import Objective
from ..study.trial import Trial, TrialState
from .convert import STATES, constraints_of, frozen, quiet, silent
from .kinds import KINDS, begin_from, make
from .learning import BOUND, LearningStorage
from .telling import Lessons

BOUNDED = {"tpe": BOUND, "gp": 200, "entropy": 200}
"""How many finished trials those are shown whose cost grows with them; a Gaussian process takes
the third power."""

WARM = 5
"""Complete trials that CMA-ES needs to begin from, instead of from the middle of the space."""


class OptunaSampler:
    """Suggestions by an Optuna sampler over a study that lives in memory.

    Trials that run, or wait paused, stay RUNNING in it, so that the constant liar keeps the
    workers apart. Made on the main thread, used on the engine's. bound: how many finished
    trials TPE is shown, see `learning`. Raises ImportError when what the kind needs is not
    installed.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        *,
        kind: str = "tpe",
        seed: int | None = None,
        bound: int | None = None,
        why: str = "",
    ) -> None:
        self.space, self.objectives, self.name, self.why = space, tuple(objectives), kind, why
        self._seed, self._bound = seed, bound
        self._unconditional = {n for n, p in space.items() if p.condition is None}
        with quiet():
            self._begin(kind)

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
        self._warm_up()
        trial = self._study.ask()
        params: dict[str, Any] = {}
        for name, parameter in self.space.items():
            if parameter.condition is not None and not parameter.condition.holds(params):
                continue
            params[name] = self._suggest(trial, name)
        self._asked[number] = trial
        return params

    def tell(self, trial: Trial) -> None:
        if not KINDS[self.name].prunes:
            trial = self._lessons.of(trial)
        asked = self._asked.pop(trial.number, None)
        if asked is None:
            self._tell_of_another(trial)
            return
        if len(self.objectives) == 1 and trial.reports:
            # Optuna's samplers ask a pruned trial for its last step only.
            last = max(trial.reports, key=lambda report: report.step)
            asked.report(last.values[0], last.step)
        for name, amount in constraints_of(trial).items():
            asked.set_constraint(name, amount)
        state = STATES[trial.state]
        values = list(trial.values or ()) if trial.state is TrialState.COMPLETE else None
        self._study.tell(asked, values, state=state)

    def become(self, kind: str, why: str, known: Sequence[Trial]) -> None:
        """Go on as another sampler. known: the finished trials told so far. For those that run
        it begins with the same values."""
        running = {number: trial.params for number, trial in self._asked.items()}
        self.name, self.why = kind, why
        with silent():
            self._begin(kind)
        for trial in known:
            self.tell(trial)
        for number, params in running.items():
            self.ask(number, params)

    def _begin(self, kind: str) -> None:
        self._asked: dict[int, OptunaTrial] = {}
        self._lessons = Lessons(self.objectives)
        self._elsewhere: list[FrozenTrial] = []  # complete trials that it never suggested
        bound = self._bound or BOUNDED.get(kind)
        self._study = optuna.create_study(
            storage=LearningStorage(bound) if bound and kind in BOUNDED else None,
            directions=[o.direction for o in self.objectives],
            sampler=make(kind, self.space, self._seed),
        )

    def _tell_of_another(self, trial: Trial) -> None:
        if trial.state is TrialState.FAIL:
            return
        told = frozen(trial, self.space, self.objectives)
        if KINDS[self.name].whole and not self._unconditional <= told.params.keys():
            return  # a model of all parameters has no place for it
        self._study.add_trial(told)
        if told.state is OptunaState.COMPLETE:
            self._elsewhere.append(told)

    def _warm_up(self) -> None:
        """Let CMA-ES begin where the trials of before were good: it is no generation of its own."""
        if self.name == "cmaes" and len(self._elsewhere) >= WARM:
            begin_from(self._study.sampler, self._elsewhere)
        self._elsewhere.clear()

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
