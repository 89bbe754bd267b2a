"""Tab on our lines: what is suggested where the cursor stands."""

from __future__ import annotations

import pytest

from jupyter_hpo.completion import Session, suggest
from jupyter_hpo.options import SAMPLERS
from jupyter_hpo.space import Float, SearchSpace

BODY = """
lr = 1e-3
hidden = 64
optimizer = "adam"
for epoch in range(3):
    val_loss = abs(lr - 0.01) * hidden * len(optimizer)
    val_acc = 1 - val_loss
"""
NAMES = {"space": SearchSpace({"a": Float(0, 1)}), "grid": {"lr": [1, 2]}, "data": [1], "_dh": {}}
SESSION = Session(NAMES, lambda: ["digits", "wine"], lambda: [3, 12], lambda: ["lr", "act"])


def words(line, body=BODY, session=SESSION):
    """The suggestions at the |, or at the end of the line."""
    before, _, after = line.partition("|")
    found = suggest(before, f"{after}\n{body}", session)
    return None if found is None else [word for word, _ in found.words]


@pytest.mark.parametrize("line", ["lr = 1e-3", "%timeit x", "%%hpox --", "%%hpo", "# %%hpo --"])
def test_other_lines_are_none_of_ours(line):
    assert words(line) is None


def test_only_the_first_line_of_a_cell_is_one():
    assert suggest("x = 1\n%%hpo --", "\n", SESSION) is None
    assert suggest("\n%%hpo --tri", "\n", SESSION).words


def test_options_not_yet_given():
    assert words("%%hpo --tri") == ["--trials", "--trial-timeout"]
    assert words("%%hpo --trials 3 --tri") == ["--trial-timeout"]
    assert words("%%hpo --tri| --trials 3") == ["--trial-timeout"]
    assert words("%%hpo --trials=3 --tri") == ["--trial-timeout"]
    assert words("#! %%hpo --see") == ["--seed"]
    assert words("%%hpo --maximize val_acc --m") == ["--maximize", "--minimize"]


def test_the_choices_of_an_option():
    assert words("%%hpo --sampler ") == list(SAMPLERS)
    assert words("%%hpo --trials 3 --sampler r") == ["random"]
    assert words("%%hpo --sampler=r") == ["random"]
    assert suggest("%%hpo --sampler=r", BODY, SESSION).fragment == "r"
    assert words("%%hpo --executor x") == []
    assert words("%%hpo --pruner p") == ["patience", "pbt", "patience:5"]


def test_objectives_are_those_of_the_cell_the_fitting_first():
    assert words("%%hpo --maximize ")[:2] == ["val_acc", "val_loss"]
    assert words("%%hpo --minimize ")[:2] == ["val_loss", "val_acc"]
    assert "epoch" in words("%%hpo --minimize e")
    assert words("%%hpo --maximize v", body="") == []
    assert words("%%hpo --maximize v", body="for x in (") == []


def test_names_of_the_notebook_for_its_options():
    assert words("%%hpo --space ") == ["space", "grid"]
    assert words("%%hpo --keep ")[:2] == ["lr", "hidden"]
    assert "lr" not in words("%%hpo --keep lr,")
    assert suggest("%%hpo --keep lr,hid", f"\n{BODY}", SESSION).fragment == "hid"
    assert words("%%hpo --name d") == ["digits"]


def test_names_to_tune_and_their_ranges():
    assert words("%%hpo l") == ["lr="]
    assert words("%%hpo lr=0..1 l") == []
    (span,) = words("%%hpo lr=")
    assert span.endswith(":log")
    assert ".." in span
    assert words("%%hpo lr=0.1..1:") == ["log", "step=", "as="]
    assert words("%%hpo lr=0.1..1:log:") == ["step=", "as="]
    assert words("%%hpo ")[0] == "--space"
    assert "hidden=" in words("%%hpo ")


def test_what_is_suggested_is_understood():
    from jupyter_hpo.arguments import parse_line
    from jupyter_hpo.cell import capture

    for name in ("lr", "hidden"):
        (span,) = words(f"%%hpo {name}=")
        cell = capture(BODY, line_space=parse_line(f"{name}={span}").space)
        assert set(cell.space) == {name}
        assert {p.code for p in cell.problems} == {"which_objective"}


def test_values_that_can_be_anything_get_examples():
    assert "30m" in words("%%hpo --timeout ")
    assert words("%%hpo --jobs ")[0] == "auto"
    assert words("%%hpo --device ")[:2] == ["auto", "cpu"]
    assert words("%%hpo --storage ") == []


def test_inside_an_expression_with_spaces():
    assert words('%%hpo --minimize "a + b" --see') == ["--seed"]
    assert words("%%hpo --minimize f(a, b) --see") == ["--seed"]


def test_commands():
    assert words("%hpo st") == ["status", "stop", "stop-trial"]
    assert "leaderboard" in words("%hpo ")
    assert words("%hpo open ") == ["digits", "wine"]
    assert words("%hpo stop-trial ") == ["3", "12"]
    assert words("%hpo stop-trial 1") == ["12"]
    assert words("%hpo best ") == []
    assert words("%hpo enqueue ") == ["lr=", "act="]
    assert words("%hpo space lr=1..2 ") == ["act="]
    assert "trials=" in words("%hpo budget ")
    assert suggest("x = 1\n%hpo open d", "", SESSION).words == (("digits", "study"),)


def test_magics_in_the_cell_are_no_hindrance():
    from IPython.core.interactiveshell import InteractiveShell

    transform = InteractiveShell.instance().input_transformer_manager.transform_cell
    session = Session(NAMES, transform=transform)
    assert words("%%hpo --maximize val", f"%time print(1)\n{BODY}", session)[0] == "val_acc"
