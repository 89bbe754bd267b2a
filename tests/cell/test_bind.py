"""Binding: values in their places, lines kept, loops that report and still behave as written."""

from __future__ import annotations

import pickle
import sys
import traceback
from dataclasses import replace
from typing import Any

import pytest

from jupyter_hpo.cell import CapturedCell, Recorder, bind, capture, prepare, remember_source
from jupyter_hpo.cell.bind import awaits, bring
from jupyter_hpo.cell.wrapping import RECORDER
from jupyter_hpo.errors import CellError
from jupyter_hpo.study.objective import Objective

LOSS = Objective("loss", "minimize")


class Stop(BaseException):
    pass


def cell_of(source: str, objective: str = "loss", **options: Any) -> CapturedCell:
    cell = capture(source, objectives=[Objective(objective, "minimize")], **options)
    assert cell.problems == ()
    return cell


def run(
    cell: CapturedCell, stop_at: int | None = None, **params: Any
) -> tuple[dict[str, Any], list[tuple[int, float]]]:
    """The namespace after a run and its reports."""
    reports: list[tuple[int, float]] = []

    def report(step: int, values: tuple[float, ...]) -> None:
        reports.append((step, values[0]))
        if step == stop_at:
            raise Stop

    namespace: dict[str, Any] = {"__name__": "__main__"}
    namespace[RECORDER] = Recorder(cell.objectives, namespace, report)
    bound = bind(cell.program(), params)
    try:
        bound.run(namespace)
    except Stop:
        namespace["stopped"] = True
    return namespace, reports


PLACES = {
    "assigned": ("v = 1  # hpo: 1..9", {"v": 7}, 7),
    "negative": ("v = -1.5  # hpo: -2..-1", {"v": -1.25}, -1.25),
    "keyword": ("v = dict(a=1)['a']  # hpo: 1..9", {"a": 4}, 4),
    "positional": ("v = max(1, 0)  # hpo: [0] = 1..9 as x", {"x": 3}, 3),
    "dict": ("c = {'a': 1}  # hpo: 1..9\nv = c['a']", {"a": 5}, 5),
    "default": ("def f(x=1):  # hpo: 1..9\n    return x\nv = f()", {"x": 8}, 8),
    "in a class": ("class A:\n    x = 1  # hpo: 1..9\nv = A.x", {"x": 8}, 8),
    "element": ("v = [1, 2][1]\nw = (1, 2)  # hpo: [1] = 1..9\nv = w[1]", {"w[1]": 6}, 6),
    "walrus": ("if (n := 3) > 1: v = n  # hpo: n = 2..9", {"n": 9}, 9),
    "computed": ("v = 0.5 * 2  # hpo: 0.5 | 0.25 as half", {"half": 0.25}, 0.5),
    "tuple": ("a, v = 1, 2  # hpo: v = 1..9", {"v": 3}, 3),
    "string": ("v = 'a'  # hpo: a | b", {"v": "b"}, "b"),
    "boolean": ("v = False  # hpo: bool", {"v": True}, True),
    "None": ("v = None  # hpo: 1..9", {"v": 3}, 3),
    "to None": ("v = 'sqrt'  # hpo: sqrt | None", {"v": None}, None),
    "float from an int literal": ("v = 0  # hpo: 0.0..1.0", {"v": 1}, 1.0),
    "object": ("v = int  # hpo: int | float", {"v": "float"}, float),
    "name beside a range": ("a = 1\nv = a  # hpo: 1..9", {"v": 5}, 5),
    "expression": ("v = (1,)  # hpo: (1,) | (1, 2)", {"v": "(1, 2)"}, (1, 2)),
    "callee": ("v = int('3')  # hpo: int | float as f", {"f": "float"}, 3.0),
    "dotted callee": (
        "import math\nv = math.floor(2.5)  # hpo: floor | ceil as f", {"f": "ceil"}, 3
    ),
    "whole callee": (
        "import math\nv = math.floor(2.5)  # hpo: math.floor | math.ceil as f",
        {"f": "math.ceil"}, 3,
    ),
    "tie": ("a = 1  # hpo: 1..9 as w\nv = 1  # hpo: w", {"w": 4}, 4),
    "not active": ("a = 1  # hpo: 1..9\nv = 2  # hpo: 1..9 if a > 5", {"a": 1}, 2),
    "f-string stays": ("v = f'{1:>{3}}'; w = 1  # hpo: w = 1..9", {"w": 2}, "  1"),
    "after non-ascii": ("é = 'ü'; v = 1  # hpo: v = 1..9", {"v": 2}, 2),
    "over lines": ("v = max(\n    1, 0\n)  # hpo: [0] = 1..9 as x", {"x": 3}, 3),
}  # fmt: skip


@pytest.mark.parametrize(("source", "params", "value"), PLACES.values(), ids=PLACES)
def test_places(source: str, params: dict[str, Any], value: Any) -> None:
    found = run(cell_of(source + "\nloss = 0"), **params)[0]["v"]
    assert found == value
    assert type(found) is type(value)


def test_a_program_travels_and_is_not_changed_by_a_trial() -> None:
    cell = cell_of("v = 1  # hpo: 1..9\nfor i in range(2): loss = v")
    program = pickle.loads(pickle.dumps(cell.program()))
    assert program == cell.program()
    prepare(program)
    assert [run(cell, v=v)[0]["v"] for v in (3, 4)] == [3, 4]
    assert run(cell)[0]["v"] == 1


def test_unknown_name_is_said() -> None:
    with pytest.raises(CellError, match="'w' is not tuned"):
        bind(cell_of("v = 1  # hpo: 1..9\nloss = v").program(), {"w": 1})


def test_traceback_at_the_users_line() -> None:
    cell = capture(
        "lr = 1  # hpo: 1..9\nfor i in range(2):\n    loss = lr\n    1 / 0", filename="<c>"
    )
    remember_source(cell.program())
    try:
        run(cell, lr=3)
    except ZeroDivisionError:
        frames = traceback.extract_tb(sys.exc_info()[2])
    assert [(f.lineno, f.line) for f in frames if f.filename == "<c>"] == [(5, "1 / 0")]


LOOPS = {
    "for": ("for i in range(3):\n    loss = i", [(1, 0), (2, 1), (3, 2)]),
    "continue": (
        "for i in range(4):\n    if i % 2: continue\n    loss = i",
        [(1, 0), (2, 0), (3, 2), (4, 2)],
    ),
    "break": (
        "for i in range(4):\n    loss = i\n    if i == 1: break\nelse:\n    loss = 99",
        [(1, 0), (2, 1)],
    ),
    "else": ("for i in range(2):\n    loss = i\nelse:\n    loss = 99", [(1, 0), (2, 1)]),
    "break in with, try and match": (
        "from contextlib import nullcontext\nfor i in range(9):\n    loss = i\n"
        "    with nullcontext():\n        try:\n            match i:\n                case 2:\n"
        "                    break\n        finally:\n            pass",
        [(1, 0), (2, 1), (3, 2)],
    ),
    "inner break": (
        "for i in range(2):\n    for j in range(5):\n        if j: break\n    loss = i",
        [(1, 0), (2, 1)],
    ),
    "break in an inner else": (
        "for i in range(5):\n    loss = i\n    for j in range(2): pass\n    else:\n        break",
        [(1, 0)],
    ),
    "while": ("loss = 3\nwhile loss > 0:\n    loss -= 1", [(1, 2), (2, 1), (3, 0)]),
    "while with walrus": ("n = 3\nwhile (n := n - 1):\n    loss = n", [(1, 2), (2, 1)]),
    "while true": (
        "loss = 0\nwhile True:\n    loss += 1\n    if loss == 2:\n        break",
        [(1, 1), (2, 2)],
    ),
    "while else": ("loss = 1\nwhile loss:\n    loss -= 1\nelse:\n    n = 1", [(1, 0)]),
    "unassigned at first": (
        "for i in range(3):\n    if i == 2:\n        loss = i", [(3, 2)]
    ),
    "not a number": ("for i in range(3):\n    loss = i or None", [(2, 1), (3, 2)]),
    "last of two loops": (
        "for i in range(3):\n    loss = i\nfor j in range(2):\n    loss = -j", [(1, 0), (2, -1)]
    ),
    "empty": ("loss = 1\nfor i in []:\n    loss = i", []),
    "await": (
        "async def g():\n    yield 1\n    yield 2\nasync for i in g():\n    loss = i",
        [(1, 1), (2, 2)],
    ),
    "in if and try": (
        "if True:\n    try:\n        for loss in (4, 5): pass\n    finally:\n        x = 1",
        [(1, 4), (2, 5)],
    ),
    "tuple target": ("for i in range(2):\n    a, (loss, b) = 1, (i, 2)", [(1, 0), (2, 1)]),
    "with target": (
        "from contextlib import nullcontext\nfor i in range(2):\n"
        "    with nullcontext(i) as loss:\n        pass",
        [(1, 0), (2, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reports"), LOOPS.values(), ids=LOOPS)
def test_loops(source: str, reports: list[tuple[int, float]]) -> None:
    cell = cell_of("lr = 1  # hpo: 1..9\n" + source)
    namespace, found = run(cell, lr=2)
    assert found == reports
    plain: dict[str, Any] = {}
    if not any(map(awaits, bind(cell.program(), {}).codes)):
        exec(cell.source, plain)
        assert namespace["loss"] == plain["loss"]


EXPRESSIONS = {
    "appended": ("h = []\nfor i in range(2):\n    h.append(i)", "h[-1]", [(1, 0), (2, 1)]),
    "stored": ("h = [9, 9]\nfor i in range(2):\n    h[i] = i", "sum(h)", [(1, 9), (2, 1)]),
    "of a dict": (
        "h = {'loss': []}\nfor i in range(2):\n    h['loss'].append(i)", "h['loss'][-1]",
        [(1, 0), (2, 1)],
    ),
    "an attribute": (
        "class A: pass\nh = A()\nfor i in range(2):\n    h.loss = i", "h.loss", [(1, 0), (2, 1)]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "objective", "reports"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expression_objectives(
    source: str, objective: str, reports: list[tuple[int, float]]
) -> None:
    assert run(cell_of("lr = 1  # hpo: 1..9\n" + source, objective))[1] == reports


STOPS = {
    "for": "for i in range(9):\n    loss = i",
    "while": "loss = 0\nwhile loss < 9:\n    loss += 1",
    "at a break": "for i in range(9):\n    loss = i\n    if i == 1: break",
}


@pytest.mark.parametrize("source", STOPS.values(), ids=STOPS)
def test_a_stop_leaves_the_loop_at_the_turn(source: str) -> None:
    namespace, reports = run(cell_of("lr = 1  # hpo: 1..9\n" + source + "\nafter = 1"), stop_at=2)
    assert [step for step, _ in reports] == [1, 2]
    assert "after" not in namespace


def test_an_error_in_a_turn_is_no_report() -> None:
    cell = cell_of("lr = 1  # hpo: 1..9\nfor i in range(3):\n    loss = i\n    [][i]")
    reports: list[int] = []
    namespace: dict[str, Any] = {}
    namespace[RECORDER] = Recorder((LOSS,), namespace, lambda step, _: reports.append(step))
    with pytest.raises(IndexError):
        bind(cell.program(), {}).run(namespace)
    assert reports == []


def test_future_import_holds_and_only_there() -> None:
    cell = cell_of(
        "from __future__ import annotations\nx = 1  # hpo: 1..9\ndef f(a: nowhere): pass\nloss = x"
    )
    assert run(cell, x=2)[0]["f"].__annotations__ == {"a": "nowhere"}


SCALED = """from collections import OrderedDict
from sklearn.preprocessing import StandardScaler
x = StandardScaler().fit_transform([[1.0], [2.0], [3.0]])
loss = float(x[0, 0])
"""


def test_a_choice_that_nothing_imports_is_imported() -> None:
    pytest.importorskip("sklearn")
    cell = capture(SCALED, auto=True)
    assert cell.problems == ()
    assert ("sklearn.preprocessing", "MinMaxScaler") in cell.imports
    assert not {"MinMaxScaler"} & cell.free_names
    program, losses = cell.program(), []
    for choice in ("StandardScaler", "MinMaxScaler"):
        space: dict[str, Any] = {}
        params = {"scaler": choice}
        bring(program, params, space)
        bind(program, params).run(space)
        losses.append(space["loss"])
        assert ("MinMaxScaler" in space) == (choice == "MinMaxScaler")
    assert losses == [pytest.approx(-1.2247, abs=1e-4), 0.0]


def test_a_mark_may_name_what_is_not_imported() -> None:
    line = "StandardScaler()  # hpo: StandardScaler | MaxAbsScaler"
    cell = capture(SCALED.replace("StandardScaler().fit", f"{line}\nx = StandardScaler().fit", 1))
    assert cell.imports == (("sklearn.preprocessing", "MaxAbsScaler"),)


def test_what_is_defined_is_not_imported() -> None:
    cell = capture(SCALED, auto=True, names={"MinMaxScaler"})
    assert ("sklearn.preprocessing", "MinMaxScaler") not in cell.imports
    assert "MinMaxScaler" in cell.free_names
    space: dict[str, Any] = {"MinMaxScaler": 1}
    program = replace(cell.program(), imports=(("sklearn.preprocessing", "MinMaxScaler"),))
    bring(program, {"scaler": "MinMaxScaler"}, space)
    assert space["MinMaxScaler"] == 1
