"""A trial's values in the text of a cell: each case is what was typed, and what comes of it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import CapturedCell, Typed
from jupyter_hpo.cell.rewriting import applied
from jupyter_hpo.cell.rewriting.literals import quoted
from jupyter_hpo.errors import StudyError

TRANSFORM = TransformerManager().transform_cell
NAMES = {"torch", "f", "model", "params", "Adam", "SGD", "partial", "x", "clf", "nn"}


def captured(text: str, **more) -> CapturedCell:
    body = text.lstrip("\n").partition("\n")[2]
    cell = capture(body, names=NAMES, transform=TRANSFORM, **more)
    assert [p for p in cell.problems if "objective" not in p.code] == []
    return replace(cell, typed=(Typed(0, text, cell.source, "abc"),))


# what was typed below `%%hpo`; the values; what stands there then
CASES = {
    "float": ("lr = 1e-3  # hpo: 1e-5..1e-1 log", {"lr": 2.2e-05}, "lr = 2.2e-5  # hpo:"),
    "keeps its spelling": ("lr = 1e-3  # hpo: 1e-5..1e-1 log", {"lr": 0.001}, "lr = 1e-3  # hpo:"),
    "float beside an integer": ("d = 0  # hpo: 0.0..0.7", {"d": 0.35}, "d = 0.35  #"),
    "negative": ("b = -1.5  # hpo: -2.0..2.0", {"b": 0.5}, "b = 0.5  #"),
    "becomes negative": ("b = 1.5 ** 2  # hpo: -2.0..9.0", {"b": -0.5}, "b = -0.5  #"),
    "in a power": ("y = f(3.0) ** 2.0  # hpo: [0] = -4.0..4.0 as a", {"a": -0.5}, "f(-0.5) ** 2.0"),
    "computed": ("lr = 10 ** -3  # hpo: 1e-5..1e-1 log", {"lr": 0.02}, "lr = 0.02  #"),
    "bytes before it": ("ä = '…'; n = 3  # hpo: n = 1..9", {"n": 7}, "ä = '…'; n = 7  #"),
    "double quotes": ('act = "relu"  # hpo: relu | tanh', {"act": "tanh"}, 'act = "tanh"  #'),
    "single quotes": ("act = 'relu'  # hpo: relu | tanh", {"act": "tanh"}, "act = 'tanh'  #"),
    "None to a string": ("w = None  # hpo: None | auto", {"w": "auto"}, 'w = "auto"  #'),
    "string to None": ("w = 'sqrt'  # hpo: sqrt | None", {"w": None}, "w = None  #"),
    "boolean": ("n = False  # hpo: bool", {"n": True}, "n = True  #"),
    "two on a line": (
        "lr, wd = 1e-3, 0.5  # hpo: lr = 1e-5..1e-1 log; wd = 0.0..1.0",
        {"lr": 0.01, "wd": 0.25},
        "lr, wd = 0.01, 0.25  # hpo:",
    ),
    "object": ("o = torch.A  # hpo: torch.A | torch.B", {"o": "torch.B"}, "o = torch.B  #"),
    "callee": (
        "o = torch.optim.Adam(params)  # hpo: Adam | SGD as opt",
        {"opt": "SGD"},
        "o = torch.optim.SGD(params)  # hpo: Adam | SGD as opt",
    ),
    "callee without a name keeps the one it had": (
        "o = Adam(params)  # hpo: Adam | SGD", {"Adam": "SGD"},
        "o = SGD(params)  # hpo: Adam | SGD as Adam",
    ),
    "keyed by its callee": (
        "o = Adam(params, 0.1)  # hpo: Adam = Adam | SGD as opt; Adam[1] = 0.01..1.0 as lr",
        {"opt": "SGD", "lr": 0.5},
        "o = SGD(params, 0.5)  # hpo: SGD = Adam | SGD as opt; SGD[1] = 0.01..1.0 as lr",
    ),
    "positional and a tie": (
        "a = f(784, 64)  # hpo: [1] = 32..512 log as width\nb = f(64, 10)  # hpo: [0] = width",
        {"width": 100},
        "a = f(784, 100)  # hpo: [1] = 32..512 log as width\nb = f(100, 10)  # hpo: [0] = width",
    ),
    "comments in a column": (
        "lr = 1e-3         # hpo: 1e-5..1e-1 log\nn = 3             # hpo: 1..90",
        {"lr": 0.0125, "n": 12},
        "lr = 0.0125       # hpo: 1e-5..1e-1 log\nn = 12            # hpo: 1..90",
    ),
    "default": ("def g(n=3):  # hpo: 1..9\n    return n", {"n": 5}, "def g(n=5):  # hpo: 1..9"),
    "several lines": (
        "h = [  # hpo: [64] | [64, 32]\n    64,  # wide\n]",
        {"h": "[64, 32]"},
        "h = [64, 32]  # hpo: [64] | [64, 32]",
    ),
    "not active": (
        "o = 'sgd'  # hpo: sgd | adam\nm = 0.9  # hpo: 0.0..0.99 if o == sgd",
        {"o": "adam"},
        "o = 'adam'  # hpo: sgd | adam\nm = 0.9  # hpo:",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "params", "then"), CASES.values(), ids=CASES)
def test_values_stand_where_the_cell_s_own_stood(typed, params, then):
    text = f"%%hpo --minimize loss --trials 3\n{typed}\nloss = 1.0\n"
    cell = captured(text)
    edits = applied(cell, params)
    after = edits[0].after if edits else text
    assert then in after
    assert after.startswith("%%hpo --minimize loss --trials 3\n")
    assert [(e.cell, e.before, e.cell_id) for e in edits] == [(0, text, "abc")] * len(edits)
    again = captured(after)
    assert {n: again.space[n].default for n in params} == params
    assert again.identity == cell.identity
    assert applied(again, params) == []


def test_all_else_stays_as_it_was_typed():
    text = (
        "\n#! %%hpo --maximize acc\n%matplotlib inline\n!echo 0.5\n%time y = 0.5\r\n"
        "lr = 0.5   # rate  # hpo: 0.1..1.0  # more\n\n\nfiles = !ls 0.5\nacc = lr\n\n"
    )
    (edit,) = applied(captured(text), {"lr": 0.25})
    assert edit.after == text.replace("lr = 0.5   #", "lr = 0.25  #")


def test_the_import_of_a_choice_comes_with_it_below_the_others():
    text = (
        "%%hpo --maximize acc\nfrom __future__ import annotations\n"
        "from sklearn.preprocessing import StandardScaler\n\n# scaled\n"
        "s = StandardScaler()  # hpo: StandardScaler | MinMaxScaler as scaler\nacc = 1.0\n"
    )
    cell = captured(text)
    assert cell.imports == (("sklearn.preprocessing", "MinMaxScaler"),)
    (edit,) = applied(cell, {"scaler": "MinMaxScaler"})
    assert edit.after == text.replace("s = Standard", "s = MinMax").replace(
        "StandardScaler\n\n",
        "StandardScaler\nfrom sklearn.preprocessing import MinMaxScaler\n\n",
    )
    assert captured(edit.after).identity == cell.identity


def test_a_cell_whose_text_is_another_is_left_alone():
    cell = captured("%%hpo --minimize loss\nlr = 0.5  # hpo: 0.1..1.0\nloss = lr\n")
    with pytest.raises(StudyError, match="the text of the cell isn't known"):
        applied(replace(cell, typed=()), {"lr": 0.25})
    other = Typed(0, "%%hpo\nlr = 0.7\n", cell.source)
    with pytest.raises(StudyError, match="line 2 does not stand in the cell as it was run"):
        applied(replace(cell, typed=(other,)), {"lr": 0.25})


@given(st.text(), st.sampled_from("'\""))
def test_a_string_means_itself_in_any_quotes(text, quote):
    written = quoted(text, quote)
    assert ast.literal_eval(written) == text
    if "'" not in text and '"' not in text:
        assert written[0] == quote
