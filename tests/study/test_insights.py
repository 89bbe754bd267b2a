"""Sentences on what mattered, each from trials made for it."""

from __future__ import annotations

import math
import random

import pytest

from jupyter_hpo.space import Categorical, Float, Int, Parameter, SearchSpace
from jupyter_hpo.study.insights import ENOUGH, find_bounds, insights
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.standing import standings
from jupyter_hpo.study.trial import Trial, TrialState

LOSS, SCORE = Objective("val_loss", "minimize"), Objective("val_acc", "maximize")
SPACE = SearchSpace([
    Parameter("lr", Float(1e-5, 1.0, log=True)),
    Parameter("hidden", Int(8, 256)),
    Parameter("opt", Categorical(("adam", "sgd", "lbfgs"))),
])  # fmt: skip
SHARES = {"lr": 0.62, "hidden": 0.3, "opt": 0.08}
BEYOND = ["lr"]


def drawn(n: int, outcome, seed: int = 0) -> list[Trial]:
    """n trials drawn evenly; outcome: their params to a value, None for a trial that fails, a
    string for one that was pruned."""
    rng, found = random.Random(seed), []
    for number in range(n):
        params = {
            "lr": 10 ** rng.uniform(-5, 0),
            "hidden": rng.randint(8, 256),
            "opt": rng.choice(["adam", "sgd", "lbfgs"]),
        }
        value = outcome(params, rng)
        state = {None: TrialState.FAIL, "pruned": TrialState.PRUNED}.get(value, TrialState.COMPLETE)
        values = (value,) if state is TrialState.COMPLETE else None
        found.append(Trial(number, params, state, values=values))
    return found


def told(trials, space, objective, shares, beyond):
    return insights(trials, space, standings(trials, objective), shares, beyond)


def noise(params, rng):
    return rng.random()


def diverges(params, rng):
    return None if params["lr"] > 3e-3 else rng.random()


def poor_above(params, rng):
    return rng.random() + (2 if params["lr"] > 3e-3 else 0)


def test_what_mattered_and_where_nothing_trains():
    trials = drawn(60, diverges)
    failed = sum(t.state is TrialState.FAIL for t in trials)
    assert told(trials, SPACE, LOSS, SHARES, BEYOND)[0] == (
        f"lr explains 62% of what sets the best trials apart; above 0.003 nothing trains "
        f"(all {failed} trials fail)."
    )


@pytest.mark.parametrize(
    ("outcome", "objective", "says"),
    [
        (poor_above, LOSS, "above 0.002 none of 40"),
        (lambda p, r: -poor_above(p, r), SCORE, "above 0.002 none of 40"),
        (lambda p, r: r.random() + 2 * (p["lr"] < 1e-4), LOSS, "below 1.05e-4 none of 23"),
        (lambda p, r: "pruned" if p["lr"] > 3e-3 else r.random(), LOSS, "above 0.003 none of"),
    ],
    ids=["worse above", "higher is better", "worse below", "pruned above"],
)
def test_the_end_of_a_range_in_which_nothing_does_well_is_named(outcome, objective, says):
    trials = drawn(80, outcome)
    [said, *_] = told(trials, SPACE, objective, SHARES, BEYOND)
    assert says in said


def test_the_number_that_is_named_is_true_of_every_trial():
    for seed in range(20):
        trials = drawn(60, poor_above, seed)
        scores = {t.number: t.values[0] for t in trials}
        third = sorted(scores.values())[59 // 3]
        for bound in find_bounds(trials, scores, SPACE):
            beyond = [t for t in trials if t.params["lr"] > bound.value]
            assert (bound.name, bound.side) == ("lr", "above")
            assert bound.count == len(beyond)
            assert all(t.values[0] > third for t in beyond)


def test_a_choice_with_which_nothing_does_well_is_named():
    trials = drawn(60, lambda p, r: r.random() + 2 * (p["opt"] == "lbfgs"))
    count = sum(t.params["opt"] == "lbfgs" for t in trials)
    said = told(trials, SPACE, LOSS, SHARES, BEYOND)
    assert said[1] == f"With opt = lbfgs none of {count} trials gets into the better third."


def test_whole_numbers_are_bounded_by_one_that_was_tried():
    trials = drawn(80, lambda p, r: r.random() + 2 * (p["hidden"] < 60))
    good = min(t.params["hidden"] for t in trials if t.values[0] < 1)
    said = " ".join(told(trials, SPACE, LOSS, SHARES, BEYOND))
    assert f"hidden: below {good} none of" in said


def test_few_trials_say_that_they_are_too_few():
    assert told(drawn(ENOUGH - 1, poor_above), SPACE, LOSS, SHARES, BEYOND) == [
        "19 complete trials: too few to say what matters, which takes 20 at least."
    ]
    assert told([], SPACE, LOSS, {}, [])[0].startswith("0 complete trials: too few")
    infinite = drawn(40, lambda p, r: math.inf)
    assert told(infinite, SPACE, LOSS, SHARES, BEYOND)[0].startswith("0 complete trials")


def test_where_nothing_mattered_nothing_is_said_of_ends():
    """Of many searches of noise, hardly one may name a bound."""
    wrong = 0
    for seed in range(200):
        trials = drawn(60, noise, seed)
        wrong += bool(find_bounds(trials, {t.number: t.values[0] for t in trials}, SPACE))
    assert wrong <= 6


@pytest.mark.parametrize(
    ("shares", "beyond", "says"),
    [
        ({"a": 0.8, "b": 0.2}, [], ["No parameter's effect can be told from chance."]),
        ({"a": 0.8, "b": 0.2}, ["b"], ["b has an effect beyond chance."]),
        (
            {"c": 0.05, "b": 0.4, "a": 0.45, "d": 0.1},
            ["b", "a", "c"],
            ["a explains 45%, b 40% of what sets the best trials apart."],
        ),
        (
            {"a": 0.95, "b": 0.05},
            ["a", "b"],
            ["a explains 95% of what sets the best trials apart."],
        ),
        (
            {"learning rate": 0.7, "b": 0.3},
            ["learning rate"],
            ["learning rate explains 70% of what sets the best trials apart."],
        ),
        ({"a": 1.0}, ["a"], []),
        ({}, [], []),
    ],
    ids=[
        "chance",
        "not the largest share",
        "two",
        "one worth a word",
        "a space",
        "one parameter",
        "none",
    ],
)
def test_only_effects_beyond_chance_are_named(shares, beyond, says):
    assert told(drawn(60, noise), SPACE, LOSS, shares, beyond) == says


def test_a_bound_is_not_followed_by_the_word_that_nothing_can_be_told():
    said = told(drawn(60, poor_above), SPACE, LOSS, SHARES, [])
    assert said == [s for s in said if s.startswith("lr: above")] != []


def test_trials_outside_of_the_space_and_parameters_they_lack_are_passed_over():
    trials = drawn(60, poor_above)
    for trial in trials[::2]:
        trial.outside = True
    assert told(trials, SPACE, LOSS, SHARES, BEYOND)[0].startswith("lr explains")
    for trial in trials:
        del trial.params["lr"]
    assert "lr:" not in " ".join(told(trials, SPACE, LOSS, {}, []))
