"""Who reports, and when adapters are put in place: over a framework of the test's own."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from jupyter_hpo.study.trial_events import Failed, Finished, Stopped
from jupyter_hpo.worker import adapters
from jupyter_hpo.worker.adapters import lightning
from jupyter_hpo.worker.adapters.base import Adapter, View
from jupyter_hpo.worker.adapters.data import same

from .one_trial import notebook, trial

FRAMEWORK = """
class Model:
    def __init__(self):
        self.epochs, self.val_loss, self.ended = 0, None, 0
    def fit(self, epochs=3, wrong=False):
        for self.epochs in range(1, epochs + 1):
            self.val_loss = 1.0 / self.epochs
            if wrong:
                raise ValueError("diverged")
            if self.after_epoch():
                break
        self.ended += 1
        return self
    def after_epoch(self):
        return False
"""


def put(module, patches, fits):
    running = []

    def make_fit(original):
        def fit(self, *args, **kwargs):
            started = fits.begin("toy_framework")
            if started is None:
                return original(self, *args, **kwargs)
            running.append((self, started))
            try:
                result = original(self, *args, **kwargs)
            finally:
                running.pop()
                started.over()
            started.end()
            return result

        return fit

    def make_epoch(original):
        def after_epoch(self):
            if not running or running[-1][0] is not self:
                return original(self)

            def view():
                return View({"val_loss": self.val_loss}, model=lambda: self, owner=self)

            return running[-1][1].report(view) or original(self)

        return after_epoch

    patches.method(module.Model, "fit", make_fit)
    patches.method(module.Model, "after_epoch", make_epoch)


@pytest.fixture(autouse=True)
def framework(tmp_path, monkeypatch):
    (tmp_path / "toy_framework.py").write_text(FRAMEWORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(adapters, "ADAPTERS", (Adapter("toy", {"toy_framework": put}),))
    yield
    sys.modules.pop("toy_framework", None)


IMPORTED = "import toy_framework\n"
CELL = "model = toy_framework.Model()\nmodel.fit()\nval_loss = model.val_loss\n"


@pytest.mark.parametrize("when", ["before the trial", "in the trial"])
def test_the_adapter_is_there_when_the_framework_is(when):
    before = when == "before the trial"
    namespace = notebook(IMPORTED if before else "")
    notes, _ = trial(CELL if before else IMPORTED + CELL, "val_loss", namespace)
    assert notes.reports == [(1, (1.0,)), (2, (0.5,)), (3, (1 / 3,))]
    fit = sys.modules["toy_framework"].Model.fit
    assert fit.__code__.co_filename.endswith("toy_framework.py")
    assert not [finder for finder in sys.meta_path if "jupyter_hpo" in type(finder).__module__]


def test_a_module_imported_in_a_trial_has_its_own_loader():
    trial(IMPORTED + CELL, "val_loss", notebook(""))
    module = sys.modules["toy_framework"]
    assert "jupyter_hpo" not in type(module.__loader__).__module__
    assert "jupyter_hpo" not in type(module.__spec__.loader).__module__


def test_a_stop_lets_the_fit_end_and_then_ends_the_trial():
    namespace = notebook(IMPORTED)
    notes, _ = trial(CELL + "after = True\n", "val_loss", namespace, stop_at=2)
    assert isinstance(notes.end, Stopped)
    assert (namespace["model"].epochs, namespace["model"].ended) == (2, 1)
    assert "after" not in namespace


def test_several_fits_of_one_model_go_on_counting():
    cell = CELL.replace("model.fit()\n", "model.fit(2)\nmodel.fit(3)\n")
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED))
    assert [step for step, _ in notes.reports] == [1, 2, 3, 4, 5]


def test_another_models_fit_does_not_report():
    cell = "other = toy_framework.Model()\nother.fit(9)\n" + CELL
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED))
    assert len(notes.reports) == 3


def test_a_fit_that_raises_leaves_the_next_one_to_report():
    cell = "try:\n    toy_framework.Model().fit(wrong=True)\nexcept ValueError:\n    pass\n" + CELL
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED))
    assert isinstance(notes.end, Finished)
    assert len(notes.reports) == 3
    notes, _ = trial(CELL.replace("fit()", "fit(wrong=True)"), "val_loss", notebook(IMPORTED))
    assert isinstance(notes.end, Failed)
    assert "diverged" in notes.end.error.message


@pytest.mark.parametrize("when", ["before the trial", "in the trial"])
def test_an_adapter_that_cannot_be_put_in_place_leaves_the_framework_alone(when, monkeypatch):
    def other_version(module, patches, fits):
        patches.method(module.Network, "fit", lambda original: original)

    monkeypatch.setattr(adapters, "ADAPTERS", (Adapter("toy", {"toy_framework": other_version}),))
    before = when == "before the trial"
    cell = CELL if before else IMPORTED + CELL
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED if before else ""))
    assert isinstance(notes.end, Finished)
    assert not notes.reports


def test_a_step_that_cannot_be_looked_at_is_no_report():
    hidden = (
        "class Hidden(toy_framework.Model):\n"
        "    val_loss = property(lambda self: 1 / 0, lambda self, value: None)\n"
    )
    cell = hidden + "model = Hidden()\nmodel.fit()\nval_loss = 1 / model.epochs\n"
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED))
    assert isinstance(notes.end, Finished)
    assert not notes.reports


def test_a_wrapper_that_outlives_its_trial_reports_no_more():
    """As where the cell itself wraps the framework's function, over ours."""
    namespace = notebook(IMPORTED)
    wrap = (
        "fit = toy_framework.Model.fit\n"
        "toy_framework.Model.fit = lambda self, *args: fit(self, *args)\n"
    )
    first, _ = trial(wrap + CELL, "val_loss", namespace)
    second, _ = trial(CELL, "val_loss", namespace)
    assert [len(first.reports), len(second.reports)] == [3, 3]


CALLED = {
    "a function of the cell": ("def run(m):\n    return m.fit()\n", "run(model)", 3),
    "a loop of a function": ("def run(m):\n    for _ in [0]:\n        m.fit()\n", "run(model)", 0),
    "a comprehension": ("", "[m.fit() for m in [model]]", 0),
    "beside a comprehension": ("", "model.fit(len([x for x in range(3)]))", 3),
}


@pytest.mark.parametrize("name", CALLED)
def test_a_fit_reports_when_the_cell_calls_it_outside_a_loop(name):
    before, call, count = CALLED[name]
    cell = f"{before}model = toy_framework.Model()\n{call}\nval_loss = model.val_loss\n"
    notes, _ = trial(cell, "val_loss", notebook(IMPORTED))
    assert isinstance(notes.end, Finished)
    assert len(notes.reports) == count


def test_two_pieces_of_code_that_mean_the_same_data():
    whole = np.zeros((4, 2))
    names = {"X": whole, "dval": object()}
    look = {"namespace": names, "aliases": {"dval": frozenset({"dval", "DMatrix(X_val)", "X_val"})}}
    assert same(frozenset({"X"}), whole, **look)
    assert same(frozenset({"X[2:]"}), whole[2:], **look)
    assert not same(frozenset({"X[1:]"}), whole[2:], **look)
    assert same(frozenset({"X_val", "DMatrix(X_val)"}), names["dval"], **look)
    assert not same(frozenset({"X"}), names["dval"], **look)
    assert not same(frozenset({"open('x')"}), whole, **look)


def test_lightning_validates_on_its_validation_loaders_not_on_what_it_trains_on():
    class Module:
        def val_dataloader(self):
            return held_out

    train, held_out, module = [1], [2], Module()
    given = {"model": object(), "train_dataloaders": train, "val_dataloaders": held_out}
    assert train not in lightning._loaders(given)
    assert held_out in lightning._loaders(given)
    assert module in lightning._loaders({"train_dataloaders": module})
