"""Effects beyond chance, on trials whose truth is known."""

from __future__ import annotations

import random

import pytest

from jupyter_hpo.search.effects import beyond_chance
from jupyter_hpo.space import Categorical, Float, Int, Parameter, SearchSpace
from jupyter_hpo.study.trial import Trial, TrialState

SPACE = SearchSpace([
    Parameter("lr", Float(1e-5, 1.0, log=True)),
    Parameter("hidden", Int(8, 256)),
    Parameter("opt", Categorical(("adam", "sgd", "lbfgs"))),
])  # fmt: skip


def draw(rng: random.Random) -> dict[str, object]:
    return {
        "lr": 10 ** rng.uniform(-5, 0),
        "hidden": rng.randint(8, 256),
        "opt": rng.choice(["adam", "sgd", "lbfgs"]),
    }


def found(outcome, n: int = 40, seed: int = 0, drawn=draw) -> list[str]:
    rng = random.Random(seed)
    trials = [Trial(i, drawn(rng), TrialState.COMPLETE) for i in range(n)]
    return beyond_chance(trials, {t.number: outcome(t.params, rng) for t in trials}, SPACE)


@pytest.mark.parametrize(
    ("outcome", "effects"),
    [
        (lambda p, r: -p["lr"] + 0.1 * r.random(), ["lr"]),
        (lambda p, r: -abs(p["hidden"] - 130) + 20 * r.random(), ["hidden"]),
        (lambda p, r: (p["opt"] == "sgd") + r.random(), ["opt"]),
        (lambda p, r: p["hidden"] + 100 * (p["opt"] == "sgd"), ["hidden", "opt"]),
        (lambda p, r: p["hidden"], ["hidden"]),
        (lambda p, r: 1.0, []),
    ],
    ids=["rises", "best in the middle", "a choice", "two", "without noise", "all alike"],
)
def test_the_parameters_that_matter_are_found(outcome, effects):
    assert found(outcome) == effects


def test_of_searches_of_noise_one_in_twenty_names_anything():
    wrong = sum(bool(found(lambda p, r: r.random(), seed=seed)) for seed in range(200))
    assert 1 <= wrong <= 20


def test_what_only_moved_together_with_the_cause_is_not_named():
    """As a search for two objectives draws: lr high where hidden is."""

    def drawn(rng):
        params = draw(rng)
        params["lr"] = 10 ** (-5 + 4 * params["hidden"] / 256 + rng.random())
        return params

    size = [found(lambda p, r: -p["hidden"], seed=seed, drawn=drawn) for seed in range(20)]
    assert size.count(["hidden"]) >= 18


def test_a_parameter_that_some_trials_lack_and_too_few_trials():
    def drawn(rng):
        params = draw(rng)
        if params["opt"] == "lbfgs":
            del params["lr"]
        return params

    assert found(lambda p, r: -p.get("lr", 0.1) + 0.01 * r.random(), 60, drawn=drawn) == ["lr"]
    assert found(lambda p, r: -p["lr"], n=6) == []
    assert beyond_chance([], {}, SPACE) == []
