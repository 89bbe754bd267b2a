"""What TPE is shown of a long study: everything up to the bound, then a bounded part."""

from __future__ import annotations

import optuna
import pytest
from optuna.samplers import TPESampler
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from jupyter_hpo.search.convert import quiet
from jupyter_hpo.search.learning import BOUND, SLACK, LearningStorage, best_first, thin

MINIMIZE = [StudyDirection.MINIMIZE]
FLOAT = optuna.distributions.FloatDistribution(-5, 5)


def loss(trial):
    x, y = trial.suggest_float("x", -5, 5), trial.suggest_int("y", 1, 64, log=True)
    kind = trial.suggest_categorical("kind", ["a", "b"])
    return (x - 1) ** 2 + abs(y - 8) / 8 + (kind == "a")


def study_with(storage, seed=0):
    with quiet():
        return optuna.create_study(
            storage=storage, sampler=TPESampler(seed=seed, multivariate=True)
        )


def run(study, n_trials):
    with quiet():
        study.optimize(loss, n_trials=n_trials)
    return [t.params for t in study.trials]


def made(number, value=None, state=TrialState.COMPLETE, reports=None):
    trial = create_trial(state=state, value=value, intermediate_values=reports)
    trial.number = number
    return trial


def test_up_to_the_bound_suggestions_are_optunas_own():
    storage = LearningStorage(bound=50)
    assert run(study_with(storage), 55) == run(study_with(None), 55)
    assert len(storage.get_all_trials(0, deepcopy=False)) == 55


def test_past_the_bound_a_sampler_is_shown_no_more_and_nothing_is_forgotten():
    storage = LearningStorage(bound=50)
    study = study_with(storage)
    for number in range(400):
        value = float((number * 37) % 400)
        study.add_trial(create_trial(value=value, params={"x": 0.0}, distributions={"x": FLOAT}))
        assert len(storage.get_all_trials(0, deepcopy=False)) <= 50 * SLACK
    assert len(study.trials) == 400
    assert study.best_value == 0
    shown = storage.get_all_trials(0, deepcopy=False)
    assert [t.number for t in shown] == sorted(t.number for t in shown)
    assert {t.value for t in shown} >= {0, 1, 2, 3, 4}


def test_trials_that_run_are_always_shown():
    storage = LearningStorage(bound=20)
    study = study_with(storage)
    running = study.ask()
    run(study, 60)
    shown = storage.get_all_trials(0, deepcopy=False, states=(TrialState.RUNNING,))
    assert [t.number for t in shown] == [running.number]


def test_failed_trials_take_no_room():
    storage = LearningStorage(bound=20)
    study = study_with(storage)
    for _ in range(100):
        study.tell(study.ask(), state=TrialState.FAIL)
    run(study, 10)
    assert len(storage.get_all_trials(0, deepcopy=False, states=(TrialState.COMPLETE,))) == 10


def test_tpe_takes_the_same_trials_for_good_ones_from_the_part_as_from_the_whole():
    values = [float((n * 7919) % 2003) for n in range(2000)]
    trials = [made(n, value) for n, value in enumerate(values)]
    kept = set(thin(trials, trials, MINIMIZE, BOUND))
    assert len(kept) == BOUND
    assert set(best_first(trials, MINIMIZE)[:25]) <= kept


@pytest.mark.parametrize("direction", [StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE])
def test_the_best_are_complete_then_pruned_then_infeasible(direction):
    sign = 1 if direction == StudyDirection.MINIMIZE else -1
    infeasible = made(4, sign * 0.0)
    infeasible.set_constraint("memory", 1.0)
    trials = [
        made(0, sign * 2.0),
        made(1, sign * 1.0),
        made(2, state=TrialState.PRUNED, reports={1: sign * 0.1}),
        made(3, state=TrialState.PRUNED, reports={1: sign * 9.0, 2: sign * 0.5}),
        infeasible,
        made(5, state=TrialState.PRUNED, reports={2: float("nan")}),
        made(6, state=TrialState.PRUNED),
    ]
    assert best_first(trials, [direction]) == [1, 0, 3, 5, 2, 6, 4]


def test_with_several_objectives_those_that_few_beat_are_the_best():
    values = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (2.0, 2.0)]
    trials = [create_trial(values=list(pair)) for pair in values]
    for number, trial in enumerate(trials):
        trial.number = number
    assert best_first(trials, MINIMIZE * 2) == [2, 1, 0, 3]
