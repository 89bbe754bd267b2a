"""One contract over all samplers; and what one of them can and another can't."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from jupyter_hpo.options import SAMPLERS
from jupyter_hpo.search.grid import GridSampler
from jupyter_hpo.search.kinds import KINDS, missing
from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.search.telling import Lessons
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

LOSS = (Objective("loss", "minimize"),)
TWO = (*LOSS, Objective("acc", "maximize"))
SGD = Condition((Comparison("opt", "==", "sgd"),))

# Finite, so that grid search takes it, too.
SPACE = SearchSpace(
    [
        Parameter("lr", Float(0.0, 1.0, step=0.05)),
        Parameter("units", Int(1, 8)),
        Parameter("opt", Categorical(("adam", "sgd"))),
        Parameter("momentum", Float(0.5, 0.9, step=0.2), SGD),
        Parameter("bias", Categorical((True, False, None))),
        Parameter("only", Int(3, 3)),
    ]
)
SLOW = {"gp": 15, "entropy": 15}
"""Trials in the contract, of those that take a tenth of a second and more for one."""

NUMERIC = SearchSpace({"x": Float(0, 1, step=0.02), "n": Int(0, 20)})


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Models of twenty trials are too small for threads: tests side by side would only wait for
    each other's."""
    if missing("gp"):
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(before)


def made(kind, space=SPACE, objectives=LOSS, seed=1):
    if missing(kind):
        pytest.skip(f"{' and '.join(missing(kind))} not installed")
    if kind == "grid":
        return GridSampler(space, seed=seed)
    return OptunaSampler(space, objectives, kind=kind, seed=seed)


def loss(params):
    return (params["lr"] - 0.3) ** 2 + 0.1 * params["units"] + (params["opt"] == "adam")


def complete(number, params, value=None):
    return Trial(number, params, TrialState.COMPLETE, (loss(params) if value is None else value,))


def test_every_word_is_known():
    assert set(KINDS) == set(SAMPLERS)


@pytest.mark.parametrize("kind", SAMPLERS)
def test_the_contract(kind):
    """In the space with its conditions, fixed values taken, all kinds of ends told, four trials
    side by side, and the same again for the same seed."""

    def run():
        sampler = made(kind)
        found, running = [sampler.ask(0, {"lr": 0.2, "opt": "sgd"})], [0]
        assert (found[0]["lr"], found[0]["opt"]) == (0.2, "sgd")
        for number in range(1, SLOW.get(kind, 32)):
            fixed = {"units": 5} if number == 14 else None
            found.append(sampler.ask(number, fixed))
            running.append(number)
            if len(running) > 3:
                done = running.pop(number % 3)
                sampler.tell(ended(done, found[done]))
        assert found[14]["units"] == 5
        return found

    def ended(number, params):
        trial = complete(number, params)
        trial.reports = [Report(1, (trial.values[0] + 1,), 0), Report(2, trial.values, 0)]
        if number % 7 == 3:
            trial.state = TrialState.PRUNED
        elif number % 7 == 4:
            trial.state, trial.values = TrialState.FAIL, None
        elif number % 7 == 5:
            trial.state, trial.values = TrialState.PRUNED, None
            trial.error = TrialError("device_memory", "out of memory")
        elif number % 7 == 6:
            trial.violations = {"size <= 1": 0.5}
        return trial

    found = run()
    for params in found:
        assert list(params) == list(SPACE.active(params))
        assert all(SPACE.fits(name, value) for name, value in params.items())
        assert ("momentum" in params) == (params["opt"] == "sgd")
    assert len({repr(params) for params in found}) > 8
    assert run() == found


@pytest.mark.parametrize("kind", SAMPLERS)
def test_earlier_trials_are_learned_from_as_far_as_they_fit(kind):
    sampler = made(kind, NUMERIC)
    for number in range(12):
        sampler.tell(complete(number, {"x": 0.02 * number, "n": number}, 1.0))
        sampler.tell(complete(number, {"x": 7.0, "n": 3}, 0.1))
        sampler.tell(complete(number, {"x": 0.5, "gone": 3}, 0.1))
    for number in range(12, 16):
        params = sampler.ask(number)
        assert NUMERIC.holds(params)
        sampler.tell(complete(number, params, 0.5))


@pytest.mark.parametrize("kind", [k for k in SAMPLERS if KINDS[k].several])
def test_several_objectives(kind):
    sampler = made(kind, objectives=TWO)
    for number in range(13 if kind in SLOW else 25):
        params = sampler.ask(number)
        assert list(params) == list(SPACE.active(params))
        trial = Trial(number, params, TrialState.COMPLETE, (loss(params), params["lr"]))
        if number % 5 == 4:
            trial.violations = {"size <= 1": 1.0}
        sampler.tell(trial)


LEARN = {"tpe": 36, "cmaes": 36, "gp": 20, "entropy": 16}
"""Those that learn fast, and in how many trials."""


@pytest.mark.parametrize("kind", LEARN)
def test_those_that_learn_come_closer(kind):
    sampler = made(kind, NUMERIC)
    values = []
    for number in range(LEARN[kind]):
        params = sampler.ask(number)
        values.append((params["x"] - 0.7) ** 2 + (params["n"] / 20 - 0.2) ** 2)
        sampler.tell(complete(number, params, values[-1]))
    assert sum(values[-8:]) < 0.7 * sum(values[:8])


@pytest.mark.parametrize("kind", ["tpe", "cmaes"])
@pytest.mark.parametrize("how", ["memory", "constraint", "pruned"])
def test_what_may_not_be_used_is_avoided_however_good_it_looks(kind, how):
    sampler = made(kind, NUMERIC, seed=3)
    wrong = 0
    for number in range(60):
        params = sampler.ask(number)
        trial = complete(number, params, 1 - params["x"])
        if params["x"] > 0.6:
            wrong += number >= 40
            if how == "memory":
                trial.state, trial.values = TrialState.PRUNED, None
                trial.error = TrialError("device_memory", "out of memory")
            elif how == "constraint":
                trial.violations = {"size <= 1": params["x"] - 0.6}
            else:
                trial.state, trial.values = TrialState.PRUNED, (1.5,)
                trial.reports = [Report(1, (1.5,), 0)]
        sampler.tell(trial)
    assert wrong <= 10, "all 20 if it went by their looks"


def told(lessons, number, state, values, **more):
    return lessons.of(Trial(number, {}, TrialState[state], values, **more))


def test_what_samplers_are_told_that_know_complete_trials_only():
    lessons = Lessons(TWO)
    memory = {"error": TrialError("host_memory", "none left")}
    assert told(lessons, 0, "PRUNED", None, **memory).state is TrialState.FAIL, "no worst is known"
    assert told(lessons, 1, "COMPLETE", (1.0, 0.5)).values == (1.0, 0.5)
    pruned = told(lessons, 2, "PRUNED", (3.0, 0.7))
    assert (pruned.state, pruned.values) == (TrialState.COMPLETE, (3.0, 0.7))
    assert told(lessons, 3, "PRUNED", None, **memory).values == (3.0, 0.5)
    broken = told(lessons, 4, "COMPLETE", (9.0, 0.9), violations={"size <= 1": 2.0})
    assert (broken.values, broken.violations) == ((9.0, 0.5), {})
    assert told(lessons, 5, "FAIL", None).state is TrialState.FAIL
    assert told(lessons, 6, "PRUNED", None).state is TrialState.PRUNED


def test_cma_es_goes_on_where_earlier_trials_were_good():
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1)})
    sampler = made("cmaes", space)
    for number in range(30):
        x, y = number / 30, (number * 7 % 30) / 30
        sampler.tell(complete(number, {"x": x, "y": y}, (x - 0.9) ** 2 + (y - 0.9) ** 2))
    found = [sampler.ask(number) for number in range(30, 40)]
    assert sum(p["x"] + p["y"] for p in found) / len(found) > 1.4, "1 by chance"


def test_a_study_goes_on_with_another_sampler():
    sampler = OptunaSampler(NUMERIC, LOSS, seed=0)
    first, second = sampler.ask(0), sampler.ask(1)
    known = complete(0, first, 1.0)
    sampler.tell(known)
    sampler.become("random", "it is shown", [known])
    assert (sampler.name, sampler.why) == ("random", "it is shown")
    sampler.tell(complete(1, second, 2.0))
    assert [t.params for t in sampler._study.trials] == [first, second]
