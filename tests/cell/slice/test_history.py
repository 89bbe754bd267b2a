"""How the session went, random states, what is said, and how long it takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

KINDS = {"X": "data", "model": "library", "np": "module", "pd": "module", "torch": "module"}


def lines(session: Any, cells: list[str], training: str, *tuned: str, **options: Any) -> list[str]:
    return session(cells, training, run=False, kinds=KINDS, **options).lines(*tuned)


def test_a_cell_run_twice_is_built_afresh(session: Any) -> None:
    cells = ["X = load()", "X = X / 255"]
    assert lines(session, cells, "print(X)") == []
    assert lines(session, cells, "print(X)", history=[0, 1, 1]) == cells
    assert lines(session, cells, "print(X)", history=[0, 1, 0, 1]) == []


def test_a_cell_edited_since_leaves_what_others_saw(session: Any, edited: Any) -> None:
    cells = ["k = 2", "b = [k]"]
    history = [edited(0, "k = 1"), 1, 0]
    assert lines(session, cells, "print(b)", history=history) == ["b = [k]"]


def test_trained_before(session: Any) -> None:
    cells = ["history = []", "n = 3"]
    training = "history.append(n)\nn = 5"
    assert lines(session, cells, training, history=[0, 1, -1]) == ["history = []", "n = 3"]
    cells = ["X = load()", "total = 0"]
    assert lines(session, cells, "total = total + X.sum()", history=[0, 1, -1]) == ["total = 0"]


def test_a_definition_that_stands_later_comes_first(session: Any, edited: Any) -> None:
    cells = ["b = a + 1", "a = 3"]
    one = session(cells, "print(b)", [edited(0, "b = 0"), 1, 0], run=False, kinds={})
    assert one.lines("a = «3»") == ["a = 3", "b = a + 1"]
    assert [part.number for part in one.slice("a = «3»").parts(one.past())] == [2, 3]


def test_draws_since_the_seed(session: Any) -> None:
    cells = [
        "import torch\ntorch.manual_seed(0)",
        "X = torch.rand(3)\nn = 1",
        "model = torch.nn.Linear(3, n)",
    ]
    found = ["torch.manual_seed(0)", "X = torch.rand(3)", "model = torch.nn.Linear(3, n)"]
    assert lines(session, cells, "model.fit(X)") == found
    assert lines(session, cells, "model.fit(X)", seeded=True) == found[2:]


def test_a_recorded_state_without_a_statement(session: Any) -> None:
    cells = ["import torch\nmodel = torch.nn.Linear(3, 1)", "n = 2"]
    one = session(cells, "model.fit(n)", seeded=True, run=False, kinds=KINDS)
    found = one.slice()
    assert found.starts == (2,)
    parts = [(part.number, part.statements, part.seeded) for part in found.parts(one.past())]
    assert parts == [(1, (1,), True), (2, (), True)]


def test_names_that_choices_read(session: Any) -> None:
    one = session(["a = 3", "b = a + 1"], "c = 1", run=False, kinds={})
    assert one.lines("a = «3»") == []
    assert one.lines("a = «3»", also=["b"]) == ["a = 3", "b = a + 1"]


def test_what_is_said(session: Any) -> None:
    cells = [
        "import pandas as pd",
        'df = pd.read_csv("https://x.y/z.csv")\nn = 2',
        "X = df.head(n)",
        "model = make()",
    ]
    one = session(
        cells, "model.fit(X)", run=False, kinds={**KINDS, "df": "other", "make": "callable"}
    )
    found = one.slice('df = pd.read_csv("«https://x.y/z.csv»")')
    said = {(s.cell, s.index): s for s in found.statements}
    assert said[2, 0].why == "a tuned value stands here: line 1"
    assert said[2, 0].effects == ("uses the network", "reads files")
    assert said[3, 0].why == "a tuned value reaches it: `df` (In[2], line 1)"
    assert said[4, 0].why == "builds `model`, which this cell changes"
    assert [s.tuned for s in found.statements] == [True, True, False]
    assert any("the code of `make` can't be read here" in n for n in found.notices)
    assert found.inherited == ("make", "n", "pd")


@pytest.mark.parametrize(
    ("cells", "unread"),
    [
        (["model = nn.Sequential(nn.Linear(3, 1))"], []),
        (["act = nn.ReLU", "model = nn.Sequential(nn.Linear(3, 1), act())"], []),
        (["def mine(x):\n    seen.append(x)", "model = nn.Sequential(mine)"], ["`model`"]),
        (["model = nn.Linear(3, 1)", "model = made_elsewhere()"], ["`made_elsewhere`", "`model`"]),
        (
            ["def twice(f):\n    return lambda x: f(f(x))", "@twice\ndef model(x):\n    return x"],
            [],
        ),
        # of classes that stand in the notebook, chosen among
        (["class A:\n    pass", "class B:\n    pass", "Model = A", "model = Model()"], []),
        (["class A:\n    pass", "model = A() if big else B()"], ["`model`"]),
        (["class A:\n    pass", "if big:\n    model = A()\nelse:\n    model = A(2)"], []),
        (
            ["class A:\n    pass", "if big:\n    model = A()\nelse:\n    model = made_elsewhere()"],
            ["`made_elsewhere`", "`model`"],
        ),
    ],
)
def test_only_code_that_cannot_be_read_is_named(session: Any, cells: Any, unread: Any) -> None:
    one = session(
        ["from torch import nn", *cells],
        "y = model(1)",
        run=False,
        kinds={"made_elsewhere": "callable"},
    )
    said = " ".join(n for n in one.slice().notices if "can't be read here" in n)
    assert sorted(set(re.findall("`[^`]+`", said))) == unread


def test_what_cannot_be_known(session: Any) -> None:
    one = session(["from mine import *", "exec(code)"], "fit(X)", run=False, kinds=KINDS)
    notices = one.slice().notices
    assert one.reached() == ["from mine import *", "exec(code)"]
    assert any("`from mine import *` may bind any name" in n for n in notices)
    assert any("it runs code" in n for n in notices)
    one = session(["n = 1"], "model.fit(n)", run=False, kinds=KINDS)
    assert any("no cell that has run says how it is built" in n for n in one.slice().notices)


def test_failed_executions_stand_for_nothing(session: Any) -> None:
    from jupyter_hpo.cell.slice import Executed, Known, Past, trace
    from jupyter_hpo.cell.source import parsed

    build = Executed(1, "a = [1]\nb = a[0]\n", "")
    other = Executed(2, "a.append(2)\n", "", failed=True)
    found = trace(Past((build,), (other,)), parsed("print(a)\n"), Known()).rerun([])
    assert [s.index for s in found.statements] == [0]
    broken = Executed(2, "def (\n", "", failed=True)
    assert (
        trace(Past((build,), (broken,)), parsed("print(a)\n"), Known()).rerun([]).statements == ()
    )


def test_many_cells_are_read_in_one_pass(session: Any) -> None:
    """Each statement reads what the one before made: 600 deep, and no walk goes back."""
    cells = ["v0 = [1]"] + [
        "\n".join(f"v{20 * c + i + 1} = [v{20 * c + i}, {i}]" for i in range(20)) for c in range(30)
    ]
    one = session(cells, "print(v600)", run=False, kinds={})
    assert len(one.reached()) == 601
    assert len(one.lines("v0 = [«1»]")) == 601
