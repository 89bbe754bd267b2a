"""The Sampler contract, and what is Optuna's own."""

from __future__ import annotations

import pytest

from jupyter_hpo.search.convert import from_optuna, to_optuna
from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Report, Trial, TrialError, TrialState

SPACE = SearchSpace(
    [
        Parameter("lr", Float(1e-5, 1e-1, log=True), default=1e-3),
        Parameter("layers", Int(1, 6)),
        Parameter("units", Int(32, 256, step=32)),
        Parameter("opt", Categorical(("adam", "sgd"))),
        Parameter("momentum", Float(0, 0.99), Condition((Comparison("opt", "==", "sgd"),))),
        Parameter("bias", Categorical((True, False, None))),
    ]
)
LOSS = (Objective("loss", "minimize"),)


@pytest.fixture(params=["tpe", "random"])
def sampler(request):
    return OptunaSampler(SPACE, LOSS, kind=request.param, seed=1)


def complete(number, params, loss=1.0):
    return Trial(number, params, TrialState.COMPLETE, (loss,))


def test_suggestions_lie_in_the_space_and_conditions_hold(sampler):
    for number in range(30):
        params = sampler.ask(number)
        assert list(params) == list(SPACE.active(params))
        assert all(SPACE[name].distribution.contains(v) for name, v in params.items())
        assert ("momentum" in params) == (params["opt"] == "sgd")
        sampler.tell(complete(number, params, params["lr"]))


def test_fixed_values_are_taken_and_the_rest_suggested(sampler):
    params = sampler.ask(0, {"lr": 0.01, "opt": "sgd"})
    assert (params["lr"], params["opt"]) == (0.01, "sgd")
    assert "momentum" in params


def test_fixed_values_outside_the_space_are_suggested_afresh(sampler):
    params = sampler.ask(0, {"lr": 5.0, "gone": 1})
    assert SPACE["lr"].distribution.contains(params["lr"])
    assert "gone" not in params


def test_pruned_and_failed_trials_can_be_told(sampler):
    for number, state in enumerate([TrialState.PRUNED, TrialState.FAIL, TrialState.COMPLETE] * 5):
        trial = Trial(number, sampler.ask(number), state)
        if state is not TrialState.FAIL:
            trial.values = (0.5,)
            trial.reports = [Report(1, (0.7,), 0), Report(2, (0.5,), 0)]
        sampler.tell(trial)


@pytest.mark.parametrize("earlier", [False, True])
def test_what_ran_out_of_memory_is_avoided_however_good_it_looked(earlier):
    space = SearchSpace([Parameter("batch", Float(0.0, 1.0))])
    sampler = OptunaSampler(space, LOSS, seed=1)
    for number in range(40):
        params = {"batch": number / 40} if earlier else sampler.ask(number)
        large = params["batch"] > 0.5
        trial = Trial(number, params, TrialState.PRUNED if large else TrialState.COMPLETE)
        trial.reports = [Report(1, (-1.0 if large else 1.0,), 0)]
        if large:
            trial.error = TrialError("device_memory", "CUDA out of memory")
        else:
            trial.values = ((params["batch"] - 0.2) ** 2,)
        sampler.tell(trial)
    for told in sampler._study.trials:
        assert told.constraints == ({"memory": 1.0} if told.params["batch"] > 0.5 else {})
    suggested = [sampler.ask(number)["batch"] for number in range(40, 60)]
    assert sum(batch > 0.5 for batch in suggested) <= 5, "half of them by chance"


def test_trials_of_an_edited_space_are_learned_from_as_far_as_they_fit(sampler):
    params = {"lr": 0.5, "layers": 3, "units": 64, "opt": "rmsprop", "bias": None, "old": 1}
    sampler.tell(complete(0, params))
    assert sampler.ask(1)


def test_the_same_seed_gives_the_same_suggestions():
    def run():
        sampler = OptunaSampler(SPACE, LOSS, seed=3)
        found = []
        for number in range(15):
            found.append(sampler.ask(number))
            sampler.tell(complete(number, found[-1], number))
        return found

    assert run() == run()


def test_several_objectives():
    sampler = OptunaSampler(SPACE, (*LOSS, Objective("acc", "maximize")), seed=0)
    for number in range(12):
        params = sampler.ask(number)
        sampler.tell(Trial(number, params, TrialState.COMPLETE, (1.0, 2.0)))


def test_tpe_finds_a_better_place_than_chance():
    space = SearchSpace({"x": Float(-10, 10), "y": Float(-10, 10)})
    sampler = OptunaSampler(space, LOSS, seed=0)
    losses = []
    for number in range(60):
        params = sampler.ask(number)
        losses.append((params["x"] - 3) ** 2 + (params["y"] + 2) ** 2)
        sampler.tell(complete(number, params, losses[-1]))
    assert sum(losses[40:]) < 0.5 * sum(losses[:20])


@pytest.mark.parametrize(
    "distribution",
    [Float(0, 1), Float(1e-3, 1, log=True), Float(0, 1, step=0.25), Int(1, 9), Int(1, 64, log=True),
     Int(0, 8, step=2), Categorical(("a", 1, None, True, 0.5))],
    ids=repr,
)  # fmt: skip
def test_distributions_survive_the_way_to_optuna_and_back(distribution):
    assert from_optuna(to_optuna(distribution)) == distribution


def test_what_was_asked_ahead_and_not_wanted_keeps_nothing_away(sampler):
    sampler.ask(0)
    fixed = sampler.ask(0, {"lr": 0.01})
    assert fixed["lr"] == 0.01
    states = [trial.state.name for trial in sampler._study.get_trials()]
    assert states == ["FAIL", "RUNNING"]
    sampler.tell(Trial(0, fixed, TrialState.COMPLETE, values=(1.0,)))
    assert sampler._study.best_params["lr"] == 0.01
