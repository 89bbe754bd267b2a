"""What was chosen, as marks in the text of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import CapturedCell, Typed
from jupyter_hpo.cell.rewriting import marked
from jupyter_hpo.errors import StudyError
from jupyter_hpo.space import Categorical, Float, Int, Parameter, SearchSpace
from jupyter_hpo.study.objective import Objective

TRANSFORM = TransformerManager().transform_cell
NAMES = {"torch", "f", "params", "Adam", "SGD"}


def captured(text: str, **more) -> CapturedCell:
    first, _, body = text.partition("\n")
    line = parse_line(first.removeprefix("%%hpo")).space
    cell = capture(body, names=NAMES, transform=TRANSFORM, line_space=[*line], **more)
    return replace(cell, typed=(Typed(0, text, cell.source, "abc"),))


def chosen(**distributions) -> SearchSpace:
    return SearchSpace([Parameter(name, d) for name, d in distributions.items()])


LR = Float(1e-5, 1e-1, log=True)
CASES = {
    "a new mark": ("lr = 1e-3", {"lr": LR}, "lr = 1e-3  # hpo: 1e-5..0.1 log"),
    "beside a comment": (
        "lr = 1e-3   # the rate", {"lr": LR}, "lr = 1e-3  # the rate  # hpo: 1e-5..0.1 log",
    ),
    "as it is written": (
        "lr = 1e-3 # HPO:   1e-5..1e-1   log", {"lr": LR}, "lr = 1e-3 # HPO:   1e-5..1e-1   log",
    ),
    "another range": (
        "lr = 1e-3  # hpo: 1e-4..1e-2  # mine", {"lr": LR},
        "lr = 1e-3  # hpo: 1e-5..0.1 log  # mine",
    ),
    "not chosen any more": (
        "lr = 1e-3  # hpo: 1e-5..1e-1 log\nn = 3", {"n": Int(1, 9)},
        "lr = 1e-3\nn = 3  # hpo: 1..9",
    ),
    "no mark is left of it": ("n = 3  # hpo: 1..9", {}, "n = 3\n"),
    "fixed stays": (
        "n = 3  # hpo: fixed\nlr = 1e-3", {"lr": LR},
        "n = 3  # hpo: fixed\nlr = 1e-3  # hpo: 1e-5..0.1 log",
    ),
    "several on a line": (
        "o = f(lr=1e-3, n=3)", {"lr": LR, "n": Int(1, 9)},
        "o = f(lr=1e-3, n=3)  # hpo: lr = 1e-5..0.1 log; n = 1..9",
    ),
    "one of several": (
        "lr, n = 1e-3, 3  # hpo: lr = 1e-5..1e-1 log; n = 1..9", {"n": Int(1, 9)},
        "lr, n = 1e-3, 3  # hpo: n = 1..9",
    ),
    "words": (
        "a = 'x'", {"a": Categorical(("x", "y z", "None"))}, "a = 'x'  # hpo: x | 'y z' | 'None'",
    ),
    "no comment can stand there": (
        "lr = 1e-3; s = '''\nmany\nlines'''", {"lr": LR},
        '%%hpo --minimize loss "lr = 1e-5..0.1 log"\nlr = 1e-3; s = ',
    ),
    "before a backslash": (
        "lr = \\\n    1e-3", {"lr": LR}, "lr = \\\n    1e-3  # hpo: 1e-5..0.1 log",
    ),
    "colab's form goes on": (
        'd = 0.5  #@param {type:"slider", min:0, max:0.9, step:0.1}',
        {"d": Float(0, 0.9, step=0.1)},
        'd = 0.5  #@param {type:"slider", min:0, max:0.9, step:0.1}\n',
    ),
    "colab's form, not chosen": (
        'd = 0.5  #@param {type:"slider", min:0, max:0.9, step:0.1}\nlr = 1e-3', {"lr": LR},
        'd = 0.5  #@param {type:"slider", min:0, max:0.9, step:0.1}  # hpo: fixed\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "wanted", "then"), CASES.values(), ids=CASES)
def test_marks_say_what_was_chosen(typed, wanted, then):
    text = f"%%hpo --minimize loss\n{typed}\nloss = 1.0\n"
    space = chosen(**wanted)
    edits = marked(captured(text, space=space), space)
    after = edits[0].after if edits else text
    assert then in after
    again = captured(after)
    assert {n: p.distribution for n, p in again.space.items()} == wanted
    assert marked(again, space) == []


def test_the_magic_line_says_no_more_what_marks_say():
    text = "%%hpo --minimize loss lr=1e-5..1e-2 --trials 3 'n=1..5'\nlr = 1e-3\nn = 3\nloss = 1.0\n"
    (edit,) = marked(captured(text), chosen(lr=LR))
    assert edit.after == (
        "%%hpo --minimize loss --trials 3\nlr = 1e-3  # hpo: 1e-5..0.1 log\nn = 3\nloss = 1.0\n"
    )


@pytest.mark.parametrize(
    ("line", "source", "then"),
    [
        ("%%hpo --edit --trials 3", "loss", "%%hpo --trials 3 --minimize loss"),
        ("%%hpo --trials 3 --edit", "hist[-1] + 1", '%%hpo --trials 3 --minimize "hist[-1] + 1"'),
        ("%%hpo --maximize acc --edit", "loss", "%%hpo --maximize acc"),
    ],
)
def test_the_magic_line_opens_the_editor_no_more_and_says_the_objective(line, source, then):
    cell = captured(f"{line}\nlr = 1e-3\nloss = lr\nhist = [lr]\n")
    cell = replace(cell, objectives=(Objective(source, "minimize"),))
    (edit,) = marked(cell, chosen(lr=LR))
    assert edit.after.partition("\n")[0] == then
    parse_line(then.removeprefix("%%hpo"))


@pytest.mark.parametrize(
    ("said", "folds", "then"),
    [
        ("", "5", " --folds 5"),
        (" --folds 5 --quiet", "5", " --folds 5 --quiet"),
        (" --folds 5 --quiet", "3", " --quiet --folds 3"),
        (" --folds=cv --quiet", "", " --quiet"),
    ],
)
def test_the_magic_line_says_the_options_that_it_is_given(said, folds, then):
    text = f"%%hpo --minimize loss{said}\nlr = 1e-3\nloss = lr\n"
    (edit,) = marked(captured(text), chosen(lr=LR), {"--folds": folds, "--repeats": ""})
    assert edit.after.partition("\n")[0] == f"%%hpo --minimize loss{then}"
    parse_line(then)


def test_what_no_mark_can_mean_is_said_on_the_magic_line():
    text = (
        "%%hpo --minimize loss\nimport torch.nn as nn\n"
        "net = nn.Sequential(nn.Dropout(0.1), nn.Linear(9, 3), nn.Dropout(0.2))\nloss = net\n"
    )
    cell = captured(text, auto=True)
    twins = {t.name: t.distribution for t in cell.tunables if t.name.startswith("Dropout")}
    assert len(twins) == 2
    (edit,) = marked(cell, chosen(**twins))
    first = edit.after.partition("\n")[0]
    assert first.startswith('%%hpo --minimize loss "Dropout')
    again = captured(edit.after)
    assert {n: p.distribution for n, p in again.space.items()} == twins
    assert marked(again, chosen(**twins)) == []


def test_a_value_that_is_not_there_is_refused():
    with pytest.raises(StudyError, match="'nope' is no value of this cell"):
        marked(captured("%%hpo\nlr = 1e-3\nloss = lr\n"), chosen(nope=LR))
