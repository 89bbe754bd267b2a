"""Pausing and resuming one trial, by hand."""

from __future__ import annotations

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.places import Waits
from jupyter_hpo.study.schedulers import Asha
from jupyter_hpo.study.trial import TrialState

from .driver import make


def begun(curve=lambda n: [1.0] * 5, **more):
    """A study whose first trial is done, so that the others run side by side."""
    driver = make(curve, **more)
    driver.send(m.Begin())
    while 0 in driver.live:
        driver.step(0)
    return driver


def running(driver):
    return sorted(n for n in driver.live if n not in driver.waiting)


def paused(driver, number):
    driver.send(m.PauseTrialRequested(number))
    driver.step(number)
    return driver.study.trials[number]


def test_a_paused_trial_waits_at_its_next_report_and_frees_its_slot():
    driver = begun(slots=2)
    assert running(driver) == [1, 2]
    driver.send(m.PauseTrialRequested(1))
    trial = driver.study.trials[1]
    assert trial.state is TrialState.RUNNING
    assert driver.study.waits_for(1) is Waits.PERSON, "so it is shown as pausing"
    driver.step(1)
    assert trial.state is TrialState.PAUSED
    assert len(trial.reports) == 1
    assert running(driver) == [2, 3], "another has its slot"


def test_a_resumed_trial_goes_on_before_a_new_one():
    driver = begun(slots=1)
    paused(driver, 1)
    assert running(driver) == [2]
    driver.send(m.ResumeTrialRequested(1))
    assert driver.study.waits_for(1) is Waits.SLOT
    assert running(driver) == [2], "no slot is free yet"
    while 2 in driver.live:
        driver.step(2)
    assert running(driver) == [1]
    assert driver.study.trials[1].state is TrialState.RUNNING
    assert driver.study.waits_for(1) is None


def test_a_resumed_trial_goes_on_at_once_where_a_slot_is_free():
    driver = begun(slots=2, n_trials=2)
    paused(driver, 1)
    assert running(driver) == []
    driver.send(m.ResumeTrialRequested(1))
    assert running(driver) == [1]


def test_pausing_is_taken_back_before_it_lands():
    driver = begun(slots=1)
    driver.send(m.PauseTrialRequested(1))
    driver.send(m.ResumeTrialRequested(1))
    driver.step(1)
    assert running(driver) == [1]


def test_a_trial_that_finishes_before_the_pause_lands_is_finished():
    driver = begun(lambda n: [1.0], slots=1, n_trials=3)
    driver.step(1)
    driver.send(m.PauseTrialRequested(1))
    driver.step(1)  # its end: it reports no more
    assert driver.study.trials[1].state is TrialState.COMPLETE
    assert driver.study.waits_for(1) is None
    driver.step(2)
    driver.step(2)
    assert driver.study.phase == "finished"


def test_the_scheduler_does_not_promote_what_the_person_paused():
    driver = begun(lambda n: [float(n != 1)] * 30, slots=1, scheduler=Asha())
    trial = paused(driver, 1)  # the best there is
    while len(driver.study.trials) < 60:
        driver.step(running(driver)[0])
    assert (trial.state, len(trial.reports)) == (TrialState.PAUSED, 1), "nor is it evicted"
    driver.send(m.ResumeTrialRequested(1))
    while driver.study.waits_for(1) is Waits.SLOT:
        driver.step(running(driver)[0])
    assert trial.state is TrialState.RUNNING


def test_the_person_lets_go_on_what_the_scheduler_paused():
    driver = begun(lambda n: [float(n)] * 30, slots=2, scheduler=Asha())
    driver.step(1)
    assert driver.study.waits_for(1) is Waits.SCHEDULER
    driver.send(m.ResumeTrialRequested(1))
    assert driver.study.waits_for(1) is Waits.SLOT
    driver.step(2)  # is paused by the scheduler, so its slot is free
    assert 1 in running(driver)
    assert 1 not in driver.study.scheduler.paused


def test_a_trial_paused_by_the_scheduler_can_be_held():
    driver = begun(lambda n: [float(n)] * 30, slots=2, scheduler=Asha())
    driver.step(1)
    driver.send(m.PauseTrialRequested(1))
    assert driver.study.waits_for(1) is Waits.PERSON
    assert 1 not in driver.study.scheduler.paused


def test_a_trial_resumed_by_mistake_is_held_again():
    driver = begun(slots=1)
    paused(driver, 1)
    driver.send(m.ResumeTrialRequested(1))
    driver.send(m.PauseTrialRequested(1))
    assert driver.study.waits_for(1) is Waits.PERSON
    while 2 in driver.live:
        driver.step(2)
    assert running(driver) == [3]


def test_when_the_first_trial_is_paused_the_next_one_runs_alone():
    driver = make(lambda n: [1.0] * 5, slots=3)
    driver.send(m.Begin())
    paused(driver, 0)
    assert running(driver) == [1]


def test_a_study_with_only_paused_trials_left_waits_and_says_so():
    driver = begun(slots=2, n_trials=3)
    paused(driver, 1)
    while 2 in driver.live:
        driver.step(2)
    driver.now += 1000
    driver.send(m.Tick())
    assert driver.study.phase == "running"
    assert driver.study.only_you == [1]
    driver.send(m.ResumeTrialRequested(1))
    assert driver.study.only_you == []
    while 1 in driver.live:
        driver.step(1)
    assert driver.study.phase == "finished"
    assert driver.study.n_done == 3


def test_waiting_for_the_person_prunes_what_can_no_longer_be_promoted():
    driver = begun(lambda n: [float(n)] * 30, slots=1, n_trials=4, scheduler=Asha())
    paused(driver, 1)
    driver.step(2)
    driver.step(3)
    assert [driver.study.trials[n].state.value for n in range(4)] == [
        "COMPLETE",
        "PAUSED",
        "PRUNED",
        "PRUNED",
    ]
    assert driver.study.only_you == [1]


def test_the_timeout_ends_a_study_that_waits_for_the_person():
    driver = begun(slots=1, n_trials=2, timeout_s=50)
    paused(driver, 1)
    driver.now += 100
    driver.send(m.Tick())
    assert driver.study.phase == "finished"
    assert driver.study.trials[1].error.kind == "interrupted", "so it is tried again"


def test_stopping_the_study_ends_paused_and_resumed_trials():
    driver = begun(slots=1)
    paused(driver, 1)
    paused(driver, 2)
    driver.send(m.ResumeTrialRequested(2))
    driver.send(m.StopRequested())
    driver.now += 1
    driver.send(m.Tick())
    assert driver.study.phase == "finished"
    assert {driver.study.trials[n].error.kind for n in (1, 2, 3)} == {"interrupted"}


def test_a_paused_trial_can_be_stopped():
    driver = begun(slots=1)
    trial = paused(driver, 1)
    driver.send(m.StopTrialRequested(1))
    assert (trial.state, trial.notice) == (TrialState.PRUNED, "stopped by you")
    assert driver.study.waits_for(1) is None


def test_a_stopped_trial_can_not_be_paused():
    driver = begun(slots=1)
    driver.send(m.StopTrialRequested(1))
    driver.send(m.PauseTrialRequested(1))
    driver.step(1)
    assert driver.study.trials[1].state is TrialState.PRUNED


def test_a_paused_trial_stays_paused_when_the_study_goes_on():
    driver = begun(slots=2)
    driver.send(m.PauseTrialRequested(1))
    driver.send(m.PauseRequested())
    driver.step(1)
    driver.step(2)
    assert driver.study.waits_for(1) is Waits.PERSON
    assert driver.study.waits_for(2) is Waits.STUDY
    driver.send(m.ResumeRequested())
    assert running(driver) == [2, 3]


def test_a_trial_held_with_the_study_can_be_paused_for_itself():
    driver = begun(slots=2)
    driver.send(m.PauseRequested())
    driver.step(1)
    driver.send(m.PauseTrialRequested(1))
    driver.send(m.ResumeRequested())
    assert driver.study.waits_for(1) is Waits.PERSON
    assert running(driver) == [2, 3]


def test_a_trial_resumed_while_the_study_is_paused_goes_on_with_it():
    driver = begun(slots=1)
    paused(driver, 1)
    driver.send(m.PauseRequested())
    driver.send(m.ResumeTrialRequested(1))
    assert driver.study.trials[1].state is TrialState.PAUSED
    driver.step(2)
    driver.send(m.StopTrialRequested(2))
    driver.send(m.ResumeRequested())
    assert running(driver) == [1]


def test_a_paused_trial_does_not_run_into_its_time_limit():
    driver = begun(slots=1, trial_timeout_s=10)
    paused(driver, 1)
    driver.now += 100
    assert not [c for c in driver.send(m.Tick()) if type(c) is m.Kill and c.number == 1]


def test_a_paused_trial_that_dies_is_gone():
    driver = begun(slots=1)
    paused(driver, 1)
    driver.end(1, ev.Died(1, "was killed"))
    driver.send(m.ResumeTrialRequested(1))
    assert driver.study.trials[1].state is TrialState.FAIL
    assert running(driver) == [2]


def test_in_the_kernel_a_paused_trial_keeps_the_only_slot():
    driver = make(lambda n: [1.0] * 5, slots=1)
    driver.study._places._in_kernel = True
    driver.send(m.Begin())
    paused(driver, 0)
    assert sorted(driver.live) == [0]
    driver.send(m.ResumeTrialRequested(0))
    assert running(driver) == [0]


def test_requests_for_trials_that_are_not_there_do_nothing():
    driver = begun(slots=1)
    for number in (0, 99):
        driver.send(m.PauseTrialRequested(number))
        driver.send(m.ResumeTrialRequested(number))
        driver.send(m.StopTrialRequested(number))
    assert driver.study.trials[0].state is TrialState.COMPLETE
