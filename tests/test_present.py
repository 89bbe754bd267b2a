"""What the header says of a study: its state, its names, and the time left."""

import threading
from types import SimpleNamespace

import pytest

from jupyter_hpo import present
from jupyter_hpo.present import Presenter
from jupyter_hpo.space import Float, SearchSpace
from jupyter_hpo.study import messages as m
from jupyter_hpo.study import trial_events as ev
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState

BEGAN = 1000.0


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(at=BEGAN)
    monkeypatch.setattr(present, "time", SimpleNamespace(time=lambda: now.at))
    return now


@pytest.fixture
def study():
    config = StudyConfig(
        name="digits",
        objectives=(Objective("acc", "maximize"),),
        budget=Budget(n_trials=11),
        slots=2,
    )
    return Study(config)


@pytest.fixture
def header(study, clock):
    engine = SimpleNamespace(study=study, lock=threading.Lock(), storage_problem=lambda: None)
    space = SearchSpace({"lr": Float(0.0, 1.0)})
    presenter = Presenter(engine, space, facts=[], notices=[], sampler="tpe", jobs=2)
    return lambda: presenter.changes(0).header


def suggest(study, number, now):
    study.handle(m.Suggested(number, {"lr": 0.5}), now)


def run(study, number, began, ended):
    """The trial from its start to its end, as the engine would tell of it."""
    study.handle(ev.Started(number, pid=1, at=began), began)
    study.handle(ev.Finished(number, values=(0.5,), figures={}), ended)
    study.handle(ev.Ended(number), ended)


def test_it_is_starting_until_a_trial_has_begun(study, header, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    assert header().state == "starting"
    study.handle(ev.Started(0, pid=1, at=BEGAN + 2), BEGAN + 2)
    assert header().state == "running"


def test_names_are_written_for_people(header):
    found = header()
    assert (found.sampler, found.pruner, found.device) == ("TPE", "no pruner", "CPU")


def test_time_left_is_a_guess_after_three_trials_by_the_pace_of_all_jobs(study, header, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    run(study, 0, BEGAN + 5, BEGAN + 60)  # alone, and to its end
    for number in (1, 2):
        suggest(study, number, BEGAN + 60)
    clock.at = BEGAN + 64
    assert header().left_s is None
    run(study, 1, BEGAN + 60, BEGAN + 64)
    run(study, 2, BEGAN + 60, BEGAN + 64)
    # Two trials in four seconds on two jobs: the eight that are left take sixteen.
    assert header().left_s == pytest.approx(16.0)


def test_no_time_is_left_to_guess_while_the_study_is_paused(study, header, clock):
    study.handle(m.Begin(), BEGAN)
    for number in range(3):
        suggest(study, number, BEGAN)
        run(study, number, BEGAN, BEGAN + 1)
    clock.at = BEGAN + 2
    assert header().left_s is not None
    study.handle(m.PauseRequested(), BEGAN + 2)
    assert header().left_s is None


def test_rows_tell_when_they_finished(study, header, clock):
    study.handle(m.Begin(), BEGAN)
    suggest(study, 0, BEGAN)
    run(study, 0, BEGAN + 5, BEGAN + 60)
    assert present._row(study.trials[0], BEGAN, 0.0).finished_s == 60.0
    assert present._row(study.trials[0], BEGAN + 100, 0.0).finished_s == -40.0


@pytest.mark.parametrize(
    ("kind", "message", "sentence"),
    [
        ("ValueError", "no", "ValueError: no"),
        ("KeyboardInterrupt", "", "KeyboardInterrupt"),
        ("ValueError", "ValueError: no", "ValueError: no"),
        ("died", "its process was killed", "its process was killed"),
    ],
)
def test_an_error_says_its_class(kind, message, sentence):
    trial = Trial(0, {}, TrialState.FAIL, error=TrialError(kind, message, 3))
    assert present._row(trial, BEGAN, 0.0).error == sentence
