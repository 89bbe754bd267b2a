"""What is wrong with a cell, each with its line and its fix; what is said; what is bound."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_hpo.cell import CapturedCell, capture
from jupyter_hpo.space import Categorical, Float, Int, Parameter, SearchSpace
from jupyter_hpo.space.conditions import Comparison, Condition
from jupyter_hpo.space.marks import format_mark
from jupyter_hpo.study.objective import Objective

LOSS = (Objective("loss", "minimize"),)
NAMES = frozenset({"nn", "torch", "model", "train", "evaluate", "X", "y"})


def understood(source: str, **options: Any) -> CapturedCell:
    """A captured cell that assigns its objective in the end."""
    options = {"objectives": LOSS, "names": NAMES, **options}
    return capture(source + "\nloss = evaluate(model)\n", **options)


# code of the cell -> the problem's code, its line (the %%hpo line is line 1), part of the fix
BAD_CELLS = {
    "syntax error": ("lr = 1e-3  # hpo: 1e-5..1e-1\nfor x in:", "syntax", 3, "Correct"),
    "return outside": ("a = 1\nreturn a", "syntax", 3, "Correct"),
    "unreadable mark": ("lr = 1e-3  # hpo: 1e-5..", "mark_syntax", 2, "1e-5..1e-1"),
    "unknown modifier": ("lr = 1e-3  # hpo: 1e-5..1 log x", "mark_syntax", 2, "log"),
    "line without a value": ("# hpo: 1..6\nlr = 1e-3", "no_value", 2, "end of the line"),
    "line without a value inside": ("train()  # hpo: 1..6", "no_value", 2, "end of the line"),
    "range on a string": ("opt = 'adam'  # hpo: 1..6", "bad_range", 2, "a | b"),
    "key names nothing": ("f = train(lr=1, wd=2)  # hpo: lrr = 1..6", "unknown_key", 2, "'lr'"),
    "several values": ("f = train(lr=1, wd=2)  # hpo: 1..6", "ambiguous_mark", 2, "lr = 1..6"),
    "two positional": ("f = nn.Linear(3, 4)  # hpo: 1..6", "ambiguous_mark", 2, "[0] = 1..6"),
    "two marks": ("lr = 1  # hpo: 1..6; lr = 2..8", "marked_twice", 2, "Remove"),
    "low > high": ("lr = 1e-3  # hpo: 1e-1..1e-5", "bad_range", 2, "1e-05..0.1"),
    "log from 0": ("\nlr = 1e-3  # hpo: 0..1 log", "bad_range", 3, "above 0"),
    "float step": ("n = 3  # hpo: 1..6 step 0.5", "bad_range", 2, "Round"),
    "unknown condition": (
        "opt = 'a'  # hpo: a | b\nlr = 1.0  # hpo: 0.1..1 if optt == a",
        "unknown_condition",
        3,
        "'opt'",
    ),
    "condition on itself": ("lr = 1.0  # hpo: 0.1..1 if lr > 0.5", "condition_circle", 2, "Remove"),
    "conditions in a circle": (
        "a = 1  # hpo: 1..9 if b > 1\nb = 1  # hpo: 1..9 if a > 1",
        "condition_circle",
        2,
        "Remove",
    ),
    "no such choice": (
        "opt = 'a'  # hpo: a | b\nlr = 1.0  # hpo: 0.1..1 if opt == c",
        "condition_value",
        3,
        "a | b",
    ),
    "one name twice": ("a = 1  # hpo: 1..9 as w\nb = 1  # hpo: 2..9 as w", "same_name", 3, "w_2"),
    "one variable twice": ("a = 1  # hpo: 1..9\na = 2  # hpo: 1..9", "same_name", 3, "as a_2"),
    "a computation": ("f = 0.1 * g() / 3.0  # hpo: 0.01..1", "ambiguous_mark", 2, "one literal"),
    "a literal with no name": ("f = 0.1 * train()  # hpo: 0.01..1", "needs_name", 2, "as weight"),
    "unknown tie": ("a = 1  # hpo: 1..9 as abcd\nb = 1  # hpo: abdc", "unknown_tie", 3, "'abcd'"),
    "unknown name in a choice": (
        "act = torch.a  # hpo: torch.a | trch.b",
        "undefined_name",
        2,
        "'torch'",
    ),
    "used before defined": ("a = later + 1\nlater = 2", "undefined_name", 2, "above"),
    "not defined": ("lr = 1e-3  # hpo: 1e-5..1\ntrain(modle)", "undefined_name", 3, "'model'"),
    "used after del": ("a = 1\ndel a\nb = a", "undefined_name", 4, ""),
    "used after except": ("try:\n    a = 1\nexcept ValueError as e:\n    pass\nprint(e)",
                          "undefined_name", 6, ""),
    "another cell's magic": ("%%bash\nls", "cell_magic", 2, "%%bash"),
    "timeit": ("\n%%timeit -n 3\na = 1", "cell_magic", 3, "%%timeit"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "code", "line", "fix"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_bad_cells(source: str, code: str, line: int, fix: str) -> None:
    found = [p for p in understood(source).problems if p.code == code]
    assert len(found) == 1
    assert found[0].line == line
    assert found[0].fix
    assert fix in found[0].fix


OBJECTIVES = {
    "never assigned": ("val_los", "objective_never_assigned", "'val_loss'"),
    "measured": ("n_param", "objective_never_assigned", "'n_params'"),
    "no expression": ("val_loss[", "objective_syntax", "expression"),
    "unknown name in it": ("histry['loss']", "objective_name", "'history'"),
}


@pytest.mark.parametrize(("source", "code", "fix"), OBJECTIVES.values(), ids=OBJECTIVES)
def test_bad_objectives(source: str, code: str, fix: str) -> None:
    cell = capture(
        "lr = 1e-3  # hpo: 1e-5..1e-1\nhistory = {}\nval_loss = 1",
        objectives=[Objective(source, "minimize")],
    )
    assert [(p.code, p.line) for p in cell.problems] == [(code, 1)]
    assert fix in cell.problems[0].fix


def test_no_objective() -> None:
    cell = capture("lr = 1e-3  # hpo: 1e-5..1e-1\nresult = lr")
    assert [p.code for p in cell.problems] == ["no_objective"]
    assert "--minimize" in cell.problems[0].fix


def test_several_objectives_fit() -> None:
    cell = capture("lr = 1e-3  # hpo: 1e-5..1e-1\nval_loss = lr\nval_acc = lr")
    assert [p.code for p in cell.problems] == ["which_objective"]
    assert "--minimize val_loss or --maximize val_acc" in cell.problems[0].fix
    assert cell.objectives == ()


def test_all_problems_come_together_in_the_order_of_the_lines() -> None:
    source = "a = 1  # hpo: 9..1\nb = 2  # hpo: 1..\ntrain(nothing)\nc = 1  # hpo: x = 1..2"
    problems = capture(source, objectives=LOSS, names={"train"}, line_space=["zz=1..2"]).problems
    assert [p.line for p in problems] == [1, 1, 2, 3, 4, 5]
    assert all(p.fix for p in problems)


def test_nothing_to_tune() -> None:
    assert [p.code for p in understood("a = train(model)").problems] == ["nothing_to_tune"]
    assert understood("a = train(model, lr=0.1)").problems == ()
    problems = understood("a = train(model, lr=0.1)  # hpo: lr = fixed", auto=True).problems
    assert [p.code for p in problems] == ["nothing_to_tune"]
    assert problems[0].fix


# precedence ---------------------------------------------------------------------------

LR = "lr = 1e-3  # hpo: 1e-5..1e-1 log\nm = train(model, lr, momentum=0.9)"


def test_line_over_space_over_mark() -> None:
    given_space = SearchSpace({"lr": Float(0.2, 0.3)})
    assert understood(LR).space["lr"].distribution == Float(1e-5, 1e-1, log=True)
    cell = understood(LR, space=given_space)
    assert cell.space["lr"].distribution == Float(0.2, 0.3)
    cell = understood(LR, space=given_space, line_space=["lr=0.01..0.02"])
    assert cell.space["lr"].distribution == Float(0.01, 0.02)
    assert list(cell.space) == ["lr"]


def test_the_line_mends_a_bad_mark() -> None:
    cell = understood("lr = 1e-3  # hpo: 1..1e-5\nm = train(lr)", line_space=["lr=0.01..0.02"])
    assert cell.problems == ()


def test_a_problem_names_its_tunable() -> None:
    cell = understood("lr = 1e-3  # hpo: 1..1e-5\nm = train(lr)")
    assert [(p.name, p.line) for p in cell.problems] == [("lr", 2)]


def test_line_names_values_nobody_marked() -> None:
    source = "m = train(model, size=3, gamma=2)\nopt = torch.optim.Adam"
    line = ["size=1..5", "train.gamma=1..3 if opt==SGD", "opt=torch.optim.Adam|torch.optim.SGD"]
    cell = understood(source, line_space=line)
    assert cell.problems == ()
    assert cell.space["size"].distribution == Int(1, 5)
    assert list(cell.space) == ["size", "opt", "gamma"]
    assert cell.space["gamma"].condition is not None
    assert cell.space["gamma"].condition.holds({"opt": "torch.optim.SGD"})


def test_space_with_conditions_and_unknown_names() -> None:
    space = SearchSpace(
        [
            Parameter("momentum", Float(0, 1), Condition((Comparison("lr", ">", 0.1),))),
            Parameter("lr", Float(0, 1)),
        ]
    )
    assert list(understood(LR, space=space).space) == ["lr", "momentum"]
    problems = understood(LR, space=SearchSpace({"lrr": Float(0, 1)})).problems
    assert [(p.code, p.line) for p in problems] == [("unknown_name", None)]
    assert "'lr'" in problems[0].fix


def test_auto_takes_the_proposals() -> None:
    assert list(understood(LR, auto=True).space) == ["lr", "momentum"]
    assert list(understood(LR).space) == ["lr"]


def test_fixed_is_not_proposed() -> None:
    cell = understood("a = train(lr=0.1, momentum=0.9)  # hpo: lr = fixed", auto=True)
    assert list(cell.space) == ["momentum"]
    assert list(understood("a = train(lr=0.1)  # hpo: fixed", auto=True).space) == []


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("opt = torch.optim.Adam([], lr=1e-3)", ["lr", "optimizer"]),
        ("opt = torch.optim.Adam([], lr=1e-3)  # hpo: fixed", []),
        ("opt = torch.optim.Adam(\n  [],\n  lr=1e-3,\n)  # hpo: fixed", []),
        ("opt = torch.optim.Adam(\n  [],\n  lr=1e-3,  # hpo: fixed\n)", ["optimizer"]),
        ("opt = torch.optim.Adam([], lr=1e-3)  # hpo: Adam = fixed", ["lr"]),
        ("opt = torch.optim.Adam([], lr=1e-3)  # hpo: lr = fixed", ["optimizer"]),
        ("opt = torch.nn.ReLU()", ["activation"]),
        ("opt = torch.nn.ReLU()  # hpo: fixed", []),
        ("opt = torch.nn.Sequential(\n  torch.nn.ReLU(),  # hpo: fixed\n)", []),
    ],
)
def test_fixed_is_said_of_classes_too(line: str, left: list[str]) -> None:
    cell = capture(f"import torch\n{line}\na = train(opt)", names={"train"})
    names = [t.name.rpartition(".")[2] for t in cell.tunables]
    assert (sorted(names), [p for p in cell.problems if p.line]) == (left, [])


# what is said and known ---------------------------------------------------------------


def test_notices() -> None:
    cell = capture(
        "%%time\nlr = 1e-3  # hpo: 1e-5..1e-1\ndef f():\n    return nowhere\ntest_acc = 1",
        objectives=[Objective("test_acc", "maximize")],
    )
    assert cell.problems == ()
    said = "\n".join(cell.notices)
    assert "%%time" in said
    assert "`lr` (line 3)" in said
    assert "tuning it does nothing" in said
    assert "test set" in said
    assert "`nowhere` (line 5)" in said
    quiet = capture(cell.source, line_offset=0, read_elsewhere={"lr"})
    assert "`lr`" not in "\n".join(quiet.notices)


def test_places_of_nested_and_unicode_code() -> None:
    source = 'größe = "µ"; rate = -1e-3  # hpo: rate = -1e-2..-1e-4\nz = train(rate, größe)'
    cell = understood(source)
    (place,) = cell.tunables[0].places
    text = cell.source.splitlines()[place.line - 1].encode()
    assert text[place.col : place.end_col] == b"-1e-3"
    assert cell.space["rate"].default == -1e-3


def test_keep() -> None:
    cell = understood("import os\n_a = 1\nlr = 1  # hpo: 1..3\nnet = train(lr)\nmodel.fit(X)")
    assert cell.keep[:2] == ("net", "loss")
    assert cell.keep[2:] == ("model",)
    assert "os" not in cell.keep
    assert "lr" not in cell.keep
    assert understood(LR, keep=["m"]).keep == ("m",)
    assert [p.code for p in understood(LR, keep=["mm"]).problems] == ["unknown_keep"]


def test_names_of_equal_keywords() -> None:
    source = (
        "a = nn.Sequential(nn.Dropout(0.1), nn.Dropout(0.2))\n"
        "o = torch.optim.Adam(model, lr=1e-3)\np = torch.optim.SGD(model, lr=1e-2)\n"
        "q = torch.optim.SGD(model, lr=1e-2)"
    )
    names = [t.name for t in understood(source).tunables]
    assert names == ["Dropout.p", "Dropout_2.p", "Adam.lr", "SGD.lr", "SGD_2.lr"]


CELL = "lr = 1e-3  # hpo: 1e-5..1e-1 log\nnet = train(model, lr, 3)"
SAME = {
    "another range": "lr = 1e-3  # hpo: 1e-4..1e-1\nnet = train(model, lr, 3)",
    "another value": "lr = 0.5  # hpo: 1e-5..1e-1 log\nnet = train(model, lr, 3)",
    "a comment and spaces": "lr  = 1e-3  # hpo: 1e-5..1e-1 log\n# hm\n\nnet = train( model, lr,3)",
}
OTHER = {
    "another constant": CELL.replace("3)", "4)"),
    "another name": CELL.replace("net", "nets"),
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_identity_stays(source: str) -> None:
    assert understood(source).identity == understood(CELL).identity


@pytest.mark.parametrize("source", OTHER.values(), ids=OTHER)
def test_identity_changes(source: str) -> None:
    assert understood(source).identity != understood(CELL).identity


def test_identity_knows_the_objective() -> None:
    other = understood(CELL, objectives=[Objective("loss", "maximize")])
    assert other.identity != understood(CELL).identity


def test_capture_with_the_magic_as_a_comment() -> None:
    cell = capture("#! %%hpo --trials 3\nlr = 1  # hpo: 1..0\nloss = lr", line_offset=0)
    assert cell.problems[0].line == 2


def test_choices_may_leave_out_the_codes_own_value() -> None:
    cell = understood("opt = 'adamw'  # hpo: adam | sgd\na = train(opt)")
    assert cell.problems == ()
    assert cell.space["opt"].distribution == Categorical(("adam", "sgd"))
    assert cell.space.defaults() is None


LINES = st.sampled_from(
    [
        "lr = 1e-3  # hpo: 1e-5..1e-1 log", "for i in range(3):", "    loss = lr", "del lr",
        "x = [i for i in y if (z := i)]", "def f(a=1):  # hpo: a = 1..3", "    return a",
        "class A:", "    b = 2  # hpo: 1..9", "f(1, k={'a': 2})  # hpo: a = 1..2; [0] = 2..3",
        "%%time", "while True:", "    break", "try:", "except E as e:", "    pass", "with a as b:",
        "nn.Linear(3, 4),  # hpo: [1] = w", "import torch.nn as nn", "from os import *", "match x:",
        "    case {'a': b, **c}: pass", "lambda x=3: x  # hpo: 1..2", "f'{lr:.{2}f}'  # hpo: 1..2",
        ")", "await f()", "@d", "global g", "a, b = 1, 2  # hpo: 1..2", "# hpo: if", "\0", "é = 1",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join) | st.text(max_size=40), st.booleans())
def test_capture_never_raises(source: str, auto: bool) -> None:
    cell = capture(source, auto=auto, line_space="lr=1..2 w=a|b")
    assert all(p.message for p in cell.problems)


WRITTEN = {
    "float": ("v = 0.5  # hpo: {}", "1e-5..1e-1 log"),
    "integer": ("v = 5  # hpo: {}", "2..64 step 2"),
    "strings": ("v = 'a'  # hpo: {}", "a | 'b c' | None"),
    "objects": ("v = torch.a  # hpo: {}", "torch.a | torch.b"),
    "boolean": ("v = True  # hpo: {}", "bool"),
    "callee": ("u = torch.a(3)  # hpo: {}", "a | b as v"),
    "keyed": ("u = train(v=3, w=4)  # hpo: {}", "v = 1..9"),
    "conditional": ("a = 'x'  # hpo: x | y\nv = 2  # hpo: {}", "1..9 if a == x"),
}


@pytest.mark.parametrize(("source", "mark"), WRITTEN.values(), ids=WRITTEN)
def test_a_written_mark_means_the_same(source: str, mark: str) -> None:
    first = understood(source.format(mark))
    (tuned,) = [t for t in first.tunables if t.name == "v"]
    assert tuned.distribution is not None
    key = "v" if mark.startswith("v =") else None
    name = "v" if mark.endswith("as v") else None
    written = format_mark(tuned.distribution, tuned.condition, key=key, name=name)
    second = understood(source.format(written))
    assert second.problems == first.problems == ()
    assert second.space["v"] == first.space["v"]


def test_names_in_shell_commands_are_needed_when_the_notebook_has_them() -> None:
    source = "get_ipython().system('echo $DATA {seen} $HOME')\na = 1\nprint(eval('a + other'))"
    cell = understood(source)
    assert not {"DATA", "seen", "other", "HOME"} & cell.free_names
    cell = capture(source, objectives=LOSS, names={"DATA", "seen", "other", "a", "print"})
    assert {n for n in cell.free_names if n not in ("loss", "y")} == {"DATA", "seen", "other"}


def test_a_value_that_only_a_shell_command_reads_is_tuned() -> None:
    cell = understood("lr = 1e-3  # hpo: 1e-5..1e-1 log\nget_ipython().system('train {lr}')")
    assert not any("nothing in this cell reads it" in notice for notice in cell.notices)
