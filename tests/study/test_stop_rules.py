"""The rules that end trials without ever pausing one, and Hyperband's brackets: named cases."""

from __future__ import annotations

import pytest

from jupyter_hpo.study.schedulers import (
    Hyperband,
    MedianRule,
    Patience,
    SuccessiveHalving,
    Threshold,
    Verdict,
)

ON, STOP = Verdict.CONTINUE, Verdict.STOP


def run(scheduler, number, losses, *, complete=True):
    """Verdicts on a trial's reports, up to the first STOP."""
    said = []
    for step, loss in enumerate(losses, 1):
        said.append(scheduler.on_report(number, step, loss))
        if said[-1] is STOP:
            break
    scheduler.on_end(number, complete=complete and said[-1] is not STOP)
    return said


def test_median_compares_the_best_so_far_with_the_mean_courses_of_complete_trials():
    rule = MedianRule(least=3)
    for number, start in enumerate([0.8, 0.6, 0.4]):
        assert run(rule, number, [start, start - 0.2]) == [ON, ON], "too few to compare with"
    # Up to step 1 the means are .8 .6 .4, up to step 2 .7 .5 .3: the medians are .6 and .5.
    assert run(rule, 3, [0.6, 0.6], complete=False) == [ON, STOP]
    assert rule.why_pruned(3) == (
        "its best value by step 2 is worse than the median of the 3 complete trials"
    )
    assert run(rule, 4, [0.5, 0.9], complete=False) == [ON, ON], "its best counts, not its last"
    assert run(rule, 5, [0.61], complete=False) == [STOP]


def test_median_leaves_trials_out_that_no_longer_count():
    rule = MedianRule(least=1)
    run(rule, 0, [0.1])
    run(rule, 1, [0.9])
    rule.leave_out({0})
    assert run(rule, 2, [0.8], complete=False) == [ON]
    rule.leave_out(set())
    assert run(rule, 3, [0.8], complete=False) == [STOP]


@pytest.mark.parametrize(
    ("losses", "ended_at"),
    [
        ([5, 4, 3, 2, 1, 0], None),
        ([5, 4, 4, 4, 4, 4], 5),  # an equal value is no improvement
        ([5, 6, 7, 1, 8, 9, 9], 7),
        ([5, 6, 4, 5, 5, 3, 5, 5], None),
    ],
)
def test_patience_counts_the_steps_since_the_trials_own_best(losses, ended_at):
    rule = Patience(3)
    said = run(rule, 1, losses)
    assert (len(said) if said[-1] is STOP else None) == ended_at
    if ended_at:
        best_at = losses.index(min(losses[:ended_at])) + 1
        assert rule.why_pruned(1) == f"no better value since step {best_at}, for 3 steps"


def test_patience_counts_steps_and_not_reports():
    rule = Patience(10)
    assert rule.on_report(1, 5, 0.5) is ON
    assert rule.on_report(1, 10, 0.6) is ON
    assert rule.on_report(1, 15, 0.6) is STOP


def test_a_threshold_is_given_as_the_person_sees_values():
    rule = Threshold(0.9, maximize=True, first_step=1)
    assert rule.on_report(1, 1, -0.9) is ON
    assert rule.on_report(1, 2, -0.89) is STOP
    assert rule.why_pruned(1) == "0.89 at step 2 is worse than the threshold 0.9"
    rule = Threshold(2.5, first_step=1)
    assert rule.on_report(1, 1, 2.5) is ON
    assert rule.on_report(1, 2, 2.6) is STOP


def test_a_threshold_lets_trainings_begin():
    """Ten epochs, of which no first one is good."""
    rule = Threshold(0.5, maximize=True)
    rule.protect(0)
    good = [-0.1, -0.2, -0.4, *[-0.9] * 7]
    assert rule.on_report(1, 1, -0.1) is ON
    assert run(rule, 0, good) == [ON] * 10
    assert run(rule, 1, good) == [ON] * 10
    assert run(rule, 2, [-0.1] * 10) == [ON, ON, ON, STOP]
    assert rule.why_pruned(2) == "0.1 at step 4 is worse than the threshold 0.5"
    rule = Threshold(0.5, maximize=True, first_step=6)
    assert run(rule, 1, [-0.1] * 10) == [ON] * 5 + [STOP]


def learnt(steps, **options):
    scheduler = Hyperband(**options)
    scheduler.protect(0)
    run(scheduler, 0, [0.5] * steps)
    return scheduler


@pytest.mark.parametrize(
    ("steps", "shares"),
    [
        (27, [27, 12, 6, 4]),  # Li et al. 2018, table 1 for R = 27, eta = 3
        (81, [81, 34, 15, 8, 5]),  # the table itself
        (9, [9, 5, 3]),
        (1, [1]),
    ],
)
def test_brackets_get_trials_as_in_the_papers_table(steps, shares):
    scheduler = learnt(steps)
    last = scheduler.last_bracket
    assert [scheduler.share(k) for k in range(last + 1)] == shares


def test_trials_come_to_the_brackets_in_that_proportion_from_the_first_ones_on():
    scheduler = learnt(9, pausing=False)
    ends = []
    for number in range(1, 2 * (9 + 5 + 3)):
        said = run(scheduler, number, [9.0 + number] * 9)  # each worse than those before
        ends.append(len(said))
    assert ends.count(9) == pytest.approx(2 * 3, abs=2), "the last bracket has no rungs"
    assert ends.count(1) > ends.count(3) > 0
    assert {1, 3, 9} == set(ends[:17]), "each bracket has some early"
    assert scheduler.rung_steps == (1, 3, 9)


def test_a_trial_is_compared_within_its_bracket_only():
    scheduler = learnt(9)
    brackets = {}
    for number in range(1, 18):
        scheduler.on_report(number, 1, number / 100)
        brackets.setdefault(id(scheduler._race_of[number]), []).append(number)
    paused_at_1 = scheduler.paused
    assert len(brackets) == 3
    assert 0 < len(paused_at_1) < 17
    why = scheduler.why_pruned(max(paused_at_1))
    assert why.endswith("goes on (in the bracket that begins at step 1)")


@pytest.mark.parametrize("make", [Hyperband, SuccessiveHalving])
def test_a_long_training_moves_the_first_rung(make):
    scheduler = make(pausing=False)
    scheduler.protect(0)
    run(scheduler, 0, [0.5] * 300)
    for number in range(1, 12):
        run(scheduler, number, [9.0 + number] * 300)
    assert scheduler.rung_steps[0] == 300 // 9
    if make is Hyperband:
        assert scheduler.last_bracket == 2
