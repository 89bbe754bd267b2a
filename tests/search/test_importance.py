"""What mattered is found, per objective, from trials in memory."""

import math
import random

import pytest

from jupyter_hpo.search import importance
from jupyter_hpo.search.importance import importances
from jupyter_hpo.space import Categorical, Float, Parameter, SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Report, Trial, TrialState

SPACE = SearchSpace(
    {"lr": Float(1e-5, 1e-1, log=True), "drop": Float(0.0, 1.0), "act": Categorical(("a", "b"))}
)
HIGH, LOSS = Objective("acc", "maximize"), Objective("loss", "minimize")


def trials(count, *, state=TrialState.COMPLETE):
    """The first objective depends on lr, the second on drop."""
    dice = random.Random(0)
    for number in range(count):
        params = {
            "lr": 10 ** dice.uniform(-5, -1),
            "drop": dice.random(),
            "act": dice.choice("ab"),
        }
        values = (-((math.log10(params["lr"]) + 3) ** 2), params["drop"] ** 2)
        yield Trial(number, params, state, values=values)


def test_each_objective_has_its_own():
    first, second = importances(list(trials(120)), SPACE, [HIGH, LOSS])
    assert next(iter(first)) == "lr"
    assert next(iter(second)) == "drop"
    assert sum(first.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "given",
    [
        [],
        list(trials(1)),
        list(trials(9, state=TrialState.FAIL)),
        [Trial(n, {"lr": 1e-3}, TrialState.COMPLETE, values=(math.nan, 0.0)) for n in range(9)],
    ],
    ids=["none", "one", "none that ended with a value", "no finite value"],
)
def test_with_nothing_to_compare_there_is_none(given):
    assert importances(given, SPACE, [HIGH]) == [{}]


def halved(seed, loss, draw, steps=27, count=60):
    """Trials as successive halving leaves them: the better third goes on at steps 1, 3 and 9. The
    first runs to its end whatever it is."""
    dice = random.Random(seed)
    left = [Trial(n, draw(dice), TrialState.COMPLETE) for n in range(count)]
    found = list(left)
    for step in range(1, steps + 1):
        for trial in left:
            trial.reports.append(Report(step, (loss(trial.params, step, dice),), 0))
            trial.values = trial.reports[-1].values
        if step in (1, 3, 9):
            left.sort(key=lambda t: t.values[0])
            for trial in left[len(left) // 3 :]:
                trial.state = TrialState.PRUNED if trial.number else TrialState.COMPLETE
            left = [t for t in left if t.state is TrialState.COMPLETE]
    return found


def wide(dice):
    return {"lr": 10 ** dice.uniform(-5, -1), "drop": dice.random(), "act": dice.choice("ab")}


def test_under_a_pruner_what_counts_has_the_lions_share_and_what_counts_for_nothing_has_not():
    def loss(params, step, dice):
        return (math.log10(params["lr"]) + 2) ** 2 + 1 / step

    for seed in range(8):
        given = halved(seed, loss, wide)
        assert sum(t.state is TrialState.COMPLETE for t in given) < 6
        (found,) = importances(given, SPACE, [LOSS])
        assert found["lr"] > 0.6, (seed, found)


def test_what_counts_only_late_in_a_training_is_found_too():
    """At its first steps a trial shows only its dice, later its learning rate."""

    def loss(params, step, dice):
        return min(1.0, step / 3) * abs(math.log10(params["lr"]) + 2) + dice.gauss(0, 1 / step)

    shares = [importances(halved(s, loss, wide), SPACE, [LOSS])[0]["lr"] for s in range(8)]
    assert sorted(shares)[3] > 0.5, shares


def test_a_parameter_of_one_choice_gets_no_share_that_is_the_choices():
    """N of the trees changes nothing; that it exists goes with the better estimator."""

    def draw(dice):
        params = {"est": dice.choice(["trees", "lines"])}
        return {**params, "n": dice.random()} if params["est"] == "trees" else params

    space = SearchSpace([
        Parameter("est", Categorical(("trees", "lines"))),
        Parameter("n", Float(0.0, 1.0)),
    ])  # fmt: skip

    def loss(params, step, dice):
        return float(params["est"] == "lines")

    for seed in range(4):
        (found,) = importances(halved(seed, loss, draw), space, [LOSS])
        assert found["est"] > 0.8, found


def test_a_conditional_parameter_and_values_outside_the_space_do_no_harm():
    given = list(trials(60))
    for trial in given[::2]:
        del trial.params["drop"]
    given[1].params["lr"] = 7.0
    (found,) = importances(given, SPACE, [HIGH])
    assert set(found) == {"lr", "drop", "act"}


def test_a_long_study_is_sampled(monkeypatch):
    monkeypatch.setattr(importance, "BOUND", 50)
    asked = []
    made = importance._single

    def single(trial, *rest):
        asked.append(trial.number)
        return made(trial, *rest)

    monkeypatch.setattr(importance, "_single", single)
    (found,) = importances(list(trials(190)), SPACE, [HIGH])
    assert len(asked) <= 50
    assert max(asked) > 180
    assert next(iter(found)) == "lr"
