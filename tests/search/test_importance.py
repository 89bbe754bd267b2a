"""What mattered is found, per objective, from trials in memory."""

import math
import random

import pytest

from jupyter_hpo.search import importance
from jupyter_hpo.search.importance import importances
from jupyter_hpo.space import Categorical, Float, SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

SPACE = SearchSpace(
    {"lr": Float(1e-5, 1e-1, log=True), "drop": Float(0.0, 1.0), "act": Categorical(("a", "b"))}
)
HIGH, LOW = Objective("acc", "maximize"), Objective("loss", "minimize")


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
    first, second = importances(list(trials(120)), SPACE, [HIGH, LOW])
    assert next(iter(first)) == "lr"
    assert next(iter(second)) == "drop"
    assert sum(first.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "given",
    [
        [],
        list(trials(1)),
        list(trials(9, state=TrialState.PRUNED)),
        [Trial(n, {"lr": 1e-3}, TrialState.COMPLETE, values=(math.nan, 0.0)) for n in range(9)],
    ],
    ids=["none", "one", "no complete one", "no finite value"],
)
def test_with_nothing_to_compare_there_is_none(given):
    assert importances(given, SPACE, [HIGH]) == [{}]


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
