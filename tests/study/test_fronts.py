"""Several objectives in one order: kept report by report, as if sorted anew each time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.fronts import Fronts, crowding
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.ranking import dominates
from jupyter_hpo.study.schedulers import Asha
from jupyter_hpo.study.study import Study

from .driver import LOSS, Driver

POINTS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda p: (float(p[0]), float(p[1]))),
    min_size=1,
    max_size=20,
)


def fronts_of(points):
    fronts = Fronts()
    for number, point in enumerate(points):
        fronts.loss(number, 1, point)
    return fronts


def sorted_anew(points):
    """Deb et al. 2002: the front of each point, by peeling one front after the other."""
    ranks, left, rank = {}, set(range(len(points))), 0
    while left:
        front = {i for i in left if not any(dominates(points[j], points[i]) for j in left)}
        ranks |= dict.fromkeys(front, rank)
        left, rank = left - front, rank + 1
    return ranks


@given(POINTS)
@settings(max_examples=60)
def test_fronts_are_those_of_sorting_all_anew(points):
    found = fronts_of(points)._steps[1]._fronts
    assert {n: k for k, front in enumerate(found) for n in front} == sorted_anew(points)


@given(POINTS)
@settings(max_examples=60)
def test_a_trial_stands_behind_all_that_beat_it_and_with_its_equals(points):
    fronts = Fronts()
    losses = [fronts.loss(number, 1, point) for number, point in enumerate(points)]
    for i, point in enumerate(points):
        for j in range(i):
            if points[j] == point:
                assert losses[i] == losses[j]
            elif dominates(points[j], point):
                assert losses[j] < losses[i]
            elif dominates(point, points[j]):
                assert losses[i] < losses[j]


def test_of_one_front_those_that_stand_alone_come_first():
    points = [(0.0, 4.0), (1.0, 1.0), (1.1, 0.9), (4.0, 0.0)]
    alone = crowding(points)
    assert alone[0] == alone[3] == math.inf
    assert alone[1] == pytest.approx(1.1 / 4 + 3.1 / 4)
    crowded, in_the_gap = [
        fronts_of(points).loss(4, 1, point) for point in ((1.05, 0.95), (2.5, 0.4))
    ]
    assert in_the_gap < crowded


def test_steps_are_apart_and_a_second_attempt_takes_the_place_of_the_first():
    fronts = Fronts()
    fronts.loss(0, 1, (1.0, 1.0))
    worse = fronts.loss(1, 1, (2.0, 2.0))
    assert fronts.loss(1, 3, (2.0, 2.0)) == 1.0, "alone at step 3"
    assert fronts.loss(1, 1, (0.5, 0.5)) < 1.0 < worse


def test_those_left_out_are_compared_with_nobody():
    fronts = Fronts()
    fronts.loss(0, 1, (0.0, 0.0))
    fronts.leave_out({0})
    first = fronts.loss(1, 1, (5.0, 5.0))
    assert fronts.loss(2, 1, (6.0, 6.0)) > first
    assert fronts._steps[1]._fronts == [[1], [2]]


def test_an_objective_known_at_the_end_only_is_left_aside_when_that_is_asked_for():
    nothing = Fronts()
    assert nothing.loss(0, 1, (1.0, math.nan)) is None
    assert nothing.reported == {0}
    partly = Fronts(partly=True)
    assert partly.loss(0, 1, (1.0, math.nan)) < partly.loss(1, 1, (2.0, math.nan))


def test_what_was_known_and_is_no_longer_counts_as_the_worst():
    fronts = Fronts()
    good = fronts.loss(0, 1, (1.0, 1.0))
    assert fronts.loss(1, 1, (2.0, math.nan)) > good


class Two(Driver):
    """Trial n has the losses (n, 6 - n): all on one front, but odd ones are worse in both."""

    def step(self, number: int) -> None:
        done, self.now = self.live[number], self.now + 1
        values = (number + 10.0 * (number % 2), 6.0 - number + 10.0 * (number % 2))
        if done == 3:
            self.send(ev.Finished(number, values))
            return
        self.live[number] += 1
        self.waiting.add(number)
        self.send(ev.Reported(number, done + 1, values))


def test_asha_prunes_what_the_front_beats():
    objectives = (LOSS, Objective("size", "minimize"))
    config = StudyConfig("s", objectives, Budget(n_trials=12), slots=2)
    driver = Two(Study(config, scheduler=Asha()))
    driver.run()
    trials = driver.study.trials.values()
    assert {t.number % 2 for t in trials if t.state.value == "COMPLETE" and t.number > 0} == {0}
    assert {t.number for t in driver.study.front} >= {0}
    pruned = [t for t in trials if t.state.value == "PRUNED"]
    assert len(pruned) >= 6
    assert all("goes on" in t.notice for t in pruned)


def test_places_never_run_out():
    """Always better than all, always just behind the best, and ever nearer from both sides."""
    fronts = Fronts()
    courses = {
        1: [(-float(n), -float(n)) for n in range(100)],
        2: [(0.0, 0.0), *((100.0 - n, 100.0 - n) for n in range(90))],
        3: [((-1.0) ** n / (n + 1), (-1.0) ** n / (n + 1)) for n in range(100)],
    }
    for step, course in courses.items():
        told = [fronts.loss(number, step, losses) for number, losses in enumerate(course)]
        assert len(set(told)) == len(course)
        order = sorted(range(len(course)), key=lambda n: course[n])
        assert sorted(range(len(course)), key=lambda n: told[n]) == order
