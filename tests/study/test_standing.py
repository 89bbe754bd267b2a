"""Each two trials are compared by the last values that both have."""

from __future__ import annotations

import math

import pytest

from jupyter_hpo.study.insights import insights, rests
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.standing import compared, standings
from jupyter_hpo.study.trial import Report, Trial, TrialState

LOSS, SCORE = Objective("loss", "minimize"), Objective("acc", "maximize")


def trial(number: int, *values: float, state: TrialState = TrialState.PRUNED, rounds=()) -> Trial:
    """With a report for each value, the last of which is its own."""
    reports = [Report(step, (value,), 0) for step, value in enumerate(values, 1)]
    own = (values[-1],) if values else None
    return Trial(number, {}, state, values=own, reports=reports, rounds=[(r,) for r in rounds])


def complete(number: int, *values: float, **more) -> Trial:
    return trial(number, *values, state=TrialState.COMPLETE, **more)


def order(*trials: Trial, objective: Objective = LOSS) -> list[int]:
    of = standings(trials, objective).of
    return sorted(of, key=lambda number: -of[number])


def test_complete_ones_stand_as_their_values_do_and_ties_alike():
    given = [complete(n, value) for n, value in enumerate((0.4, 0.1, 0.4, 0.9))]
    assert standings(given, LOSS).of == {0: 0.5, 1: 1.0, 2: 0.5, 3: 0.0}
    assert order(*given, objective=SCORE)[0] == 3


def test_a_pruned_one_is_held_to_the_step_that_it_ended_at():
    """At step 1 trial 2 was better than the first, which ran on; it lost to the other."""
    ran = complete(0, 0.8, 0.2, 0.1)
    other = complete(1, 0.5, 0.3, 0.2)
    cut = trial(2, 0.6)
    found = standings([ran, other, cut], LOSS)
    assert found.of == {0: 0.5, 1: 0.5, 2: 0.5}
    assert (found.n, found.n_complete) == (3, 2)


def test_a_poor_one_that_ran_to_its_end_stands_below_what_was_cut_at_a_better_value():
    assert order(complete(0, 9.0, 8.0, 7.0), trial(1, 3.0, 2.0), trial(2, 4.0)) == [1, 2, 0]


def test_where_a_trial_reported_less_often_its_last_value_before_counts():
    seldom = Trial(0, {}, TrialState.COMPLETE, values=(0.1,), reports=[Report(2, (0.5,), 0)])
    assert standings([seldom, trial(1, 0.7, 0.6, 0.4)], LOSS).of == {0: 0.0, 1: 1.0}
    # And what it can't be compared with says nothing of it.
    assert standings([seldom, trial(1, 0.7)], LOSS).of == {}


def test_of_several_runs_the_means_of_as_many_are_compared():
    ended = trial(1, 0.9, 0.8, rounds=(0.3, 0.5))
    whole = complete(0, 0.9, 0.7, rounds=(0.2, 0.4, 5.0))
    assert order(ended, whole) == [0, 1]
    assert order(trial(2, 0.9, 0.6), ended, whole) == [2, 0, 1]


def test_what_failed_is_outside_or_no_number_is_left_out():
    outside = complete(3, 0.1)
    outside.outside = True
    given = [
        trial(0, 0.5, state=TrialState.FAIL), trial(1), complete(2, math.nan), outside,
        complete(4, 0.2), complete(5, math.inf),
    ]  # fmt: skip
    assert [t.number for t in compared(given)] == [2, 4, 5]
    assert standings(given, LOSS).of == {4: 1.0}
    assert standings([], LOSS).of == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([complete(0, 0.1)], "1 complete trial: too few to rely on"),
        ([complete(n, 0.1) for n in range(20)], "20 complete trials"),
        (
            [trial(0, 0.2), *(complete(n, 0.1) for n in range(1, 30))],
            "30 trials, 29 of them complete, each two compared at the last step that both have",
        ),
    ],
)
def test_on_what_it_rests_is_said(given, words):
    assert rests(standings(given, LOSS)) == words


def test_sentences_come_from_pruned_trials_too():
    given = [trial(n, n / 60) for n in range(19)]
    assert insights(given, None, standings(given, LOSS), {}, [])[0].startswith(
        "19 trials, 0 of them complete: too few"
    )
