"""What runs again of earlier cells, and the training cell: one program, each cell's own lines."""

from __future__ import annotations

import linecache
import traceback
from dataclasses import replace
from typing import Any

import pytest

from jupyter_hpo.cell import CellProgram, bind, prepare, remember_source
from jupyter_hpo.cell.captured import Part, Place
from jupyter_hpo.cell.program import STATES, cell_named, text_of, tree_of
from jupyter_hpo.cell.setup import lines_of, shared_setup
from jupyter_hpo.cell.source import cell_of
from jupyter_hpo.space import Int, SearchSpace

FIRST = "import math\nwidth = 4\nlost = 1\nmodel = [width] * 3\n"
SECOND = "model.append(\n    7,\n)\n"
LAST = "\nloss = sum(model) + offset\n"


def program(**changes: Any) -> CellProgram:
    given: dict[str, Any] = {
        "source": LAST,
        "filename": "<cell In[5]>",
        "space": SearchSpace({"width": Int(1, 9)}),
        "places": {"width": (Place(2, 8, 2, 9, 2),)},
        "objectives": (),
        "earlier": (
            Part(2, FIRST, "<cell In[2]>", (1, 3)),
            Part(4, SECOND, "<cell In[4]>", (0,)),
        ),
    }
    return CellProgram(**{**given, **changes})


def test_parts_run_in_order_with_the_tuned_value():
    for width, loss in [(4, 29), (2, 23)]:
        namespace: dict[str, Any] = {"offset": 10}
        bind(program(), {"width": width}).run(namespace)
        assert namespace["loss"] == loss
        assert "lost" not in namespace


def test_nodes_say_in_which_cell_they_stand():
    assert [cell_of(s) for s in tree_of(program()).body] == [2, 2, 4, 0]


def test_an_error_shows_the_line_of_its_own_cell():
    one = program(earlier=(Part(2, "x = 1\nwidth = 1\n\ny = 1 / 0\n", "<cell In[2]>", (1, 2)),))
    remember_source(one)
    with pytest.raises(ZeroDivisionError) as raised:
        bind(one, {}).run({"offset": 1})
    frame = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno, frame.line) == ("<cell In[2]>", 4, "y = 1 / 0")
    assert cell_named(one, frame.filename) == 2
    assert cell_named(one, "elsewhere") is None
    linecache.clearcache()


def test_cells_without_a_tuned_value_are_compiled_once():
    one = program()
    prepare(one)
    first, second = bind(one, {"width": 1}).codes, bind(one, {"width": 2}).codes
    assert first[0] is not second[0]
    assert first[1] is second[1]


def test_recorded_states_are_set_at_the_start_of_their_cell():
    source = "from __future__ import annotations\nwidth = 1\n"
    part = Part(2, source, "<cell In[2]>", (0, 1), seeded=True)
    one = program(earlier=(part,), seeded=True, places={"width": (Place(2, 8, 2, 9, 2),)})
    told: list[int] = []
    namespace: dict[str, Any] = {STATES: told.append, "model": [1], "offset": 1}
    bind(one, {"width": 5}).run(namespace)
    assert told == [2, 0]
    assert namespace["width"] == 5


def test_the_shared_set_up_reaches_over_cells():
    slow = "data = [math.sqrt(n) for n in range(9)]\n"
    one = program(
        source="\nlr = 1\nloss = lr + data[0]\n",
        places={"lr": (Place(2, 5, 2, 6),)},
        space=SearchSpace({"lr": Int(1, 9)}),
        earlier=(Part(2, "import math\n\n" + slow, "<cell In[2]>", (0, 1), seeded=True),),
    )
    one = replace(one, setup=shared_setup(one))
    assert lines_of(one) == ((1, 3, 2),)
    assert [cell_of(tree_of(one).body[i]) for i in one.setup] == [2, 2, 2]


def test_text_has_the_training_cell_first_and_only_what_runs():
    lines = text_of(program()).splitlines()
    assert lines[1] == "loss = sum(model) + offset"
    assert "lost = 1" not in lines
    assert "width = 4" in lines
