"""The notebook around a training cell, in a shell of its own."""

from __future__ import annotations

import sys
import types

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_hpo import notebook as module
from jupyter_hpo.arguments import parse_line
from jupyter_hpo.errors import HpoError
from jupyter_hpo.notebook import Notebook
from jupyter_hpo.outcome import excluded
from jupyter_hpo.past.session import history_of
from jupyter_hpo.study.objective import Objective

TRAINING = "lr = 0.1  # hpo: 1e-3..1 log\nloss = lr + x\n"


@pytest.fixture
def shell():
    config = Config()
    config.HistoryManager.enabled = False
    hooks = sys.excepthook, sys.displayhook
    made = InteractiveShell(config=config)
    sys.excepthook, sys.displayhook = hooks
    history_of(made).begin()
    yield made
    history_of(made).end()


@pytest.fixture
def several(shell):
    """The shell, and how to look at a cell in it."""
    for cell in (
        "x = 2\nwidth = 8",
        "model = [width] * x",
        "def build(depth=3):\n    return depth",
    ):
        shell.run_cell(cell, store_history=True)
    source = "lr = 0.1\nfor i in range(3):\n    model.append(lr)\n    loss = sum(model) * build()\n"
    return lambda: Notebook(shell, parse_line("--minimize loss"), source)


def test_what_is_captured_again_is_as_if_captured_first(several, monkeypatch):
    asked = [
        {},
        {"auto": True},
        {"line_space": ["width=4..16"]},
        {"objectives": (Objective("lr", "maximize"),), "line_space": ["depth=1..5"]},
        {},
    ]
    first = [several().capture(**changes) for changes in asked]
    assert [sorted(cell.space) for cell in first[:4]] == [
        [], ["depth", "lr", "width"], ["width"], ["depth"],
    ]  # fmt: skip
    notebook = several()
    again = [notebook.capture(**changes) for changes in asked]
    assert again == first
    monkeypatch.setattr(module, "read_cell", None)  # it is not read again
    assert notebook.capture(auto=True) == first[1]


def test_what_only_the_objective_reads_is_built_anew_too(shell):
    shell.run_cell("width = 8", store_history=True)
    shell.run_cell("double = 2 * width", store_history=True)
    line = parse_line("--minimize 'loss + double' width=4..16")
    cell = Notebook(shell, line, "loss = 0.1 * width\n").capture()
    assert not cell.problems
    assert [part.statements for part in cell.earlier] == [(0,), (0,)]
    assert "double" in cell.assigned


def deep(name: str) -> str:
    """Python compiles it, but what walks it recursively may not come to its end."""
    return f"{name} = " + " + ".join(["1"] * 800)


def test_an_earlier_cell_nested_too_deeply_is_left_out(shell):
    shell.run_cell(deep("x"), store_history=True)
    cell = Notebook(shell, parse_line("--minimize loss"), TRAINING).capture()
    assert not cell.problems
    assert cell.notices[0].startswith("An earlier cell is nested too deeply to be read.")
    assert not cell.earlier


def test_a_training_cell_nested_too_deeply_is_refused(shell):
    notebook = Notebook(shell, parse_line("--minimize loss"), f"{deep('x')}\n{TRAINING}")
    with pytest.raises(HpoError, match="the cell is nested too deeply"):
        notebook.capture()


CHOOSING = "optimizer = optim.SGD(3, lr=0.1)  # hpo: {}\nloss = optimizer.lr + momentum\n"


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("SGD | Adamm as optimizer", "the choice 'Adamm' of 'optimizer' does not exist: module o"),
        ("optimizer = optim.SGD | optim.Adamm", "has no 'Adamm'. Did you mean 'Adam'?"),
        ("SGD | Adam as optimizer", ""),
        ("optimizer = optim.SGD | optim.Adam | mine.Adamm", ""),
    ],
)
def test_a_choice_that_a_module_lacks_is_refused_before_the_first_trial(shell, mark, said):
    optim = types.ModuleType("optim")
    optim.SGD = optim.Adam = lambda n, lr: types.SimpleNamespace(lr=lr)
    mine = types.SimpleNamespace(Adamm=optim.Adam)
    shell.user_ns.update(optim=optim, mine=mine, momentum=1)
    notebook = Notebook(shell, parse_line("--minimize loss"), CHOOSING.format(mark))
    cell = notebook.capture()
    assert "optimizer" in cell.space
    problems = [str(problem) for problem in cell.problems]
    assert len(problems) == bool(said), problems
    if said:
        assert said in problems[0]
        assert (cell.problems[0].name, cell.problems[0].line) == ("optimizer", 2)


def test_marks_that_leave_out_what_is_written_beside_them_are_said(shell):
    source = "act = 'relu'  # hpo: relu | tanh\nlr = 0.1  # hpo: 0.01..1 log\nloss = lr\n"
    notebook = Notebook(shell, parse_line("--minimize loss"), source)
    trial = types.SimpleNamespace(params={"act": "gelu", "lr": 0.5})
    study = types.SimpleNamespace(
        notebook=notebook,
        best_trial=trial,
        session=types.SimpleNamespace(cell=notebook.capture()),
    )
    assert excluded(study) == ["The mark of act (line 2) leaves out 'gelu': change it, too."]
    trial.params["act"] = "tanh"
    assert excluded(study) == []
