"""The notebook around a training cell, in a shell of its own."""

from __future__ import annotations

import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.errors import HpoError
from jupyter_hpo.notebook import Notebook
from jupyter_hpo.past.session import history_of

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
