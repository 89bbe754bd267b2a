"""ASHA: tables of named cases, and properties over any order of reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.study.schedulers import Asha, Verdict


def asha(**options):
    return Asha(**options)


def test_rungs_stand_at_powers_of_eta():
    scheduler = Asha(eta=3, first_step=1)
    assert [scheduler.rung_step(i) for i in range(4)] == [1, 3, 9, 27]


def test_the_best_of_three_goes_on_and_the_others_wait():
    scheduler = asha()
    assert scheduler.on_report(0, 1, 0.5) is Verdict.PAUSE
    assert scheduler.on_report(1, 1, 0.6) is Verdict.PAUSE
    assert scheduler.promote() is None, "one of two is less than one in three"
    assert scheduler.on_report(2, 1, 0.4) is Verdict.CONTINUE
    assert scheduler.paused == {0, 1}


def test_a_paused_trial_is_promoted_once_enough_worse_ones_came():
    scheduler = asha()
    for number, loss in enumerate([0.1, 0.2, 0.3]):
        scheduler.on_report(number, 1, loss)
    assert scheduler.promote() == 0
    assert scheduler.promote() is None
    assert scheduler.on_report(0, 2, 0.1) is Verdict.CONTINUE, "between rungs nothing is decided"
    assert scheduler.on_report(0, 3, 0.1) is Verdict.PAUSE


def test_a_higher_rung_is_promoted_first():
    scheduler = asha()
    for number in range(9):
        scheduler.on_report(number, 3, number / 10)
        while scheduler.promote() is not None:
            pass
    scheduler.on_report(20, 1, -1.0)
    assert scheduler.on_report(21, 1, -2.0) is Verdict.CONTINUE


def test_a_protected_trial_is_never_paused():
    scheduler = Asha()
    scheduler.protect(0)
    assert [scheduler.on_report(0, step, 9.9) for step in (1, 3, 9)] == [Verdict.CONTINUE] * 3


def test_one_report_may_cross_several_rungs():
    scheduler = asha()
    assert scheduler.on_report(0, 10, 0.5) is Verdict.PAUSE
    assert scheduler.rung_steps == (1, 3, 9)


def test_a_trial_at_the_last_step_of_a_full_training_is_never_paused():
    scheduler = Asha()
    scheduler.protect(0)
    for step in range(1, 10):
        scheduler.on_report(0, step, 0.1)
    scheduler.on_end(0, complete=True)
    assert scheduler.on_report(1, 3, 0.9) is Verdict.PAUSE
    assert scheduler.on_report(2, 9, 0.9) is Verdict.CONTINUE


def test_a_leader_goes_on_from_a_rung_that_is_not_full():
    scheduler = Asha()
    scheduler.protect(0)
    for step in range(1, 10):
        scheduler.on_report(0, step, 1.0 / step)
    scheduler.on_end(0, complete=True)
    assert scheduler.on_report(1, 1, 0.9) is Verdict.CONTINUE, "ahead of a full training"
    assert scheduler.on_report(2, 1, 0.95) is Verdict.PAUSE, "one of three goes on, and has"
    assert scheduler.on_report(1, 2, 0.3) is Verdict.CONTINUE
    assert scheduler.on_report(1, 3, 0.3) is Verdict.CONTINUE


def test_the_worst_of_the_pool_are_evicted():
    scheduler = asha(pool=2)
    for number, loss in enumerate([0.9, 0.8, 0.7, 0.95]):
        scheduler.on_report(number, 1, loss)
    worst = scheduler.evict()
    assert worst[0] == 3
    for number in worst:
        scheduler.on_end(number)
    assert len(scheduler.paused) <= 2
    assert scheduler.evict() == []


def test_why_pruned_names_the_place_and_the_step():
    scheduler = asha()
    for number, loss in enumerate([0.1, 0.2, 0.3]):
        scheduler.on_report(number, 1, loss)
    assert scheduler.why_pruned(2) == (
        "ranked 3 of 3 trials at step 1, behind trials 0 and 1; one in 3 goes on"
    )
    for number in (3, 4):
        scheduler.on_report(number, 1, 0.0)
    said = "ranked 5 of 5 trials at step 1, behind trials 3, 4, 0 and 1 more; one in 3 goes on"
    assert scheduler.why_pruned(2) == said


def test_equals_at_the_first_rung_all_go_on_and_are_compared_at_the_next():
    scheduler = asha()
    assert [scheduler.on_report(n, 1, 0.5) for n in range(3)][2] is Verdict.CONTINUE
    assert {scheduler.promote(), scheduler.promote()} == {0, 1}
    assert scheduler.on_report(3, 1, 0.5) is Verdict.CONTINUE
    assert scheduler.on_report(4, 1, 0.6) is Verdict.PAUSE, "worse than all these"


def test_of_equals_higher_up_one_in_three_goes_on_and_those_first_that_still_can():
    scheduler = asha()
    for number in range(5):
        scheduler.on_report(number, 3, 0.5)
    assert scheduler.promote() == 0
    assert scheduler.promote() is None, "one of five"
    for number in (1, 2):
        scheduler.on_end(number)
    assert scheduler.on_report(5, 3, 0.5) is Verdict.PAUSE
    assert scheduler.promote() == 3, "and not one of those that have ended"
    assert scheduler.promote() is None


def test_why_pruned_counts_equals_as_equals():
    scheduler = asha()
    for number in range(7):
        scheduler.on_report(number, 3, 0.2 if number < 2 else 0.5)
    assert scheduler.why_pruned(5) == (
        "ranked 3 of 7 trials at step 3, behind trials 0 and 1, as good as 4 others; "
        "one in 3 goes on"
    )


def test_trials_left_out_are_compared_with_nobody():
    scheduler = asha()
    for number in range(9):
        scheduler.on_report(number, 1, 0.1 + number / 100)
    scheduler.leave_out(set(range(9)))
    assert scheduler.on_report(8, 3, 9.9) is Verdict.CONTINUE, "it goes on to its end"
    assert scheduler.on_report(10, 1, 0.8) is Verdict.PAUSE
    assert scheduler.on_report(11, 1, 0.9) is Verdict.PAUSE
    assert scheduler.on_report(12, 1, 0.7) is Verdict.CONTINUE, "the best of the three"
    assert scheduler.why_pruned(11) == (
        "ranked 3 of 3 trials at step 1, behind trials 12 and 10; one in 3 goes on"
    )
    scheduler.leave_out(set())
    assert scheduler.why_pruned(11).startswith("ranked 12 of 12 trials at step 1, behind trials 0")


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.1, 0.2, 0.3])), max_size=120),
    st.integers(2, 4),
)
def test_above_the_first_rung_equals_take_no_more_places_than_there_are(reports, eta):
    """A trial that goes on had less than one in eta before it, those that went on included."""
    scheduler = asha(eta=eta)
    reported: dict[int, float] = {}
    went_on: set[int] = set()
    for number, loss in reports:
        if number in reported:
            continue
        reported[number] = loss
        on = {number} if scheduler.on_report(number, eta, loss) is Verdict.CONTINUE else set()
        on |= {promoted} if (promoted := scheduler.promote()) is not None else set()
        went_on |= on
        for one in on:
            better = [n for n in reported if reported[n] < reported[one]]
            equals = [n for n in went_on if reported[n] == reported[one]]
            assert len(better) + len(equals) <= len(reported) // eta
        for evicted in scheduler.evict(2):
            scheduler.on_end(evicted)


@given(
    st.lists(st.tuples(st.integers(0, 15), st.floats(-1e3, 1e3)), max_size=80),
    st.integers(2, 4),
    st.integers(1, 5),
)
def test_invariants_hold_for_any_reports(reports, eta, pool):
    scheduler = asha(eta=eta, pool=pool)
    steps: dict[int, int] = {}
    waiting: set[int] = set()
    gone: set[int] = set()
    for number, loss in reports:
        if number in waiting or number in gone:
            continue
        steps[number] = steps.get(number, 0) + 1
        if scheduler.on_report(number, steps[number], loss) is Verdict.PAUSE:
            waiting.add(number)
        assert scheduler.paused == waiting
        for evicted in scheduler.evict():
            scheduler.on_end(evicted)
            waiting.remove(evicted)
            gone.add(evicted)
        assert len(waiting) <= pool
        promoted = scheduler.promote()
        if promoted is not None:
            assert promoted in waiting
            waiting.remove(promoted)


def test_same_reports_same_verdicts():
    def run():
        scheduler = asha()
        return [scheduler.on_report(n, 1, (n * 7 % 5) / 5) for n in range(20)]

    assert run() == run()


@pytest.mark.parametrize("number", [0, 7])
def test_ending_an_unknown_trial_is_harmless(number):
    asha().on_end(number)


def test_in_a_long_training_the_first_rung_stands_at_a_ninth_of_it():
    scheduler = Asha(pool=3)
    scheduler.protect(0)
    for step in range(1, 271):
        assert scheduler.on_report(0, step, 1.0 / step) is Verdict.CONTINUE
    scheduler.on_end(0, complete=True)
    assert scheduler.rung_steps == (30, 90, 270)
    assert {scheduler.on_report(1, step, 9.0) for step in range(1, 30)} == {Verdict.CONTINUE}
    assert scheduler.on_report(1, 30, 9.0) is Verdict.PAUSE
    assert scheduler.why_pruned(1) == (
        "ranked 2 of 2 trials at step 30, behind trial 0; one in 3 goes on"
    )


def test_who_was_paused_before_the_first_rung_moved_goes_on_to_it():
    scheduler = Asha(pool=3)
    assert scheduler.on_report(1, 1, 0.9) is Verdict.PAUSE
    assert [scheduler.on_report(2, step, 0.8) for step in (1, 40)] == [Verdict.PAUSE] * 2
    for step in range(1, 271):
        scheduler.on_report(0, step, 0.1)
    scheduler.on_end(0, complete=True)
    assert scheduler.paused == {1, 2}
    assert scheduler.promote() == 1, "it has come to no rung yet"
    assert scheduler.promote() is None, "and the other is the worse of two"
    assert scheduler.on_report(1, 30, 0.9) is Verdict.PAUSE
    assert scheduler.paused == {1, 2}


@pytest.mark.parametrize("steps", [27, 99])
def test_in_a_short_training_the_first_rung_stays_at_the_first_step(steps):
    scheduler = Asha()
    scheduler.full_training(steps)
    assert scheduler.rung_step(0) == 1
    assert Asha(first_step=2).rung_step(0) == 2
