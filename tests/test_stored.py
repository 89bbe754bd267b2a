"""A study read from disk: what it shows, and what it answers."""

import pytest

from jupyter_hpo import load_study
from jupyter_hpo.errors import StorageError, StudyError
from jupyter_hpo.space import Categorical, Float, SearchSpace
from jupyter_hpo.storage import StudyFolder
from jupyter_hpo.storage.journal import JournalStorage
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Report, Trial, TrialError, TrialState
from jupyter_hpo.widgets import assets
from jupyter_hpo.widgets.protocol import Command

SPACE = SearchSpace({"lr": Float(1e-5, 1e-1, log=True), "act": Categorical(("relu", "tanh"))})


@pytest.fixture
def root(tmp_path):
    """A folder with a study of three trials, the last of which still ran."""
    folder = StudyFolder("digits", tmp_path)
    folder.open()
    storage = JournalStorage(folder.journal, "digits", SPACE, (Objective("acc", "maximize"),))
    storage.describe({"sampler": "TPE", "pruner": "ASHA", "device": "GPU 0"})
    for number, value in enumerate((0.5, 0.75, None)):
        params = {"lr": 10.0 ** -(number + 2), "act": "relu"}
        trial = Trial(number, params, TrialState.RUNNING, started_at=1000.0 + number)
        storage.save(trial)
        if value is not None:
            trial.reports.append(Report(1, (value,), 0))
            storage.save_report(trial)
            trial.state, trial.values = TrialState.COMPLETE, (value,)
            trial.finished_at = 1010.0 + number
            storage.save(trial)
    storage.close()
    folder.close()
    return tmp_path


def test_it_shows_what_stands_on_disk(root):
    update = load_study("digits", root).presenter.changes(0)
    header = update.header
    assert (header.state, header.n_complete, header.best.values) == ("finished", 2, [0.75])
    assert (header.sampler, header.pruner, header.device) == ("TPE", "ASHA", "GPU 0")
    assert header.elapsed_s == 11.0
    assert header.notices == ["When this study was read one trial was not finished."]
    assert [(p.name, p.kind, p.log, p.choices) for p in header.params] == [
        ("lr", "float", True, None),
        ("act", "categorical", False, ["relu", "tanh"]),
    ]
    assert [(r.number, r.values) for r in update.rows] == [(0, [0.5]), (1, [0.75])]
    assert [(p.number, p.value) for p in update.points] == [(0, 0.5), (1, 0.75)]


def test_what_failed_is_shown_though_a_study_that_goes_on_would_not_count_it(tmp_path):
    folder = StudyFolder("broken", tmp_path)
    folder.open()
    storage = JournalStorage(folder.journal, "broken", SPACE, (Objective("acc", "maximize"),))
    for number in range(3):
        error = TrialError("ValueError", "boom", 3)
        storage.save(Trial(number, {"lr": 1e-3, "act": "relu"}, TrialState.FAIL, error=error))
    storage.close()
    folder.close()
    header = load_study("broken", tmp_path).presenter.changes(0).header
    assert (header.n_failed, header.n_complete, header.n_outside) == (3, 0, 0)


def test_it_is_displayed_as_a_result(root):
    bundle = load_study("digits", root)._repr_mimebundle_()
    assert "0.7500" in bundle["text/html"]
    assert "digits" in bundle["text/plain"]


def test_its_dashboard_is_a_widget_that_answers(root, monkeypatch):
    monkeypatch.setattr(assets, "load", lambda name: "export default {}")
    study = load_study("digits", root)
    dashboard = study.dashboard()
    assert dashboard.handle(Command("1", "s", "detail", 1)).data["params"]["act"] == "relu"
    assert "no trial 7" in dashboard.handle(Command("2", "s", "detail", 7)).message
    refused = dashboard.handle(Command("3", "s", "stop"))
    assert not refused.ok
    assert "run its cell" in refused.message
    dashboard.close()


def test_a_name_that_is_not_there_is_answered_with_those_that_are(root):
    with pytest.raises(StudyError, match="found: digits"):
        load_study("digit", root)


def test_what_only_a_running_study_can_do_is_refused_with_a_sentence(root):
    study = load_study("digits", root)
    for ask in (lambda: study.resume(3), lambda: study.enqueue(lr=0.1), lambda: study.stop()):
        with pytest.raises(StudyError, match="run its cell to go on"):
            ask()
    assert not hasattr(study, "no_such_thing")


@pytest.mark.parametrize(
    "begin", [b"null\n", b"[1,2]\n", b'{"op_code": 0, "worker_id"\n', b"\x00\xff"]
)
def test_a_damaged_file_is_said_to_be_one(root, begin):
    journal = StudyFolder("digits", root).journal
    journal.write_bytes(begin + journal.read_bytes())
    with pytest.raises(StorageError, match="can't be read as a study"):
        load_study("digits", root)
    journal.unlink()
    journal.mkdir()
    with pytest.raises(StorageError, match="can't be read as a study"):
        load_study("digits", root)


def test_the_best_lies_in_the_space_as_it_was_changed(root):
    folder = StudyFolder("digits", root)
    storage = JournalStorage(folder.journal, "digits", SPACE, (Objective("acc", "maximize"),))
    first, best, _ = storage.load()
    best.outside = True
    storage.save(best)
    storage.close()
    study = load_study("digits", root)
    assert study.best_trial.number == first.number
    assert [t.number for t in study.leaderboard()][:2] == [0, 1]
    assert study.presenter.changes(0).header.best.number == 0
    storage = JournalStorage(folder.journal, "digits", SPACE, (Objective("acc", "maximize"),))
    first = storage.load()[0]
    first.outside = True
    storage.save(first)
    storage.close()
    with pytest.raises(StudyError, match="2 lie outside"):
        print(load_study("digits", root).best_params)
