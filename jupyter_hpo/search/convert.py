"""Between our values and Optuna's: distributions, trials, states, directions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from ..space import Categorical, Distribution, Float, Int, SearchSpace
from ..study.objective import Objective
from ..study.trial import Trial, TrialState

STATES = {
    TrialState.WAITING: OptunaState.WAITING,
    TrialState.RUNNING: OptunaState.RUNNING,
    TrialState.PAUSED: OptunaState.RUNNING,
    TrialState.COMPLETE: OptunaState.COMPLETE,
    TrialState.PRUNED: OptunaState.PRUNED,
    TrialState.FAIL: OptunaState.FAIL,
}

MEMORY = "memory"
"""The constraint that a trial violates which there was not enough memory for."""

FIRST_GENERATION = {"NSGAIISampler:generation": 0}
"""Trials that it never suggested are NSGA-II's first generation, else it would not know them."""


def to_optuna(distribution: Distribution) -> BaseDistribution:
    """The Optuna distribution with the same values."""
    if isinstance(distribution, Float):
        return FloatDistribution(
            distribution.low, distribution.high, log=distribution.log, step=distribution.step
        )
    if isinstance(distribution, Int):
        return IntDistribution(
            distribution.low, distribution.high, log=distribution.log, step=distribution.step or 1
        )
    return CategoricalDistribution(distribution.choices)


def from_optuna(distribution: BaseDistribution) -> Distribution:
    """Our distribution with the same values. Raises TypeError for a kind unknown to us."""
    if isinstance(distribution, FloatDistribution):
        return Float(distribution.low, distribution.high, distribution.log, distribution.step)
    if isinstance(distribution, IntDistribution):
        step = None if distribution.step == 1 else distribution.step
        return Int(distribution.low, distribution.high, distribution.log, step)
    if isinstance(distribution, CategoricalDistribution):
        return Categorical(tuple(distribution.choices))
    raise TypeError(f"no distribution of ours is like {distribution!r}")


def frozen(trial: Trial, space: SearchSpace, objectives: Sequence[Objective]) -> FrozenTrial:
    """An Optuna trial with the same content.

    Params outside the present space (its ranges were edited since) are left out: Optuna
    can't hold them. Reports go along for one objective only, as in Optuna itself.
    """
    params = {
        name: value
        for name, value in trial.params.items()
        if name in space and space[name].distribution.contains(value)
    }
    finished = trial.state.finished
    values = list(trial.values) if trial.values and trial.state is TrialState.COMPLETE else None
    single = len(objectives) == 1
    made = optuna.trial.create_trial(
        state=STATES[trial.state],
        values=values,
        params=params,
        distributions={name: to_optuna(space[name].distribution) for name in params},
        intermediate_values={r.step: r.values[0] for r in trial.reports} if single else None,
        constraints=constraints_of(trial) or None,
        system_attrs=dict(FIRST_GENERATION),
    )
    if single and trial.state is TrialState.PRUNED and trial.values:
        made.value = trial.values[0]
    if trial.started_at is not None:
        made.datetime_start = datetime.fromtimestamp(trial.started_at)
    if finished and trial.finished_at is not None:
        made.datetime_complete = datetime.fromtimestamp(trial.finished_at)
    return made


def constraints_of(trial: Trial) -> dict[str, float]:
    """The amounts of its constraints, above 0 where it breaks them, in the same order for
    every trial. Complete ones have the same ones, as Optuna's models of constraints ask for, but
    for those of earlier sessions of which a new constraint could not be told."""
    memory = {MEMORY: 1.0} if trial.infeasible else {}
    return {**memory, **dict(sorted({**trial.slacks, **trial.violations}.items()))}


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna's log lines and experimental warnings don't belong into a notebook.

    Not for threads: it changes the process's filters while it lasts.
    """
    with silent(), warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


@contextmanager
def silent() -> Iterator[None]:
    """Without Optuna's log lines on what it has made; any thread."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
