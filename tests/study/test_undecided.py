"""Trials that wait when their study ends: nothing is said against one that nobody has beaten."""

from __future__ import annotations

import pytest

from jupyter_hpo.space import Int, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study.endings import INTERRUPTED
from jupyter_hpo.study.schedulers import Asha, Hyperband, SuccessiveHalving
from jupyter_hpo.study.trial import TrialState

from .driver import make


def later_better(n):
    """Each trial a little better than those before it."""
    return [2.0 - n / 100 - step / 10 for step in range(9)]


def turn(driver):
    ready = sorted(n for n in driver.live if n not in driver.waiting)
    assert ready, "a trial is left waiting for ever"
    driver.step(ready[0])


def to_the_end(driver):
    driver.send(m.Begin())
    while driver.study.phase != "finished":
        turn(driver)
    return driver.study


def test_what_a_stopped_cohort_had_not_decided_is_tried_again():
    driver = make(later_better, scheduler=SuccessiveHalving(), slots=2, n_trials=20)
    driver.send(m.Begin())
    while len(driver.waiting) < 6:
        turn(driver)
    waiting = sorted(driver.waiting)
    driver.send(m.StopRequested("interrupted"))
    while driver.live:
        turn(driver)
    study = driver.study
    assert {study.trials[n].error.kind for n in waiting} == {INTERRUPTED}
    assert study.n_done == 1
    again = make(later_better, earlier=list(study.trials.values()), n_trials=20).study
    assert [p["x"] for p in again._queue][: len(waiting)] == waiting


def test_a_trial_alone_at_its_rung_is_tried_again_after_a_stop():
    driver = make(later_better, scheduler=Hyperband(), slots=2, n_trials=9)
    driver.send(m.Begin())
    while not driver.waiting:
        turn(driver)
    (alone,) = driver.waiting
    driver.send(m.StopRequested("interrupted"))
    assert driver.study.trials[alone].error.kind == INTERRUPTED


def test_patience_waits_for_the_first_cohort():
    scheduler = SuccessiveHalving(cohort=12)
    driver = make(later_better, scheduler=scheduler, slots=2, n_trials=13, patience=3)
    study = to_the_end(driver)
    assert len(study.trials) == 13
    assert study.best.number != 0


def test_patience_ends_a_study_by_cohorts_that_no_longer_improves():
    scheduler = SuccessiveHalving(cohort=4)
    worse = make(lambda n: [n] * 9, scheduler=scheduler, slots=2, patience=3)
    study = to_the_end(worse)
    assert "no better value in the last" in study.message
    assert len(study.trials) < 16


def test_the_sentence_of_what_was_evicted_for_want_of_room_says_so():
    scheduler = SuccessiveHalving(pool=2)
    for number in range(1, 4):
        scheduler.on_report(number, 1, number / 10)
    assert scheduler.evict() == [3]
    assert scheduler.why_pruned(3) == (
        "ranked 3 of 3 trials at step 1, behind trials 1 and 2; "
        "no room for more that wait to be compared"
    )


@pytest.mark.parametrize(
    "scheduler", [Asha, Hyperband, SuccessiveHalving], ids=["asha", "hyperband", "halving"]
)
@pytest.mark.parametrize("n_trials", [2, 3, 7])
def test_the_best_goes_on_when_nothing_else_is_left(scheduler, n_trials):
    study = to_the_end(make(later_better, scheduler=scheduler(), slots=2, n_trials=n_trials))
    assert study.n_done == n_trials
    assert not [t for t in study.trials.values() if t.notice.startswith("1 of")]
    assert study.best.number > 0


@pytest.mark.parametrize(
    "scheduler", [Asha, Hyperband, SuccessiveHalving], ids=["asha", "hyperband", "halving"]
)
def test_a_study_never_ends_without_a_complete_trial_of_the_present_space(scheduler):
    driver = make(lambda n: [n] * 9, scheduler=scheduler(), slots=2, n_trials=4)
    driver.send(m.Begin())
    while driver.study.n_done < 1:
        turn(driver)
    driver.send(m.SpaceChanged(SearchSpace({"x": Int(1, 99)})))
    while driver.study.phase != "finished":
        turn(driver)
    inside = [t for t in driver.study.trials.values() if not t.outside]
    assert TrialState.COMPLETE in {t.state for t in inside}
    assert driver.study.best is not None
