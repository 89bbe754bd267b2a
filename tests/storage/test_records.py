"""Lines written many at once are the lines that Optuna writes."""

from __future__ import annotations

import json
import threading

import optuna
import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState as OptunaState
from optuna.trial import create_trial

from jupyter_hpo.space import Categorical, Float, SearchSpace
from jupyter_hpo.storage.journal import JournalStorage, open_journal
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Report, Trial, TrialState

SPACE = SearchSpace({"lr": Float(1e-5, 1e-1, log=True), "opt": Categorical(("adam", None, 2))})
LOSS = (Objective("loss", "minimize"),)
PARAMS = {"lr": 1e-3, "opt": None}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.log"


def finished(number, loss=0.25):
    """A trial's saves: made, started, reported, ended."""

    def save(storage):
        trial = Trial(number, dict(PARAMS), started_at=1000.0)
        storage.save(trial)
        trial.reports.append(Report(1, (0.5,), 0))
        storage.save_report(trial)
        trial.state, trial.values = TrialState.COMPLETE, (loss,)
        storage.save(trial)

    return save


def test_what_is_written_is_what_optuna_would_have_written(path, tmp_path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    finished(0, float("inf"))(storage)
    storage.close()
    own = tmp_path / "optunas.log"
    journal = open_journal(own)
    study = journal.create_new_study([StudyDirection.MINIMIZE], "s")
    template = create_trial(
        state=OptunaState.RUNNING,
        params=PARAMS,
        distributions=storage._distributions,
        user_attrs={"jupyter_hpo:started_at": 1000.0},
    )
    trial_id = journal.create_new_trial(study, template)
    journal.set_trial_intermediate_value(trial_id, 1, 0.5)
    journal.set_trial_state_values(trial_id, OptunaState.COMPLETE, [float("inf")])

    def lines(file):
        changing = ("worker_id", "datetime_start", "datetime_complete")
        read = [json.loads(line) for line in file.read_text().splitlines()]
        return [({k: v for k, v in r.items() if k not in changing}, set(r)) for r in read]

    assert lines(path) == lines(own)


def test_what_comes_together_is_written_together(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    writes, entered, go_on = [], threading.Event(), threading.Event()
    append = storage._writer.append

    def slow_disk(records):
        records = list(records)
        writes.append(len(records))
        entered.set()
        assert go_on.wait(10)
        return append(records)

    storage._writer.append = slow_disk
    storage.describe({"seed": 1})
    assert entered.wait(10)  # what follows comes while the disk is busy
    for number in range(50):
        finished(number)(storage)
    go_on.set()
    storage.close()
    assert storage.problem() is None
    assert len(writes) <= 3  # the first, trial 0 (whose id is asked for), all others
    study = optuna.load_study(study_name="s", storage=open_journal(path))
    assert [t.state.name for t in study.trials] == ["COMPLETE"] * 50


def test_a_trial_added_by_somebody_else_stops_the_writing(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    finished(0)(storage)
    storage.close()
    other = JournalStorage(path, "s", SPACE, LOSS)
    other.load()
    optuna.load_study(study_name="s", storage=open_journal(path)).ask()
    finished(1)(other)
    other.close()
    assert "somebody else has added a trial" in other.problem()


def test_a_file_that_was_cut_is_not_written_on(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    path.write_text("")
    finished(0)(storage)
    storage.close()
    assert "cut or replaced" in storage.problem()
    assert path.read_text() == ""


def test_what_others_note_about_a_study_does_not_stop_the_writing(path):
    storage = JournalStorage(path, "s", SPACE, LOSS)
    study = optuna.load_study(study_name="s", storage=open_journal(path))
    study.set_user_attr("note", "by a tool")
    finished(0)(storage)
    storage.close()
    assert storage.problem() is None
    assert len(JournalStorage(path, "s", SPACE, LOSS).load()) == 1
