"""Pruning a trial by hand, asking for one, another budget and another space in mid-study."""

from __future__ import annotations

import itertools

import pytest

from jupyter_hpo.space import Categorical, Condition, Float, Int, Parameter, SearchSpace
from jupyter_hpo.space.conditions import Comparison
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.endings import DEVICE_MEMORY
from jupyter_hpo.study.packing import DeviceFacts, Packing
from jupyter_hpo.study.schedulers import Asha
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialState

from .driver import LOSS, Driver, make


def begun(curve=lambda n: [1.0] * 5, **more):
    """A study whose first trial is done, so that the others run side by side."""
    driver = make(curve, **more)
    driver.send(m.Begin())
    while 0 in driver.live:
        driver.step(0)
    return driver


# prune ------------------------------------------------------------------------------------


def test_a_trial_is_pruned_at_its_next_report_however_long_that_takes():
    driver = begun(lambda n: [5.0, 4.0, 3.0], slots=1)
    trial = driver.study.trials[1]
    driver.step(1)
    driver.send(m.PruneTrialRequested(1))
    driver.now += 100
    driver.send(m.Tick())
    assert trial.state is TrialState.RUNNING, "it is not forced, as a stopped one is"
    assert driver.study.ends_next(1)
    driver.step(1)
    assert (trial.state, trial.values, trial.notice) == (
        TrialState.PRUNED, (4.0,), "pruned by you",
    )  # fmt: skip
    assert m.Tell(trial) in driver.log
    assert 1 not in driver.live


def test_a_paused_trial_is_pruned_at_once():
    driver = begun(slots=1)
    driver.send(m.PauseTrialRequested(1))
    driver.step(1)
    driver.send(m.PruneTrialRequested(1))
    assert driver.study.trials[1].state is TrialState.PRUNED


def test_a_trial_that_ends_before_it_reports_again_is_complete():
    driver = begun(lambda n: [1.0], slots=1)
    driver.step(1)
    driver.send(m.PruneTrialRequested(1))
    driver.step(1)
    assert driver.study.trials[1].state is TrialState.COMPLETE


def test_a_trial_is_pruned_also_while_the_study_is_paused():
    driver = begun(slots=1)
    driver.send(m.PruneTrialRequested(1))
    driver.send(m.PauseRequested())
    driver.step(1)
    assert driver.study.trials[1].state is TrialState.PRUNED


def test_a_trial_to_be_pruned_can_still_be_stopped():
    driver = begun(slots=1)
    driver.send(m.PruneTrialRequested(1))
    driver.send(m.StopTrialRequested(1))
    driver.now += 1
    driver.send(m.Tick())
    assert driver.study.trials[1].error.kind == "stopped", "it had reported nothing"


def test_a_trial_that_is_gone_can_not_be_pruned():
    driver = begun(slots=1)
    version = driver.study.version
    driver.send(m.PruneTrialRequested(0))
    driver.send(m.PruneTrialRequested(99))
    assert driver.study.version == version


# enqueue ----------------------------------------------------------------------------------


def test_what_the_person_asks_for_says_so_and_comes_before_what_was_cut_off():
    earlier = [
        Trial(0, {"x": 0}, TrialState.COMPLETE, (1.0,)),
        Trial(1, {"x": 7}, TrialState.FAIL, error=ev.TrialError("interrupted", "ended")),
    ]
    driver = make(earlier=earlier, slots=2)
    driver.send(m.PauseRequested())
    driver.send(m.EnqueueRequested({"x": 99}))
    driver.send(m.Begin())
    trials = driver.study.trials
    assert [trials[n].params["x"] for n in (2, 3)] == [99, 7]
    assert [trials[n].enqueued for n in (2, 3)] == [True, False]


def test_it_comes_on_top_of_a_budget_that_is_full():
    driver = begun(slots=1, n_trials=2)
    driver.send(m.EnqueueRequested({"x": 99}))
    while driver.live:
        driver.step(min(driver.live))
    assert driver.study.phase == "finished"
    assert driver.study.trials[2].params["x"] == 99
    assert len(driver.study.trials) == 3


# budget -----------------------------------------------------------------------------------


def test_more_trials_are_run_when_more_are_asked_for():
    driver = begun(slots=1, n_trials=2)
    driver.send(m.BudgetChanged(Budget(n_trials=4)))
    while driver.live:
        driver.step(min(driver.live))
    assert driver.study.n_done == 4
    assert driver.study.message == ""


def test_a_budget_below_what_is_done_ends_the_study_with_a_sentence():
    driver = begun(lambda n: [1.0], slots=1, n_trials=9)
    while driver.study.n_done < 3:
        driver.step(min(driver.live))
    driver.send(m.BudgetChanged(Budget(n_trials=2)))
    driver.now += 1
    driver.send(m.Tick())
    assert driver.study.phase == "finished"
    assert driver.study.message == "3 trials are done, and you asked for 2"
    assert driver.study.trials[3].error.kind == "interrupted", "so it is tried again"


def test_a_time_out_counts_from_the_start():
    driver = begun(slots=1)
    driver.now += 50
    driver.send(m.BudgetChanged(Budget(timeout_s=40)))
    assert driver.study.phase == "stopping"
    assert driver.study.message == "the time-out of 40 s was reached"


def test_a_time_out_can_be_taken_away():
    driver = begun(slots=1, timeout_s=60)
    driver.send(m.BudgetChanged(Budget()))
    driver.now += 100
    driver.send(m.Tick())
    assert driver.study.phase == "running"


# space ------------------------------------------------------------------------------------

X = SearchSpace({"x": Int(0, 100)})


def changed(driver, space):
    driver.log.clear()
    driver.send(m.SpaceChanged(space))
    return [command.trial.number for command in driver.log if isinstance(command, m.Tell)]


def test_trials_outside_stay_in_the_record_and_count_for_nothing():
    driver = begun(lambda n: [float(10 - n)], slots=1, n_trials=6)
    while driver.study.n_done < 4:
        driver.step(min(driver.live))
    study = driver.study
    assert study.best.number == 3
    assert changed(driver, SearchSpace({"x": Int(0, 2)})) == [0, 1, 2]
    assert [t.outside for t in study.trials.values()] == [False, False, False, True, True]
    assert (study.n_done, study.best.number) == (3, 2)
    driver.step(4)
    driver.step(4)
    assert study.trials[4].state is TrialState.COMPLETE, "it went on to its end"
    assert m.Tell(study.trials[4]) not in driver.log
    assert (study.n_done, study.best.number) == (3, 2)
    assert changed(driver, X) == [0, 1, 2, 3, 4]
    assert study.best.number == 4


def test_what_was_not_tuned_had_the_codes_own_value():
    driver = begun(slots=1)
    wider = SearchSpace([Parameter("x", Int(0, 9)), Parameter("depth", Int(1, 5), default=3)])
    assert changed(driver, wider) == [0]
    first = driver.study.trials[0]
    assert (first.params, first.own, first.outside) == ({"x": 0, "depth": 3}, {"depth": 3}, False)
    assert m.Save(first) in driver.log
    assert changed(driver, X) == [0], "and has it no more when it is left out again"
    assert (first.params, first.own) == ({"x": 0}, {})


@pytest.mark.parametrize(
    "parameter", [Parameter("depth", Int(4, 5), default=3), Parameter("depth", Int(1, 5))]
)
def test_without_an_own_value_in_range_earlier_trials_are_outside(parameter):
    driver = begun(slots=1)
    assert changed(driver, SearchSpace([Parameter("x", Int(0, 9)), parameter])) == []
    assert driver.study.best is None
    assert driver.study.trials[0].params == {"x": 0}


def test_slots_stay_filled_when_no_trial_counts_any_more():
    driver = begun(slots=2)
    changed(driver, SearchSpace({"y": Float(0, 1)}))
    while 1 in driver.live:
        driver.step(1)
    assert len(driver.live) == 2


def test_patience_begins_again():
    driver = begun(lambda n: [float(n)], slots=1, patience=3)
    while driver.study.n_done < 3:
        driver.step(min(driver.live))
    changed(driver, X)
    while driver.live:
        driver.step(min(driver.live))
    assert driver.study.n_done == 6


def test_a_paused_trial_of_the_old_space_goes_on_to_its_end():
    driver = begun(lambda n: [float(-n)] * 5, slots=1, n_trials=3)
    driver.send(m.PauseTrialRequested(1))
    driver.step(1)
    changed(driver, SearchSpace({"x": Int(50, 99)}))
    driver.send(m.ResumeTrialRequested(1))
    while 1 in driver.live:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    assert driver.study.trials[1].state is TrialState.COMPLETE
    assert driver.study.best is None


def test_what_the_scheduler_had_paused_outside_is_not_carried_further():
    driver = begun(lambda n: [float(n)] * 30, slots=1, scheduler=Asha())
    driver.step(1)
    assert driver.study.trials[1].state is TrialState.PAUSED
    changed(driver, SearchSpace({"x": Int(50, 99)}))
    trial = driver.study.trials[1]
    assert (trial.state, trial.notice) == (
        TrialState.PRUNED, "its values are no longer in the space",
    )  # fmt: skip


def test_trials_outside_do_not_compete_with_those_of_the_new_space():
    driver = begun(lambda n: [float(n)] * 9, slots=2, scheduler=Asha(), n_trials=30)
    while driver.study.n_done < 6:
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    changed(driver, SearchSpace({"x": Int(10, 1000)}))
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    assert driver.study.best.number >= 10, "worse than all before, and the best of this space"


def test_a_trial_the_person_asked_for_is_not_pruned():
    driver = begun(lambda n: [float(n)] * 9, slots=1, scheduler=Asha(), n_trials=6)
    driver.send(m.EnqueueRequested({"x": 77}))
    while driver.study.phase != "finished":
        driver.step(min(n for n in driver.live if n not in driver.waiting))
    (asked,) = (t for t in driver.study.trials.values() if t.enqueued)
    assert (asked.state, asked.params) == (TrialState.COMPLETE, {"x": 77})
    assert TrialState.PRUNED in {t.state for t in driver.study.trials.values()}


def test_a_space_completes_params_with_the_codes_own_values():
    when = Condition((Comparison("opt", "==", "sgd"),))
    space = SearchSpace(
        [
            Parameter("opt", Categorical(("adam", "sgd")), default="adam"),
            Parameter("momentum", Float(0, 1), when, default=0.9),
            Parameter("lr", Float(0, 1), default=2.0),
        ]
    )
    assert space.completed({"lr": 0.5}) == {"opt": "adam", "lr": 0.5}
    assert space.completed({"opt": "sgd", "lr": 0.5}) == {"opt": "sgd", "momentum": 0.9, "lr": 0.5}
    assert space.completed({"opt": "sgd"}) is None, "its own lr lies outside"
    assert space.completed({"opt": "adam", "momentum": 0.9, "lr": 0.5}) is None


def test_of_thousands_a_new_sampler_is_told_the_best_and_an_even_sample(monkeypatch):
    monkeypatch.setattr("jupyter_hpo.study.steering.TOLD", 20)
    earlier = [Trial(n, {"x": n}, TrialState.COMPLETE, (float(-n),)) for n in range(100)]
    driver = make(earlier=earlier, slots=1)
    told = changed(driver, SearchSpace({"x": Int(0, 1000)}))
    assert len(told) == 20
    assert told == sorted(set(told))
    assert {98, 99} <= set(told)
    assert max(b - a for a, b in itertools.pairwise(told[:-2])) <= 6


def test_a_trial_to_be_tried_again_can_be_stopped_or_be_left_outside():
    facts = [DeviceFacts("cuda:0", "", 10 << 30, 10 << 30)]
    for event in (m.StopTrialRequested(1), m.SpaceChanged(SearchSpace({"x": Int(50, 99)}))):
        study = Study(StudyConfig("s", (LOSS,)), packing=Packing(facts, jobs=3))
        driver = Driver(study, lambda n: [1.0] * 5)
        driver.send(m.Begin())
        while 0 in driver.live:
            driver.step(0)
        driver.end(1, ev.Failed(1, ev.TrialError(DEVICE_MEMORY, "too little")))
        assert study.trials[1].state is TrialState.WAITING
        driver.send(event)
        assert study.trials[1].state is TrialState.FAIL
        while 2 in driver.live:
            driver.step(2)
        assert len(driver.live) > 0, "the others go on"


def test_as_many_as_is_good_side_by_side_goes_on_from_where_it_stands():
    facts = [DeviceFacts("cuda:0", "", 10 << 30, 10 << 30)]
    packing = Packing(facts, jobs=3)
    assert (packing.slots, packing.decides) == (3, False)
    packing.ask_for(None, 0.0)
    assert packing.decides
    assert not packing._devices[0].climb.fixed
    assert packing.slots == 1, "what a trial needs is not measured yet"
