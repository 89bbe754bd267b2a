"""Grid search: each valid combination once, and then the end."""

from __future__ import annotations

import pytest

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.search.ahead import AskAhead
from jupyter_hpo.search.grid import GridSampler, combinations, size
from jupyter_hpo.search.sampler import Exhausted
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from jupyter_hpo.study.trial import Trial, TrialState

SGD = Condition((Comparison("opt", "==", "sgd"),))
SPACE = SearchSpace(
    [
        Parameter("lr", Float(0.1, 0.3, step=0.1)),
        Parameter("opt", Categorical(("adam", "sgd"))),
        Parameter("momentum", Categorical((0.0, 0.9)), SGD),
        Parameter("flag", Categorical((True, 1))),
    ]
)


def everything(sampler, first=0):
    found = []
    for number in range(first, 100):
        try:
            found.append(sampler.ask(number))
        except Exhausted:
            return found
        sampler.tell(Trial(number, found[-1], TrialState.COMPLETE, (1.0,)))
    raise AssertionError("it has no end")


def test_each_valid_combination_comes_once_and_conditional_values_only_where_they_are():
    found = everything(GridSampler(SPACE, seed=0))
    assert len(found) == len({repr(p) for p in found}) == 3 * (1 + 2) * 2 == size(SPACE)
    assert all(list(p) == list(SPACE.active(p)) for p in found)
    assert {p["lr"] for p in found} == {0.1, 0.2, 0.1 + 2 * 0.1}
    assert everything(GridSampler(SPACE, seed=0)) == found
    assert everything(GridSampler(SPACE, seed=1)) != found


def test_what_was_tried_before_is_not_tried_again():
    sampler = GridSampler(SPACE)
    tried = {"lr": 0.3, "opt": "sgd", "momentum": 0.9, "flag": 1}
    sampler.tell(Trial(0, tried, TrialState.COMPLETE, (1.0,)))
    sampler.tell(Trial(1, {"lr": 0.15, "opt": "adam", "flag": 1}, TrialState.FAIL))
    found = everything(sampler, 2)
    assert len(found) == 17
    assert [p["flag"] for p in found if p["lr"] > 0.25 and p.get("momentum") == 0.9] == [True]


def test_fixed_values_take_their_combination_out_of_the_grid_or_come_on_top():
    sampler = GridSampler(SPACE)
    assert sampler.ask(0, {"opt": "sgd", "momentum": 0.9})["momentum"] == 0.9
    beside = GridSampler(SPACE).ask(0, {"opt": "adam", "momentum": 0.9})
    assert "momentum" not in beside
    assert len(everything(sampler, 1)) == 17
    again = sampler.ask(50, {"opt": "sgd"})
    assert again["opt"] == "sgd", "the person asked for it"


def test_what_was_asked_ahead_and_not_wanted_comes_later():
    sampler = GridSampler(SPACE)
    ahead = sampler.ask(0)
    wanted = next(p for p in combinations(SPACE) if p != ahead)
    assert sampler.ask(0, wanted) == wanted
    assert sampler.ask(1) == ahead


def test_nothing_is_asked_ahead_when_nothing_is_left():
    clock = iter(range(1000)).__next__
    ahead = AskAhead(GridSampler(SearchSpace({"n": Int(1, 1)})), clock=clock)
    done = Trial(0, ahead.ask(0), TrialState.COMPLETE, (1.0,), figures={"running_s": 0.1})
    ahead.tell(done)
    ahead.prepare(1)
    with pytest.raises(Exhausted):
        ahead.ask(1)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (SearchSpace({"n": Int(1, 4), "lr": Float(0, 1)}), "'lr' has too many to list. Give it a"),
        (SearchSpace({f"n{i}": Int(1, 100) for i in range(4)}), "more than 100,000"),
        (SearchSpace({"n": Int(1, 10**7)}), "'n' has too many"),
    ],
)
def test_what_nobody_can_try_is_refused(space, said):
    with pytest.raises(SpaceError, match=said):
        GridSampler(space)
    assert size(space) is None
