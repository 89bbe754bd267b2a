"""What the space editor shows of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_hpo import editor_spec as module
from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import Typed
from jupyter_hpo.cell.pieces import INSERTED
from jupyter_hpo.editor_spec import TRIALS, editor_spec, with_pieces
from jupyter_hpo.options import Options
from jupyter_hpo.space import Float, SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.packing import DeviceFacts

CELL = """
lr = 1e-3             # hpo: 1e-5..1e-1 log
dropout = 0.5
hidden = 64
momentum = 0.9
for epoch in range(3):
    val_acc = lr * dropout * hidden * momentum
    val_loss = -val_acc
"""
PLAIN = CELL.replace("             # hpo: 1e-5..1e-1 log", "")


def rows(cell, **more):
    return {row.name: row for row in editor_spec("s", cell, Options(), **more).rows}


def test_each_row_says_who_declared_it():
    cell = capture(
        CELL, line_space=["hidden=32..128"], space=SearchSpace({"dropout": Float(0, 0.7)})
    )
    sources = {name: row.source for name, row in rows(cell).items()}
    assert sources == {"lr": "mark", "dropout": "space", "hidden": "line", "momentum": ""}


def test_what_is_declared_is_ticked_else_all_proposals():
    assert [n for n, row in rows(capture(CELL)).items() if row.ticked] == ["lr"]
    assert all(row.ticked for row in rows(capture(PLAIN)).values())


def test_of_a_running_study_what_it_tunes_is_ticked():
    shown = rows(capture(CELL), tuned={"hidden"})
    assert [name for name, row in shown.items() if row.ticked] == ["hidden"]


def test_a_bad_mark_stays_ticked_with_its_problem():
    row = rows(capture(CELL.replace("1e-5..", "5..")))["lr"]
    assert row.ticked
    assert "greater than" in row.problems[0]


def test_objectives_asked_for_are_chosen_and_the_others_offered():
    cell = capture(CELL, objectives=(Objective("val_loss", "minimize"),))
    settings = editor_spec("s", cell, Options()).settings
    assert [o.name for o in settings.objectives] == ["val_loss", "val_acc"]
    assert settings.chosen == 1
    undecided = editor_spec("s", capture(CELL), Options()).settings
    assert (len(undecided.objectives), undecided.chosen) == (2, 0)
    assert all(o.why for o in undecided.objectives)


@pytest.mark.parametrize(
    ("options", "trials", "timeout", "trial_timeout"),
    [
        (Options(), str(TRIALS), "", ""),
        (Options(trials=7), "7", "", ""),
        (Options(timeout_s=5400), "", "90m", ""),
        (Options(trials=7, timeout_s=7200, trial_timeout_s=90), "7", "2h", "90s"),
    ],
)
def test_the_budget_begins_as_the_line_says(options, trials, timeout, trial_timeout):
    settings = editor_spec("s", capture(CELL), options).settings
    assert (settings.trials, settings.timeout) == (trials, timeout)
    assert settings.trial_timeout == trial_timeout


def test_folds_are_offered_where_the_cell_reads_rows_that_they_can_give_it():
    def of(code, options=None):
        settings = editor_spec("s", capture(code), options or Options()).settings
        return settings.foldable, settings.folds, settings.repeats

    rows = "train_idx, val_idx = split(9)\nval_acc = score(X[train_idx], X[val_idx])\n"
    assert of(CELL) == (False, "", "")
    assert of(CELL + rows) == (True, "", "")
    assert of(rows, Options(folds="cv", repeats=3)) == (True, "cv", "3")


def test_devices_are_those_of_the_machine(monkeypatch):
    def words(*gpus, device="auto"):
        monkeypatch.setattr(module, "usable_gpus", lambda environment: gpus)
        settings = editor_spec("s", capture(CELL), Options(device=device)).settings
        assert settings.device == device
        return [option.word for option in settings.devices]

    one, two = DeviceFacts("cuda:0", "H200", 139 << 30), DeviceFacts("cuda:1", "H200", 139 << 30)
    assert words() == ["auto", "cpu"]
    assert words(one) == ["auto", "cpu", "cuda:0"]
    assert words(one, two) == ["auto", "cpu", "cuda", "cuda:0", "cuda:1"]
    assert words(one, two, device="cuda:1,cuda:0")[-1] == "cuda:1,cuda:0"


def test_pieces_are_offered_where_the_cell_s_text_is_known():
    cell = capture(CELL)
    plain = editor_spec("s", cell, Options())
    assert with_pieces(plain, cell, True).pieces == []
    typed = replace(cell, typed=(Typed(0, "%%hpo\n" + CELL, cell.source, "abc"),))
    spec = with_pieces(plain, typed, False)
    assert [piece.title for piece in spec.pieces] == [piece.title for piece in INSERTED.values()]
    assert (spec.text, spec.cell_id) == ("%%hpo\n" + CELL, "abc")
    assert all("from jupyter_hpo import pieces\n" in piece.after for piece in spec.pieces)
    broken = replace(typed, typed=(Typed(0, "for", "for", ""),))
    assert with_pieces(plain, broken, False).pieces == []
