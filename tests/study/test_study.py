"""Study: events in, commands out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.schedulers import Asha, Threshold
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Report, Trial, TrialError, TrialState

from .driver import LOSS, make


def numbers(commands, kind):
    return [
        c.number if hasattr(c, "number") else c.trial.number for c in commands if type(c) is kind
    ]


def states(study):
    return [study.trials[n].state.value for n in sorted(study.trials)]


def test_all_trials_are_run_and_the_best_is_kept():
    driver = make(lambda n: [1.0 / (n + 1)], n_trials=4)
    driver.run()
    assert states(driver.study) == ["COMPLETE"] * 4
    assert driver.study.best.number == 3
    assert driver.study.best.objects_path == "/objects/3"
    assert isinstance(driver.log[-1], m.End)


def test_the_first_trial_has_the_cells_values_and_runs_alone_to_its_first_report():
    driver = make(lambda n: [1.0, 1.0], n_trials=5, slots=3, first={"x": 42})
    driver.send(m.Begin())
    assert list(driver.live) == [0]
    assert driver.study.trials[0].params == {"x": 42}
    driver.step(0)
    assert sorted(driver.live) == [0, 1, 2], "then every slot is filled"


def test_a_first_trial_that_reports_nothing_runs_alone_to_its_end():
    driver = make(lambda n: [0.5], n_trials=5, slots=3)
    driver.send(m.Begin())
    assert list(driver.live) == [0]
    driver.send(ev.Finished(0, (0.5,)))
    assert sorted(driver.live) == [1, 2, 3]


def test_where_the_first_trial_was_cut_off_its_values_are_tried_to_their_end_again():
    before = make(lambda n: [1.0] if n else [9.0] * 5, slots=2, first={"x": 42})
    before.send(m.Begin())
    for number in (0, 1, 1):
        before.step(number)
    before.send(m.StopRequested("stopped by you"))
    for number in list(before.live):
        before.end(number, ev.Stopped(number))
    earlier = list(before.study.trials.values())
    assert [t.state.value for t in earlier[:2]] == ["FAIL", "COMPLETE"]
    scheduler = Threshold(0.5, first_step=1)
    driver = make(lambda n: [9.0] * 5, earlier=earlier, scheduler=scheduler, first={"x": 42})
    driver.send(m.Begin())
    again = next(n for n in driver.live if driver.study.trials[n].params == {"x": 42})
    for number in [*driver.live, again, again, again, again]:
        driver.step(number)
    assert driver.study.trials[again].state is TrialState.RUNNING, "it is never pruned"
    assert any(t.state is TrialState.PRUNED for t in driver.study.trials.values())


def test_only_better_trials_are_asked_for_their_objects():
    driver = make(lambda n: [[3.0], [1.0], [2.0]][n], n_trials=3, slots=1)
    driver.run()
    assert numbers(driver.log, m.Keep) == [0, 1]
    assert numbers(driver.log, m.Discard) == [0]
    assert numbers(driver.log, m.Release) == [2]


def test_a_failing_trial_does_not_stop_the_search():
    driver = make(lambda n: "boom" if n == 1 else [1.0], n_trials=4)
    driver.run()
    assert states(driver.study) == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert driver.study.trials[1].error.message == "boom"


def test_three_first_failures_alike_end_the_study_with_one_sentence():
    driver = make(lambda n: "no such column", n_trials=50)
    driver.run()
    assert driver.study.failed
    assert driver.study.message == ("the first 3 trials all failed alike: no such column (line 3)")
    assert len(driver.study.trials) <= 5


def test_different_first_failures_go_on():
    driver = make(n_trials=5, slots=1)
    driver.send(m.Begin())
    for n in range(4):
        driver.end(n, ev.Failed(n, ev.TrialError("ValueError", "x", line=n)))
    assert not driver.study.failed


def test_a_died_trial_fails_alone():
    driver = make(lambda n: [1.0], n_trials=3, slots=1)
    driver.send(m.Begin())
    driver.step(0)
    driver.step(0)
    driver.end(1, ev.Died(1, "was killed"))
    driver.step(2)
    driver.step(2)
    assert states(driver.study) == ["COMPLETE", "FAIL", "COMPLETE"]
    assert driver.study.trials[1].error.kind == "died"


def test_pause_holds_reports_and_resume_answers_them():
    driver = make(lambda n: [1.0, 0.5], n_trials=1)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.step(0)
    assert driver.study.trials[0].state is TrialState.PAUSED
    assert driver.waiting == {0}
    driver.send(m.ResumeRequested())
    assert driver.waiting == set()
    driver.step(0)
    driver.step(0)
    assert driver.study.phase == "finished"


def test_a_paused_study_starts_nothing_new():
    driver = make(lambda n: [1.0], n_trials=9, slots=1)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.send(ev.Finished(0, (1.0,)))
    assert len(driver.study.trials) == 1
    driver.send(m.ResumeRequested())
    assert len(driver.study.trials) == 2


def test_stopping_one_trial_keeps_its_reports_as_pruned():
    driver = make(lambda n: [3.0, 2.0, 1.0], n_trials=2, slots=1)
    driver.send(m.Begin())
    driver.step(0)
    driver.send(m.StopTrialRequested(0))
    driver.step(0)  # its next report is answered with Stop
    trial = driver.study.trials[0]
    assert (trial.state, trial.values, trial.notice) == (
        TrialState.PRUNED,
        (2.0,),
        "stopped by you",
    )
    assert driver.study.trials[1].state is TrialState.RUNNING


def test_a_trial_that_never_reports_is_killed_after_the_grace_time():
    driver = make(lambda n: [1.0], n_trials=2, slots=1)
    driver.send(m.Begin())
    driver.send(m.StopTrialRequested(0))
    driver.now += 0.4
    assert not numbers(driver.send(m.Tick()), m.Kill)
    driver.now += 0.2
    assert numbers(driver.send(m.Tick()), m.Kill) == [0]
    assert driver.study.trials[0].state is TrialState.FAIL


def test_stopping_the_study_interrupts_what_runs_and_keeps_what_finished():
    driver = make(lambda n: [1.0, 1.0], n_trials=9)
    driver.send(m.Begin())
    for _ in range(3):
        driver.step(0)
    driver.send(m.StopRequested())
    driver.now += 1
    driver.send(m.Tick())
    assert states(driver.study) == ["COMPLETE", "FAIL", "FAIL"]
    assert {driver.study.trials[n].error.kind for n in (1, 2)} == {"interrupted"}
    assert driver.study.phase == "finished"
    assert driver.study.n_done == 1


def test_a_finished_trial_may_write_its_objects_while_the_study_stops():
    driver = make(n_trials=2, slots=1)
    driver.send(m.Begin())
    driver.study.handle(ev.Finished(0, (1.0,)), 1.0)
    driver.study.handle(m.StopRequested(), 1.0)
    assert not numbers(driver.study.handle(m.Tick(), 2.0), m.Kill)
    assert numbers(driver.study.handle(m.Tick(), 40.0), m.Kill) == [0]


def test_timeout_ends_the_study():
    driver = make(lambda n: [1.0] * 100, timeout_s=5)
    driver.run()
    driver.now += 10
    driver.send(m.Tick())
    assert driver.study.message == "the time-out of 5 s was reached"


def test_trial_timeout_counts_running_time_only():
    driver = make(lambda n: [1.0] * 9, n_trials=1, trial_timeout_s=10)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.step(0)
    driver.now += 100
    assert not numbers(driver.send(m.Tick()), m.Kill)
    driver.send(m.ResumeRequested())
    driver.now += 11
    assert numbers(driver.send(m.Tick()), m.Kill) == [0]
    assert "time-out of 10 s" in driver.study.trials[0].error.message


def test_patience_ends_a_study_that_no_longer_improves():
    driver = make(lambda n: [1.0], patience=4, slots=1)
    driver.run()
    assert driver.study.message == "no better value in the last 4 trials"
    assert len(driver.study.trials) == 5


def test_enqueued_params_are_tried_next():
    driver = make(lambda n: [1.0], n_trials=2, slots=1)
    driver.send(m.Begin())
    driver.send(m.EnqueueRequested({"x": 99}))
    driver.step(0)
    driver.step(0)
    assert driver.study.trials[1].params["x"] == 99


def test_a_study_goes_on_where_it_stood():
    earlier = [
        Trial(0, {"x": 0}, TrialState.COMPLETE, (1.0,)),
        Trial(1, {"x": 7}, TrialState.FAIL, error=TrialError("interrupted", "ended")),
    ]
    driver = make(lambda n: [0.5], n_trials=3, earlier=earlier)
    driver.run()
    assert driver.study.trials[2].params["x"] == 7, "what was cut off is tried again"
    assert driver.study.n_done == 3
    assert sorted(driver.study.trials) == [0, 1, 2, 3]


@pytest.mark.parametrize("slots", [1, 3])
def test_where_all_failed_the_study_begins_with_the_first_trial_again(slots):
    before = make(lambda n: "no such file", n_trials=6, slots=slots, first={"x": 0.5})
    before.run()
    failed = list(before.study.trials.values())
    assert before.study.failed
    assert len(failed) >= 3
    driver = make(lambda n: [1.0], earlier=failed, n_trials=6, slots=slots, first={"x": 0.5})
    assert driver.study.n_done == driver.study.books.n_finished == 0
    driver.send(m.Begin())
    assert set(driver.live) == {len(failed)}, "alone again"
    driver.run()
    done = list(driver.study.trials.values())[len(failed) :]
    assert [t.state for t in done] == [TrialState.COMPLETE] * 6
    assert done[0].params == failed[0].params == {"x": 0.5}
    saved = {c.trial.number for c in driver.log if isinstance(c, m.Save) and c.trial.uncounted}
    assert saved >= {t.number for t in failed}, "so it stays, though others worked since"
    third = make(lambda n: [1.0], earlier=[*failed, *done[:4]], n_trials=6, first={"x": 0.5})
    assert third.study.n_done == 4
    third.run()
    assert third.study.n_done == 6


def test_a_time_out_that_passes_while_a_suggestion_is_awaited_ends_the_study():
    study = Study(StudyConfig("s", (LOSS,), Budget(10, timeout_s=5.0), slots=3))
    for event, now in (
        (m.Begin(), 0.0),
        (m.Suggested(0, {"x": 0}), 0.1),
        (ev.Started(0, 1, 0.1), 0.1),
        (ev.Finished(0, (1.0,)), 4.9),
        (ev.Ended(0), 4.91),  # two, three suggestions are asked for
        (m.Suggested(1, {"x": 1}), 5.01),
        (m.Suggested(2, {"x": 2}), 5.02),
        (m.Suggested(3, {"x": 3}), 5.03),
        (ev.Ended(1), 5.04),
    ):
        study.handle(event, now)
    states = {t.number: t.state for t in study.trials.values()}
    assert (study.phase, states.pop(0)) == ("finished", TrialState.COMPLETE)
    assert set(states.values()) == {TrialState.FAIL}


def test_a_study_that_has_all_its_trials_ends_at_once():
    earlier = [Trial(0, {"x": 0}, TrialState.COMPLETE, (1.0,))]
    driver = make(n_trials=1, earlier=earlier)
    driver.run()
    assert driver.log == [m.End()]


def test_losing_the_executor_ends_the_study():
    driver = make(lambda n: [1.0], n_trials=5)
    driver.send(m.Begin())
    driver.live.clear()
    driver.send(ev.ExecutorLost("the helper can't be started"))
    assert driver.study.phase == "finished"
    assert driver.study.failed
    assert driver.study.message == "the helper can't be started"


def test_objects_lost_after_the_value_keep_the_trial_complete():
    driver = make(n_trials=1)
    driver.send(m.Begin())
    driver.study.handle(ev.Finished(0, (1.0,)), 1.0)
    driver.study.handle(ev.Died(0, "was killed"), 1.0)
    driver.study.handle(ev.Ended(0), 1.0)
    assert driver.study.trials[0].state is TrialState.COMPLETE
    assert "objects were lost" in driver.study.trials[0].notice


def test_asha_prunes_and_still_completes_the_good_ones():
    def curve(n):
        return [1.0 + n % 7 - step / 10 for step in range(9)]

    driver = make(curve, scheduler=Asha(), n_trials=30)
    driver.run()
    counts = driver.study.counts()
    assert driver.study.phase == "finished"
    assert counts[TrialState.COMPLETE] + counts[TrialState.PRUNED] == 30
    assert counts[TrialState.PRUNED] > 15
    assert driver.study.best.params["x"] % 7 == 0
    assert all(t.notice for t in driver.study.trials.values() if t.state is TrialState.PRUNED)


def test_a_short_search_does_not_end_with_its_best_trial_paused():
    def curve(n):
        return [(0.1 if n == 3 else 1.0 + n / 10) / (step + 1) for step in range(30)]

    driver = make(curve, scheduler=Asha(), n_trials=6)
    driver.run()
    assert driver.study.best.number == 3


def test_an_unknown_event_is_refused():
    with pytest.raises(TypeError, match="can't handle"):
        make().study.handle(object(), 0.0)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 1), min_size=0, max_size=10), min_size=1, max_size=20),
    st.integers(1, 4),
    st.integers(1, 20),
    st.booleans(),
)
def test_no_slot_is_overfilled_and_the_budget_holds(curves, slots, n_trials, prune):
    def curve(n):
        return curves[n % len(curves)] or "empty"

    driver = make(curve, scheduler=Asha() if prune else None, slots=slots, n_trials=n_trials)
    original = driver.step

    def step(number):
        assert len(driver.live) - len(driver.waiting) <= slots
        original(number)

    driver.step = step
    driver.run()
    assert driver.study.phase == "finished", "nothing hangs"
    assert driver.study.n_done <= n_trials
    assert not driver.live
    if not driver.study.failed:
        assert driver.study.n_done == n_trials


def test_trials_are_written_in_the_order_of_their_numbers():
    driver = make(lambda n: [1.0], n_trials=6)
    driver.run()
    first_seen = list(dict.fromkeys(c.trial.number for c in driver.log if type(c) is m.Save))
    assert first_seen == sorted(first_seen)
    for command in driver.log:
        if type(command) is m.Launch:
            before = driver.log[: driver.log.index(command)]
            assert any(type(c) is m.Save and c.trial is command.trial for c in before)


def test_the_first_trial_of_a_stopped_study_is_not_pruned_when_it_goes_on():
    error = TrialError("interrupted", "ended")
    earlier = [Trial(0, {"x": 7}, TrialState.FAIL, error=error, reports=[Report(1, (9.0,), 0)])]
    driver = make(lambda n: [1.0] * 5, scheduler=Asha(), earlier=earlier, n_trials=1)
    driver.run()
    assert driver.study.trials[1].state is TrialState.COMPLETE
    assert driver.study.trials[1].params["x"] == 7


def test_a_trial_that_dies_while_held_stays_dead():
    driver = make(lambda n: [1.0, 1.0], n_trials=2, slots=1)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.step(0)
    driver.end(0, ev.Died(0, "was killed"))
    driver.send(m.ResumeRequested())
    assert driver.study.trials[0].state is TrialState.FAIL
    assert driver.study.trials[1].state is TrialState.RUNNING


def test_trials_held_by_the_person_are_tried_again_after_a_stop():
    driver = make(lambda n: [1.0, 1.0], n_trials=3, slots=1)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.step(0)
    driver.send(m.StopRequested())
    assert driver.study.trials[0].error.kind == "interrupted"


def test_time_spent_paused_does_not_count_for_the_timeout():
    driver = make(lambda n: [1.0] * 100, timeout_s=50, slots=1)
    driver.send(m.Begin())
    driver.send(m.PauseRequested())
    driver.now += 100
    driver.send(m.ResumeRequested())
    assert driver.study.phase == "running"


def test_many_different_failures_end_a_study_too():
    driver = make(slots=1)
    driver.send(m.Begin())
    for n in range(12):
        driver.end(n, ev.Failed(n, ev.TrialError("ValueError", f"x{n}", line=n % 3)))
    assert driver.study.failed
    assert "the first 12 trials all failed" in driver.study.message


def test_trials_stopped_by_hand_are_no_failures():
    driver = make(n_trials=9, slots=1)
    driver.send(m.Begin())
    for n in range(4):
        driver.send(m.StopTrialRequested(n))
        driver.now += 1
        driver.send(m.Tick())
    assert not driver.study.failed


def test_trials_outside_the_present_space_count_for_nothing():
    earlier = [Trial(0, {"x": 0}, TrialState.COMPLETE, (-9.0,), outside=True)]
    driver = make(lambda n: [1.0], n_trials=2, earlier=earlier)
    driver.run()
    assert driver.study.best.number != 0
    assert sorted(driver.study.trials) == [0, 1, 2]


def test_an_interrupt_of_a_trial_in_the_kernel_stops_the_study():
    driver = make(n_trials=9, slots=1)
    object.__setattr__(driver.study.config, "in_kernel", True)
    driver.send(m.Begin())
    driver.end(0, ev.Failed(0, ev.TrialError("KeyboardInterrupt", "")))
    assert driver.study.phase == "finished"
    assert driver.study.trials[0].error.kind == "interrupted"


def searched(curve):
    driver = make(curve, scheduler=Asha(), slots=2, n_trials=60)
    driver.run(100_000)
    return driver.study


def test_a_first_epoch_at_chance_level_does_not_decide():
    study = searched(lambda n: [0.5] + [1.0 - (n * 37 % 61) / 61] * 8)
    assert study.counts()[TrialState.COMPLETE] >= 8
    assert study.best.values[0] < 0.05


def test_dead_networks_stop_at_the_second_rung():
    study = searched(lambda n: [0.9] * 27 if n % 6 else [0.9 / (k + 1) for k in range(27)])
    dead = [t for t in study.trials.values() if t.number % 6]
    assert sum(t.state is TrialState.COMPLETE for t in dead) <= 2
    assert max(t.step for t in dead if t.state is TrialState.PRUNED) <= 9
