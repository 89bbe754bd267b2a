"""When a suggestion is made ahead of time, and what becomes of it."""

from __future__ import annotations

import pytest

from jupyter_hpo.search.ahead import AskAhead
from jupyter_hpo.study.trial import Trial, TrialState


class Slow:
    """A sampler whose `ask` takes ask_s seconds of a clock of its own."""

    name = "slow"

    def __init__(self, ask_s: float) -> None:
        self.ask_s, self.now = ask_s, 0.0
        self.asked, self.told = [], []

    def ask(self, number, fixed=None):
        self.now += self.ask_s
        self.asked.append(number)
        return {"x": len(self.asked), **(fixed or {})}

    def tell(self, trial):
        self.told.append(trial.number)


def ended(number: int, running_s: float) -> Trial:
    return Trial(number, {}, TrialState.COMPLETE, figures={"running_s": running_s})


def made(ask_s: float, running_s: float) -> tuple[Slow, AskAhead]:
    sampler = Slow(ask_s)
    ahead = AskAhead(sampler, clock=lambda: sampler.now)
    ahead.ask(0)
    ahead.tell(ended(0, running_s))
    return sampler, ahead


@pytest.mark.parametrize(
    ("ask_s", "running_s", "pays"),
    [(0.005, 0.05, True), (0.005, 0.6, False), (0.0, 0.0, False), (1.0, 20.0, True)],
)
def test_it_asks_ahead_where_asking_takes_a_part_of_a_trial(ask_s, running_s, pays):
    sampler, ahead = made(ask_s, running_s)
    ahead.prepare(1)
    assert sampler.asked == ([0, 1] if pays else [0])
    assert ahead.ask(1) == {"x": 2}
    assert sampler.asked == [0, 1]


def test_nothing_is_asked_ahead_before_both_are_known():
    sampler = Slow(1.0)
    ahead = AskAhead(sampler)
    ahead.prepare(0)
    assert sampler.asked == []


def test_what_is_ready_is_not_asked_again():
    sampler, ahead = made(1.0, 1.0)
    ahead.prepare(1)
    ahead.prepare(1)
    assert sampler.asked == [0, 1]


def test_another_number_or_fixed_values_are_asked_afresh():
    sampler, ahead = made(1.0, 1.0)
    ahead.prepare(1)
    assert ahead.ask(1, {"x": 9}) == {"x": 9}
    assert ahead.ask(2) == {"x": 4}
    assert sampler.asked == [0, 1, 1, 2]


def test_tell_goes_through():
    sampler, ahead = made(1.0, 1.0)
    ahead.tell(ended(5, 1.0))
    assert sampler.told == [0, 5]
