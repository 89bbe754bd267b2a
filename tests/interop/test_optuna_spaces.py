"""Optuna: studies and distributions."""

from __future__ import annotations

import optuna
import pytest
from hypothesis import given

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.interop import from_optuna, read_space, to_optuna
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)

from .spaces import (
    choices,
    floats,
    ints,
    log_floats,
    log_ints,
    spaces,
    stepped_floats,
    stepped_ints,
)

ALL = floats, log_floats, ints, log_ints, stepped_ints, stepped_floats, choices


@given(spaces(*ALL))
def test_there_and_back(space):
    assert from_optuna(to_optuna(space)) == space


def test_the_space_of_a_study():
    def objective(trial):
        optimiser = trial.suggest_categorical("optimiser", ["adam", "sgd", "lion"])
        lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
        if optimiser == "sgd":
            trial.suggest_float("momentum", 0, 0.9)
        else:
            trial.suggest_int("warmup", 0, 100, step=10)
        return lr

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study.optimize(objective, n_trials=12)
    space = read_space(study)
    only_sgd = Condition((Comparison("optimiser", "==", "sgd"),))
    others = Condition((Comparison("optimiser", "in", ("adam", "lion")),))
    assert space == SearchSpace(
        [
            Parameter("optimiser", Categorical(("adam", "sgd", "lion"))),
            Parameter("lr", Float(1e-5, 1e-1, log=True)),
            Parameter("momentum", Float(0, 0.9), only_sgd),
            Parameter("warmup", Int(0, 100, step=10), others),
        ]
    )


def test_what_only_some_trials_have_for_no_known_reason_is_always_there():
    study = optuna.create_study()
    distributions = {"x": optuna.distributions.FloatDistribution(0, 1)}
    for distribution in (distributions, {"y": optuna.distributions.IntDistribution(1, 5)}):
        value = dict.fromkeys(distribution, 1)
        study.add_trial(
            optuna.trial.create_trial(value=0, params=value, distributions=distribution)
        )
    assert read_space(study) == SearchSpace({"x": Float(0, 1), "y": Int(1, 5)})


def test_choices_that_are_tuples_become_expressions():
    tuples = optuna.distributions.CategoricalDistribution(["a", "b"])
    tuples.choices = ((64,), (64, 32))
    assert read_space({"layers": tuples})["layers"].distribution == Categorical(
        ("(64,)", "(64, 32)"), expressions=True
    )


def test_refused():
    with pytest.raises(SpaceError, match="has no trials"):
        read_space(optuna.create_study(study_name="empty"))
    condition = Condition((Comparison("a", "==", 1),))
    space = SearchSpace([Parameter("a", Categorical((1, 2))), Parameter("b", Int(1, 2), condition)])
    with pytest.raises(SpaceError, match="'b' exists only if a == 1"):
        to_optuna(space)
