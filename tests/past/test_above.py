"""The cells that a fresh kernel must have run before a training cell."""

from __future__ import annotations

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.slice.values import Executed, Past
from jupyter_hpo.past.above import above, read_by

DATA = "import numpy as np\ndata = np.arange(3.0)"


def past(*sources: str, superseded: tuple[Executed, ...] = ()) -> Past:
    cells = tuple(Executed(n, source, f"<{n}>") for n, source in enumerate(sources, 1))
    return Past(cells, superseded)


def test_what_binds_or_changes_a_name_that_is_read_is_taken_and_nothing_else():
    cells = past(
        "import os",
        DATA,
        "print('hello')",
        "np.seterr(all='ignore')",
        "data[0] = 5",
        "other = 3",
        "data.sort()",
    )
    numbers, missing = above(cells, {"data"})
    assert {2, 4, 5, 7} <= set(numbers)
    assert not {1, 3, 6} & set(numbers)
    assert missing == ()


def test_what_a_call_changes_by_itself_is_taken():
    load = "def load():\n    global data\n    data = data * 2"
    assert above(past("data = 1", load, "load()", "print(3)"), {"data"}) == ((1, 2, 3), ())


def test_a_cell_that_may_bind_anything_leaves_nothing_missing():
    assert above(past("from math import *"), {"sqrt"}) == ((1,), ())


def test_what_a_function_reads_may_stand_below_it():
    cells = past("def score(x):\n    return x * scale", "scale = 2", "scales = 3")
    assert above(cells, {"score"}) == ((1, 2), ())


def test_names_that_no_cell_binds_and_what_studies_brought_back_are_told():
    study = Executed(3, "model = train(lr)", "<3>", given=True, study=True)
    cells = past("lr = model = 1", superseded=(study,))
    numbers, missing = above(cells, {"model", "widget", "print", "lr"})
    assert numbers == (1,)
    assert missing == (
        "model came back from the study in In[3]: run that first",
        "widget came from no cell that stands",
    )


def test_choices_are_read_too():
    cell = capture(
        "M = A  # hpo: A | B\nloss = M(k)", names=frozenset({"A", "B", "k"}), line_offset=0
    )
    assert read_by(cell) >= {"A", "B", "k"}
