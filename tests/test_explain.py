"""What `--explain` prints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.setup import shared_setup
from jupyter_hpo.cell.slice import Executed, Known, Past
from jupyter_hpo.explain import Section, as_text, explain
from jupyter_hpo.facts import facts_of

MODEL = "width = 64\nmodel = build(width)\n"
TRAIN = """import math
data = math.sqrt(X.sum())
lr = 1e-3
for epoch in range(3):
    val_loss = train(model, data, lr)
"""


def explained(source: str = TRAIN, **more) -> str:
    past = Past((Executed(3, MODEL, "<cell In[3]>"),))
    namespace = {"X": np.zeros((100, 10)), "build": len, "train": max, "model": [], "width": 64}
    known = Known(kinds={"X": "data", "model": "other", "width": "constant"})
    cell = capture(source, names=namespace.keys(), past=past, known=known, auto=True, **more)
    program = cell.program()
    program = replace(program, setup=shared_setup(program))
    return as_text(explain(cell, program, namespace, facts_of(cell)))


def test_everything_found_is_said():
    text = explained()
    for line in (
        "Tuned",
        "  width  In[3], line 1  16..256 log",
        "Objective and reports",
        "  Objective val_loss (minimize)",
        "the loop in line 5 assigns 'val_loss', and every turn is a report.",
        "Of earlier cells, every trial runs again",
        "  In[3], line 1  width is tuned here",
        "  In[3], line 2  a tuned value reaches it",
        "Taken from the notebook as it stands (8.0 kB in all)",
        "  X  8.0 kB  ndarray (100, 10)",
        "  modules, functions and classes: build, train",
    ):
        assert line in text, f"{line!r} is not in\n{text}"


def test_what_runs_once_is_said():
    text = explained(TRAIN.replace("model, ", ""))
    assert "Runs once for all trials, as far as that goes unnoticed\n  lines 2-3" in text
    assert "every trial runs again" not in text


def test_what_is_in_the_way_of_a_study_is_said_too():
    text = explained("lr = 1e-3\nval_loss = nowhere(lr)\n")
    assert "In the way of a study" in text
    assert "line 3: 'nowhere' is not defined." in text


def test_lines_fit_a_notebook():
    rows = (("a" * 30, "b" * 50, "c" * 90), ("a", "b", "short"), ("d " * 90,))
    lines = as_text([Section("Title", rows)]).splitlines()
    assert max(map(len, lines)) <= 104
    assert lines[1].endswith("c…")
    assert lines[2].endswith("short")


def test_what_functions_read_travels_too():
    namespace: dict = {"table": np.zeros(1000)}
    exec("def inner(): return table\nclass Own:\n    def f(self): return inner()", namespace)
    namespace["Own"].__module__ = "__main__"
    cell = capture("lr = 1e-3  # hpo: 1..2\nloss = Own().f() * lr", names=namespace.keys())
    text = as_text(explain(cell, cell.program(), namespace, []))
    assert "  table  8.0 kB  ndarray (1000,)" in text
    assert "modules, functions and classes: Own, inner" in text
