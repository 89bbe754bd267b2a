from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.ranking import Front, best_trials, leaderboard
from jupyter_hpo.study.trial import Trial, TrialState

UP, DOWN = Objective("acc", "maximize"), Objective("size", "minimize")


def trial(number, state, *values):
    return Trial(number, {}, TrialState[state], values or None)


def test_one_objective_has_one_best_and_the_earliest_of_equals():
    trials = [trial(0, "COMPLETE", 0.5), trial(1, "COMPLETE", 0.9), trial(2, "COMPLETE", 0.9)]
    assert [t.number for t in best_trials([UP], trials)] == [1]


def test_only_complete_trials_can_be_best():
    assert best_trials([UP], [trial(0, "PRUNED", 0.9), trial(1, "FAIL")]) == []


def test_several_objectives_have_a_front():
    trials = [
        trial(0, "COMPLETE", 0.9, 100),
        trial(1, "COMPLETE", 0.8, 10),
        trial(2, "COMPLETE", 0.7, 50),
    ]
    assert [t.number for t in best_trials([UP, DOWN], trials)] == [0, 1]


def test_leaderboard_puts_complete_before_pruned_before_running_before_failed():
    trials = [
        trial(0, "FAIL"),
        trial(1, "RUNNING"),
        trial(2, "PRUNED", 0.99),
        trial(3, "COMPLETE", 0.1),
        trial(4, "COMPLETE", 0.5),
    ]
    assert [t.number for t in leaderboard([UP], trials)] == [4, 3, 2, 1, 0]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=25),
    st.integers(1, 2),
    st.randoms(use_true_random=False),
)
def test_the_front_kept_is_the_front_found(values, n_objectives, random):
    objectives = [Objective("a", "minimize"), Objective("b", "maximize")][:n_objectives]
    trials = [
        Trial(n, {}, TrialState.COMPLETE, tuple(map(float, pair[:n_objectives])))
        for n, pair in enumerate(values)
    ]
    random.shuffle(trials)  # they finish in any order
    front = Front(objectives)
    seen = []
    for trial in trials:
        before = {t.number for t in front.trials}
        beaten = front.take(trial)
        seen.append(trial)
        wanted = [t.number for t in best_trials(objectives, seen)]
        assert [t.number for t in front.trials] == sorted(wanted)
        assert set(beaten) == before - set(wanted)
        assert (trial.number in front) == (trial.number in wanted)


def test_only_complete_trials_of_the_present_space_are_in_the_front():
    front = Front([Objective("a", "minimize")])
    front.take(Trial(0, {}, TrialState.PRUNED, (0.0,)))
    front.take(Trial(1, {}, TrialState.COMPLETE, (0.0,), outside=True))
    assert front.trials == []
