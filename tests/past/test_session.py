"""What a shell executed, as the past of a training cell."""

from __future__ import annotations

import json
import os
import random
import sys

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_hpo.cell.slice.values import Reached
from jupyter_hpo.errors import CellError, Problem
from jupyter_hpo.magics import plain_cell
from jupyter_hpo.past import records
from jupyter_hpo.past.session import SessionHistory

TRAIN = "for epoch in range(3):\n    fit(model)\nloss = 1.0"


def study(line, cell):
    if "refused" in line:
        raise CellError([Problem("x", "refused.")])
    if "misspelt" in line:
        raise UsageError("no such option")
    if "stopped" in line:
        raise KeyboardInterrupt


class Notebook:
    """Runs cells in a shell of its own; `name` is the cell id, None sends none."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        hooks = sys.excepthook, sys.displayhook
        self.shell = InteractiveShell(config=config)
        sys.excepthook, sys.displayhook = hooks
        self.shell.input_transformers_cleanup.append(plain_cell)
        self.shell.register_magic_function(study, "cell", "hpo")
        self.history = SessionHistory(self.shell)

    def run(self, source: str, name: str | None = None) -> int:
        result = self.shell.run_cell(source, store_history=True, cell_id=name)
        return result.execution_count

    def cells(self, source: str = TRAIN, name: str | None = None) -> list[int]:
        return [cell.number for cell in self.history.past_of(source, name).cells]

    def superseded(self, source: str = TRAIN, name: str | None = None) -> list[int]:
        return [cell.number for cell in self.history.past_of(source, name).superseded]


@pytest.fixture
def notebook():
    made = Notebook()
    made.history.begin()
    yield made
    made.history.end()


def test_a_cell_keeps_its_line_numbers_and_its_file(notebook):
    notebook.run("\n%matplotlib_of_ours inline\nx = 1\ny = !echo hi", "a")
    notebook.run("%%time\n\nz = 2", "b")
    notebook.run("def f():\n    1 / 0", "c")
    first, second = notebook.history.past_of(TRAIN).cells[-2:]
    assert (first.source, first.number) == ("\n\nz = 2\n", 2)
    assert second.filename == notebook.shell.user_ns["f"].__code__.co_filename


def test_what_has_no_python_is_left_out(notebook):
    for source in ("%%html\n<b>x</b>", "%pwd", "# only a comment", "x = (", "!true", '"words"'):
        notebook.run(source, source)
    assert notebook.history.past_of(TRAIN).cells == ()
    assert notebook.history.past_of(TRAIN).superseded == ()


def test_the_last_success_of_a_cell_stands_where_it_was_first_run(notebook):
    notebook.run("width = 64", "a")
    notebook.run("model = [width]", "b")
    notebook.run("width = 128", "a")
    notebook.run("width = 1 / 0", "a")
    assert notebook.cells() == [3, 2]
    assert notebook.superseded() == [1, 4]
    failed = {c.number: c.failed for c in notebook.history.past_of(TRAIN).superseded}
    assert failed == {1: False, 4: True}


def test_without_ids_every_success_is_a_cell_of_its_own(notebook):
    notebook.run("model = []")
    notebook.run("model.append(1)")
    notebook.run("model.append(2)")
    notebook.run("model.append(2)")
    notebook.run("oops")
    assert notebook.cells() == [1, 2, 3, 4]
    assert notebook.superseded() == [5]


OWN_EXECUTIONS = {
    "by its id": ("loss = model", "train"),
    "by its code": (TRAIN, None),
    "by its code with other literals": (TRAIN.replace("3", "30"), "copy"),
    "with a mark": (TRAIN + "  # hpo: 0..1", None),
    "as a study": ("%%hpo --minimize loss\n" + TRAIN, "copy"),
    "as a study that is plain Python": ("#! %%hpo --minimize loss\n" + TRAIN, None),
    "timed": ("%%time\n" + TRAIN, None),
}


@pytest.mark.parametrize(("source", "name"), OWN_EXECUTIONS.values(), ids=OWN_EXECUTIONS)
@pytest.mark.parametrize("asked", [TRAIN, "%%hpo --minimize loss\n" + TRAIN])
def test_executions_of_the_training_cell_are_superseded(notebook, source, name, asked):
    notebook.run("fit = print; model = []", "model")
    notebook.run(source, name)
    assert notebook.cells(asked, "train") == [1]
    assert notebook.superseded(asked, "train") == [2]


def test_a_study_of_another_cell_is_superseded(notebook):
    notebook.run("%%hpo --maximize acc\nlr = 1  # hpo: 0..9\nacc = lr", "study")
    (study,) = notebook.history.past_of(TRAIN, "train").superseded
    assert study.source == "\nlr = 1  # hpo: 0..9\nacc = lr\n"
    assert study.given
    assert study.number == 1


def test_superseded_executions_of_one_code_are_known_once_between_cells(notebook):
    notebook.run("x = 1", "x")
    notebook.run("y = x", "y")
    notebook.run("x = 1", "x")
    notebook.run("x = 2", "x")
    notebook.run("x = 1", "x")
    notebook.run("x = 3", "x")
    assert (notebook.cells(), notebook.superseded()) == ([6, 2], [1, 4, 5])


@pytest.mark.parametrize("line", ["--refused", "--misspelt", "--minimize acc --explain"])
@pytest.mark.parametrize("head", ["%%hpo ", "#! %%hpo "])
def test_a_study_that_never_began_has_changed_nothing(notebook, head, line):
    notebook.run(f"{head}{line}\nacc = 1", "study")
    assert notebook.history.past_of(TRAIN).superseded == ()


def test_a_study_that_was_stopped_may_have_bound_its_best(notebook):
    notebook.run("%%hpo --stopped\nacc = 1", "study")
    (stopped,) = notebook.history.past_of(TRAIN).superseded
    assert stopped.given
    assert stopped.failed


def test_a_repeated_cell_is_superseded(notebook):
    notebook.run("items = []", "a")
    notebook.run("%%timeit -n 1 -r 1\nitems.append(1)", "b")
    assert (notebook.cells(), notebook.superseded()) == ([1], [2])


LATER = {
    "reads what only training binds": ("print(loss)", True),
    "reads what such a cell binds": ("print(drawn)", True),
    "reads other names only": ("drawn = len(model)", False),
}


@pytest.mark.parametrize(("source", "left_out"), LATER.values(), ids=LATER)
def test_what_comes_after_training(notebook, source, left_out):
    notebook.run("fit = print; model = []", "model")
    notebook.run(TRAIN, "train")
    notebook.run("drawn = [loss]", "plot")
    number = notebook.run(source, "later")
    assert (number in notebook.superseded(name="train")) is left_out
    assert (number in notebook.cells(name="train")) is not left_out


def test_the_saved_notebook_says_what_stands_below(notebook, tmp_path, monkeypatch):
    notebook.run("fit = print; model = []", "model")
    notebook.run(TRAIN, "train")
    notebook.run("drawn = len(model)", "below")
    notebook.run("import math", "above")
    save(tmp_path, monkeypatch, {"model": "", "above": "", "train": "", "below": ""})
    assert notebook.cells(name="train") == [1, 4]
    assert notebook.superseded(name="train") == [2, 3]


def save(folder, monkeypatch, cells, newer=False):
    path = folder / "work.ipynb"
    listed = [{"cell_type": "code", "id": name, "source": text} for name, text in cells.items()]
    path.write_text(json.dumps({"cells": listed}))
    if newer:
        os.utime(path, (2e10, 2e10))
    else:
        os.utime(path, (1e9, 1e9))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))


def test_cells_edited_after_they_ran_are_named(notebook, tmp_path, monkeypatch):
    notebook.run("lr = 1", "a")
    notebook.run("x = 1 ", "b")
    save(tmp_path, monkeypatch, {"a": "lr = 2", "b": "x = 1"}, newer=True)
    past = notebook.history.past_of(TRAIN)
    assert past.edited == {1}
    reached = [Reached(number, 0, 1, 1, frozenset()) for number in (1, 2)]
    assert past.notices(reached) == ["In[1] was edited after it ran: trials use what ran."]
    assert past.notices(reached[1:]) == []
    save(tmp_path, monkeypatch, {"a": "lr = 2"})
    assert notebook.history.past_of(TRAIN).edited == frozenset()


def test_random_states_are_those_at_the_beginning_and_the_end(notebook):
    random.seed(3)
    first = random.getstate()
    notebook.run("import random", "a")
    notebook.run("x = random.random()", "b")
    after = random.getstate()
    random.seed(4)
    past = notebook.history.past_of(TRAIN)
    assert [cell.seeded for cell in past.cells] == [True, True]
    assert notebook.history.states_before(2).python == first
    assert notebook.history.state_after_last(past).python == after
    assert notebook.history.states_before(99) is None


def test_equal_states_are_kept_once(notebook):
    notebook.run("x = 1", "a")
    notebook.run("y = 1", "b")
    one, two = notebook.history.recorder.records.values()
    assert one.before is one.after is two.before is two.after


def test_what_is_kept_is_bounded(notebook, monkeypatch):
    monkeypatch.setattr(records, "STATES", 4)
    notebook.run("once = 1", "once")
    for _ in range(6):
        notebook.run("again = 1", "again")
    found = notebook.history.recorder.records
    assert sum(r.before is not None for r in found.values()) <= 4
    assert None not in (found[1].before, found[7].before)
    for i in range(9):
        notebook.run(f"x{i} = 1", f"x{i}")
    assert sum(r.before is not None for r in found.values()) <= 4


def test_cells_before_the_extension_come_from_the_history():
    notebook = Notebook()
    notebook.run("x = 1")
    notebook.run("x = 1 / 0")
    notebook.run("y = x")
    notebook.history.begin()
    try:
        notebook.run("z = 3", "z")
        past = notebook.history.past_of(TRAIN)
    finally:
        notebook.history.end()
    cells = [(c.number, c.seeded) for c in past.cells]
    assert [c for c in cells if c[0] != 2] == [(1, False), (3, False), (4, True)]
    if hasattr(notebook.shell.history_manager, "exceptions"):  # else nobody knows that it failed
        assert [(c.number, c.failed) for c in past.superseded] == [(2, True)]
    assert notebook.history.state_after_last(past) is not None


def test_loading_again_takes_over_what_ran_meanwhile(notebook):
    notebook.run("x = 1", "x")
    notebook.run("%%hpo --refused\nacc = 1", "study")
    notebook.history.end()
    notebook.run("y = 1", "y")
    notebook.history.begin()
    notebook.run("z = 1", "z")
    assert (notebook.cells(), notebook.superseded()) == ([1, 3, 4], [])


def test_a_reset_ends_the_past(notebook):
    notebook.run("x = 1")
    notebook.run("%reset -f")
    notebook.run("y = 1")
    assert notebook.cells() == [3]


def test_the_running_cell_is_known_and_not_in_its_own_past(notebook):
    seen = []
    notebook.shell.user_ns["look"] = lambda: seen.append(
        (notebook.history.running.number, notebook.history.running.cell_id, notebook.cells())
    )
    notebook.run("x = 1", "a")
    notebook.run("y = look()", "b")
    assert seen == [(2, "b", [1])]
    assert notebook.history.running is None


def test_nested_and_unkept_executions_do_not_confuse(notebook):
    notebook.run("ip = get_ipython(); ip.run_cell('inner = 1'); ip.run_cell('')", "outer")
    notebook.shell.run_cell("hidden = 1", store_history=False)
    notebook.run("x = 2", "x")
    assert notebook.cells() == [1, 2]
    assert notebook.history.running is None


def test_cells_that_a_runner_keeps_out_of_the_history_count_where_there_is_none(notebook):
    """nbval runs a notebook so; elsewhere such code is the front end's own."""
    for source in ("a = 1", "b = a + 1"):
        notebook.shell.run_cell(source, store_history=False)
    assert [c.source for c in notebook.history.past_of(TRAIN).cells] == ["a = 1\n", "b = a + 1\n"]


def test_code_of_the_front_end_is_no_cell(notebook):
    notebook.run("a = 1", "a")
    notebook.shell.run_cell("helper = 2", store_history=False)
    assert [c.source for c in notebook.history.past_of(TRAIN).cells] == ["a = 1\n"]
