"""`%hpo`: which study is meant, and what is refused with a sentence."""

from __future__ import annotations

import pytest

from jupyter_hpo import line_magic
from jupyter_hpo.errors import HpoError, StudyError
from jupyter_hpo.handle import studies
from jupyter_hpo.line_magic import run_line
from jupyter_hpo.storage import StudyFolder
from jupyter_hpo.storage.journal import JournalStorage
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

from .test_stored import SPACE


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the study `digits`, and a kernel that has run none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(line_magic, "_opened", None)
    monkeypatch.setattr(studies, "_handles", {})
    folder = StudyFolder("digits")
    folder.open()
    storage = JournalStorage(folder.journal, "digits", SPACE, (Objective("acc", "maximize"),))
    params = {"lr": 0.01, "act": "relu"}
    storage.save(Trial(0, params, TrialState.COMPLETE, values=(0.5,), finished_at=3.0))
    storage.close()
    folder.close()
    return tmp_path


def test_commands_that_read_are_about_the_study_that_was_opened(here):
    with pytest.raises(StudyError, match="no study has run"):
        run_line("best", {})
    namespace: dict[str, object] = {}
    assert run_line("open digits", namespace) is namespace["study"]
    assert run_line("best", namespace) == {"lr": 0.01, "act": "relu"}
    assert run_line("status", namespace) is namespace["study"]
    run_line("export report.html", namespace)
    assert (here / "report.html").exists()
    for command in ("apply", "stop", "resume 3", "enqueue lr=0.1"):
        with pytest.raises(StudyError, match="'digits' was read from disk: run its cell"):
            run_line(command, namespace)


class Running:
    """As much of a handle as the commands look at before they ask it for something."""

    name, best_params, state = "mine", {"lr": 1}, "running"

    def resume(self, n_trials=None):
        raise AssertionError("it was asked to go on")

    enqueue = set_budget = set_space = resume


def test_a_study_started_after_that_is_meant_instead(here, monkeypatch):
    run_line("open digits", {})
    monkeypatch.setitem(studies._handles, "mine", Running())
    assert run_line("best", {}) == {"lr": 1}
    run_line("open digits", {})
    assert run_line("best", {}) == {"lr": 0.01, "act": "relu"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("resume \u00b2", "a number of trials, not '\u00b2'"),
        ("resume 1 2", "a number of trials, not '1 2'"),
        ("best extra", "%hpo best takes nothing more, and not 'extra'"),
        ("list all", "takes nothing more"),
        ("enqueue lr=1e-5 lr=1e-4", "lr is given twice"),
        ("enqueue lr=", "lr= lacks its value"),
        ("budget jobs=100000000000", "at most 1000 trials run side by side"),
        ("budget timeout=99999999999999999999d", "longer than ten years"),
    ],
)
def test_what_makes_no_sense_is_not_passed_over(here, monkeypatch, line, words):
    monkeypatch.setitem(studies._handles, "mine", Running())
    with pytest.raises(HpoError) as error:
        run_line(line, {})
    assert words in str(error.value)
