"""Study: trials that run out of memory."""

from __future__ import annotations

import pytest

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.endings import DEVICE_MEMORY, HOST_MEMORY
from jupyter_hpo.study.packing import DeviceFacts, Packing
from jupyter_hpo.study.schedulers import Asha
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import TrialError, TrialState

from .driver import LOSS, Driver, make

GB = 1 << 30
ERROR = TrialError(DEVICE_MEMORY, "CUDA out of memory. Tried to allocate 2.00 GiB.", 3)


def on_device(curve=lambda n: [1.0] * 30, *, jobs=None, scheduler=None, **budget):
    facts = DeviceFacts("cuda:0", "H200", 100 * GB, 100 * GB)
    config = StudyConfig("s", (LOSS,), Budget(**budget))
    packing = Packing([facts], jobs=jobs)
    return Driver(Study(config, scheduler=scheduler, packing=packing), curve)


def launched(commands):
    return [c.trial.number for c in commands if type(c) is m.Launch]


def started(jobs=3):
    """A study whose first trial is done and whose next ones run, on one device."""
    driver = on_device(lambda n: [1.0], jobs=jobs, n_trials=10)
    driver.send(m.Begin())
    driver.step(0)
    driver.step(0)
    return driver


@pytest.mark.parametrize("kind", [DEVICE_MEMORY, HOST_MEMORY])
def test_a_trial_that_ran_out_is_tried_again_alone(kind):
    driver = started()
    assert sorted(driver.live) == [1, 2, 3]
    driver.end(2, ev.Failed(2, TrialError(kind, "out of memory")))
    trial = driver.study.trials[2]
    assert trial.state is TrialState.WAITING
    assert "tried again alone" in trial.notice
    assert sorted(driver.live) == [1, 3], "nothing new beside it"
    driver.send(ev.Finished(1, (1.0,)))
    driver.send(ev.Finished(3, (1.0,)))
    assert sorted(driver.live) == [2]
    assert driver.study.trials[2].state is TrialState.RUNNING
    driver.send(ev.Finished(2, (0.5,)))
    assert driver.study.best.number == 2
    assert len(driver.live) == driver.study.slots == 2, "one fewer from now on"
    assert "fewer since one ran out of memory" in driver.study.slots_why


def test_the_second_time_it_is_infeasible_and_the_study_goes_on():
    driver = started()
    driver.end(2, ev.Failed(2, ERROR))
    driver.send(ev.Finished(1, (1.0,)))
    driver.send(ev.Finished(3, (1.0,)))
    driver.end(2, ev.Failed(2, ERROR))
    trial = driver.study.trials[2]
    assert (trial.state, trial.error, trial.values) == (TrialState.PRUNED, ERROR, None)
    assert trial.infeasible
    assert trial.notice == "ran out of device memory, also when it ran alone"
    tells = [c for c in driver.log if type(c) is m.Tell and c.trial.number == 2]
    assert len(tells) == 1, "the sampler hears of it once, at the end"
    driver.run()
    assert driver.study.phase == "finished"
    assert not driver.study.failed
    assert driver.study.n_done == 10


def test_a_study_in_which_nothing_fits_ends_with_a_sentence():
    driver = on_device(n_trials=4)
    driver.send(m.Begin())
    while driver.live:
        number = min(driver.live)
        driver.end(number, ev.Failed(number, ERROR))
    assert driver.study.phase == "finished"
    assert driver.study.failed
    assert "CUDA out of memory" in driver.study.message
    assert driver.study.counts()[TrialState.PRUNED] == 4


def test_a_worker_killed_for_memory_is_tried_again_and_other_deaths_are_not():
    driver = make(lambda n: [1.0], n_trials=6, slots=2)
    driver.send(m.Begin())
    driver.step(0)
    driver.step(0)
    driver.end(1, ev.Died(1, "was killed", HOST_MEMORY))
    assert driver.study.trials[1].state is TrialState.WAITING
    driver.end(2, ev.Died(2, "crashed"))
    assert driver.study.trials[2].state is TrialState.FAIL
    assert sorted(driver.live) == [1]
    assert driver.study.slots == 1
    driver.end(1, ev.Died(1, "was killed", HOST_MEMORY))
    assert driver.study.trials[1].notice == "ran out of memory, also when it ran alone"


def test_reports_of_the_first_attempt_are_forgotten():
    driver = on_device(lambda n: [3.0, 2.0, 1.0], jobs=2, n_trials=5, scheduler=Asha())
    driver.send(m.Begin())
    for _ in range(4):
        driver.step(0)
    driver.step(1)
    driver.end(1, ev.Failed(1, ERROR))
    assert driver.study.trials[1].reports == []
    driver.run()
    assert driver.study.phase == "finished"


def test_a_stop_before_the_second_attempt_cuts_it_off():
    driver = started()
    driver.end(2, ev.Failed(2, ERROR))
    driver.send(m.StopRequested())
    driver.end(1, ev.Stopped(1))
    driver.end(3, ev.Stopped(3))
    assert driver.study.trials[2].error.kind == "interrupted"
    assert driver.study.phase == "finished"
    again = make(earlier=list(driver.study.trials.values()), n_trials=10)
    again.send(m.Begin())
    assert {2} <= {t.params["x"] for t in again.study.trials.values() if t.number > 3}


def test_a_stop_between_the_failure_and_its_end_cuts_it_off_too():
    driver = started()
    driver.send(ev.Failed(2, ERROR))
    driver.send(m.StopRequested())
    for number in (1, 2, 3):
        driver.end(number, None if number == 2 else ev.Stopped(number))
    assert driver.study.trials[2].error.kind == "interrupted"
    assert driver.study.phase == "finished"


def test_a_lost_executor_ends_what_was_to_be_tried_again():
    driver = started()
    driver.end(2, ev.Failed(2, ERROR))
    driver.live.clear()
    driver.send(ev.ExecutorLost("gone"))
    assert all(t.state.finished for t in driver.study.trials.values())
    assert driver.study.phase == "finished"


def test_a_paused_study_does_not_start_a_second_attempt():
    driver = started()
    driver.send(m.PauseRequested())
    driver.end(2, ev.Failed(2, ERROR))
    driver.send(ev.Finished(1, (1.0,)))
    driver.send(ev.Finished(3, (1.0,)))
    assert driver.live == {}
    assert driver.study.phase == "paused"
    driver.send(m.ResumeRequested())
    assert sorted(driver.live) == [2]


def test_slots_follow_the_device_and_say_why():
    figures = {"device_memory_bytes": 20.0 * GB, "device_free_bytes": 80.0 * GB}
    driver = on_device(n_trials=9)
    driver.send(m.Begin())
    assert driver.study.trials[0].device == "cuda:0"
    assert driver.study.device == "cuda:0 (H200)"
    assert driver.study.slots == 1
    assert driver.study.slots_why.startswith("The first trial runs alone on cuda:0")
    before = driver.study.version
    driver.send(ev.Finished(0, (1.0,), figures))
    assert driver.study.version > before
    assert sorted(driver.live) == [1, 2]
    assert "2 are tried (memory holds 4, 20 GB a trial)" in driver.study.slots_why
    driver.send(m.SlotsChanged(3, "you asked for 3"))
    assert len(driver.live) == 3
    assert driver.study.slots_why == "you asked for 3"


def test_paused_trials_are_fewer_where_memory_is_short():
    figures = {"device_memory_bytes": 25.0 * GB, "device_free_bytes": 75.0 * GB}
    driver = on_device(lambda n: [float(n)] * 9, n_trials=12, scheduler=Asha())
    driver.send(m.Begin())
    driver.send(ev.Finished(0, (0.0,), figures))
    most = 0
    while driver.study.phase != "finished":
        ready = [n for n in sorted(driver.live) if n not in driver.waiting]
        driver.step(ready[-1])
        most = max(most, driver.study.counts()[TrialState.PAUSED])
    assert driver.study.counts()[TrialState.PRUNED] > 0
    assert most == 1, "three fit: at most half of them may wait"


def test_paused_trials_make_room_for_one_that_needs_the_whole_device():
    driver = on_device(lambda n: [float(n)] * 9, jobs=2, n_trials=12, scheduler=Asha())
    driver.send(m.Begin())
    driver.send(ev.Finished(0, (0.0,)))
    driver.step(1)
    assert driver.study.trials[1].state is TrialState.PAUSED
    first, second = sorted(set(driver.live) - {1})
    driver.end(second, ev.Failed(second, ERROR))
    driver.end(first, ev.Failed(first, TrialError("ValueError", "no")))
    assert second in driver.live, "alone, but for what waits"
    driver.end(second, ev.Failed(second, ERROR))
    assert driver.study.trials[1].state is TrialState.PRUNED
    assert driver.study.trials[1].notice == "its memory was needed by another trial"
    assert list(driver.live) == [second]
    driver.send(ev.Finished(second, (0.5,)))
    assert driver.study.trials[second].state is TrialState.COMPLETE
