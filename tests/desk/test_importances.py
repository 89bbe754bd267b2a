"""Importances are answered at once, computed beside, and told when there can be none."""

import math
import threading
from types import SimpleNamespace

import pytest

from jupyter_hpo.desk import importances as module
from jupyter_hpo.desk.importances import importances
from jupyter_hpo.search import findings
from jupyter_hpo.space import Float, SearchSpace
from jupyter_hpo.study.config import StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialState
from jupyter_hpo.widgets.protocol import Command


class Handle:
    def __init__(self, values):
        earlier = [
            Trial(n, {"lr": n / 100, "drop": 0.5}, TrialState.COMPLETE, values=(value,))
            for n, value in enumerate(values)
        ]
        config = StudyConfig(name="s", objectives=(Objective("acc", "maximize"),))
        space = SearchSpace({"lr": Float(0.0, 1.0), "drop": Float(0.0, 1.0)})
        engine = SimpleNamespace(study=Study(config, earlier=earlier), lock=threading.Lock())
        self.session = SimpleNamespace(
            engine=engine, study=engine.study, cell=SimpleNamespace(space=space)
        )

    def ask(self):
        return importances(self, Command("id", "s", "importances")).data

    def settled(self):
        """The answer once nothing is on its way."""
        found = self.ask()
        while found.busy:
            join()
            found = self.ask()
        return found


def join():
    for thread in threading.enumerate():
        if thread.name == "jupyter_hpo-importances":
            thread.join()


def test_trials_outside_the_space_count_for_nothing():
    handle = Handle([n / 100 for n in range(40)])
    trials = list(handle.session.study.trials.values())
    for trial in trials[10:]:
        trial.outside = True
    assert handle.settled().n == 10
    for trial in trials[1:]:
        trial.outside = True
    assert handle.settled().why == module.TOO_FEW


def test_they_come_when_they_are_ready_and_are_kept():
    handle = Handle([n / 100 for n in range(40)])
    first = handle.ask()
    assert (first.n, first.of, first.busy) == (0, [], True)
    found = handle.settled()
    assert (found.n, found.why) == (40, "")
    assert [(i.objective, next(iter(i.values))) for i in found.of] == [("acc", "lr")]
    assert handle.ask() == found


def test_the_last_known_are_told_while_newer_ones_are_computed(monkeypatch):
    handle = Handle([n / 100 for n in range(10)])
    before = handle.settled()
    trials = handle.session.study.books
    trials.add(Trial(10, {"lr": 0.9, "drop": 0.1}, TrialState.COMPLETE, values=(0.9,)))
    go_on, begun = threading.Event(), []
    computed = findings.findings

    def slowly(*args, **kwargs):
        begun.append(args)
        go_on.wait(10)
        return computed(*args, **kwargs)

    monkeypatch.setattr(findings, "findings", slowly)
    for _ in range(3):
        now = handle.ask()
        assert (now.n, now.of, now.busy) == (10, before.of, True)
    go_on.set()
    assert handle.settled().n == 11
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("values", "why"),
    [([], module.TOO_FEW), ([0.5], module.TOO_FEW), ([math.nan] * 5, module.NOTHING)],
)
def test_why_there_are_none_is_said(values, why):
    found = Handle(values).settled()
    assert (found.why, [i.values for i in found.of if i.values]) == (why, [])


def test_what_went_wrong_is_said_and_not_tried_again_at_once(monkeypatch):
    def boom(*args, **kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr(findings, "findings", boom)
    handle = Handle([0.1, 0.2])
    assert handle.settled().why == "The importances could not be computed (RuntimeError: no)."
    assert not handle.ask().busy


@pytest.mark.parametrize("over", [True, False], ids=["a short study", "a longer study"])
def test_what_computes_them_is_imported_for_longer_studies(monkeypatch, over):
    imported = threading.Event()
    monkeypatch.setattr(module, "COMPUTING", "jupyter_hpo.nowhere")
    monkeypatch.setattr(module, "PREPARE_AFTER_S", 60.0 if over else 0.0)
    monkeypatch.setattr(module.importlib, "import_module", lambda name: imported.set())
    done = threading.Event()
    if over:
        done.set()
    module.prepare(done)
    for thread in threading.enumerate():
        if thread.name == "jupyter_hpo-prepare":
            thread.join(30)
    assert imported.is_set() is not over
