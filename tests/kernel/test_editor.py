"""The space editor, asked over the control channel as its widget does."""

from __future__ import annotations

import json
import time

import pytest

from jupyter_hpo.options import SAMPLERS

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(180)]

EARLIER = """
hidden = 64
def build():
    return [hidden] * 3
model = build()
"""
CELL = """%%hpo --edit --maximize val_acc --seed 0 --timeout 2h
lr = 1e-3
optimizer = "adam"      # hpo: adam | sgd
momentum = 0.9          # hpo: 0.0..0.99 if optimizer == sgd
for epoch in range(3):
    val_acc = sum(model) * lr + len(optimizer) + momentum
    val_loss = -val_acc
"""
SPEC = """
import json
from jupyter_hpo.widgets.control import commands as _commands
_open = [r for r in _commands._receivers.values() if type(r).__name__ == "Editor"]
print(json.dumps([_open[-1]._study, _open[-1]._spec]))
"""


class Opened:
    """An editor in a kernel; `row` and `choice` make what its Start would send."""

    def __init__(self, kernel, cell: str = CELL) -> None:
        self.kernel = kernel
        shown = kernel.run(cell)
        assert shown.error is None, shown.error
        self.study, self.spec = json.loads(kernel.run(SPEC).stdout)
        self.rows = {row["name"]: row for row in self.spec["rows"]}

    def row(self, name: str, **more) -> dict:
        kept = ("name", "kind", "low", "high", "log", "step", "condition")
        row = {key: self.rows[name][key] for key in kept}
        return {**row, "choices": " | ".join(self.rows[name]["choices"]), **more}

    def choice(self, *rows, **more) -> dict:
        goal = {"objective": "val_acc", "direction": "maximize"}
        return {"rows": list(rows), **goal, "trials": "4", **more}

    def ask(self, command: str, choice: dict) -> dict:
        return self.kernel.control(command, self.study, choice=choice)

    def planned(self, choice: dict) -> dict:
        """The plan, asked for until it is known, as the page does."""
        end = time.monotonic() + 60
        while True:
            reply = self.ask("plan", choice)
            if not reply["ok"] or reply["data"] is not None:
                return reply
            assert time.monotonic() < end, "the plan never comes"


@pytest.fixture
def opened(shared) -> Opened:
    shared.run(EARLIER)
    return Opened(shared)


def test_the_spec_says_who_declared_what_and_what_can_be_chosen(opened):
    rows, settings = opened.rows, opened.spec["settings"]
    assert (rows["optimizer"]["source"], rows["lr"]["source"]) == ("mark", "")
    assert rows["momentum"]["condition"] == "optimizer == sgd"
    assert [rows[n]["ticked"] for n in ("lr", "optimizer", "momentum")] == [False, True, True]
    assert rows["hidden"]["cell"] > 0
    assert opened.spec["study"] == ""
    assert [o["name"] for o in settings["objectives"]] == ["val_acc", "val_loss"]
    assert settings["chosen"] == 1
    assert (settings["trials"], settings["timeout"]) == ("", "2h")
    assert {s["word"] for s in settings["samplers"]} == {"", *SAMPLERS}
    assert [p["word"] for p in settings["pruners"]] == [
        *("", "asha", "hyperband", "halving", "median", "patience:5", "pbt", "none")
    ]
    assert [d["word"] for d in settings["devices"]][:2] == ["auto", "cpu"]
    assert all(o["help"] for o in (*settings["samplers"], *settings["pruners"]))
    assert (settings["folds"], settings["foldable"]) == ("", False)


def test_the_plan_follows_what_is_ticked(opened):
    alone = opened.planned(opened.choice(opened.row("lr")))
    assert alone["ok"]
    assert not any("earlier cells" in section["title"] for section in alone["data"])
    both = opened.planned(opened.choice(opened.row("lr"), opened.row("hidden")))
    (section,) = (s for s in both["data"] if "earlier cells" in s["title"])
    assert any("hidden" in row[1] for row in section["rows"])


def test_conditions_are_read_by_the_grammar_of_marks(opened):
    row = opened.row("lr", condition="optimiser == sgd")
    reply = opened.planned(opened.choice(row, opened.row("optimizer")))
    (problem,) = reply["problems"]
    assert problem["name"] == "lr"
    assert "Did you mean 'optimizer'?" in problem["message"]
    row = opened.row("lr", condition="optimizer is sgd")
    reply = opened.planned(opened.choice(row, opened.row("optimizer")))
    assert [p["name"] for p in reply["problems"]] == ["lr"]
    row = opened.row("lr", condition="optimizer == lion")
    reply = opened.ask("start", opened.choice(row, opened.row("optimizer")))
    assert not reply["ok"]
    assert "'lion' is no choice of 'optimizer'" in reply["problems"][0]["message"]
    row = opened.row("lr", condition="lr > 3")
    reply = opened.planned(opened.choice(row, opened.row("optimizer")))
    assert [p["name"] for p in reply["problems"]] == ["lr"]


def test_an_objective_that_is_never_assigned_is_told_beside_it(opened):
    reply = opened.ask("start", opened.choice(opened.row("lr"), objective="val_ac"))
    assert [p["name"] for p in reply["problems"]] == ["objective"]
    assert "val_ac" in reply["problems"][0]["message"]


def test_marks_that_are_written_say_what_was_chosen(opened):
    rows = [
        opened.row("lr", low="1e-4", high="1e-2"),
        opened.row("hidden", kind="categorical", choices="32 | 64"),
        opened.row("optimizer"),
    ]
    reply = opened.ask("write_marks", opened.choice(*rows))
    assert reply["ok"], reply
    edits = {edit["cell"]: edit for edit in reply["data"]}
    after = edits[0]["after"]
    assert edits[0]["before"].strip() == CELL.strip()
    assert "lr = 1e-3  # hpo: 0.0001..0.01 log\n" in after
    assert "momentum = 0.9\n" in after
    (earlier,) = (edit for number, edit in edits.items() if number)
    assert "hidden = 64  # hpo: 32 | 64\n" in earlier["after"]
    opened.kernel.run(earlier["after"])
    assert "--edit" not in after.partition("\n")[0], "else the marks would be asked about again"
    again = Opened(opened.kernel, after.replace("%%hpo", "%%hpo --edit", 1))
    marked = {n for n, row in again.rows.items() if row["source"] == "mark"}
    assert marked == {"lr", "hidden", "optimizer"}
    rows = [again.row(name) for name in marked]
    reply = opened.kernel.control("write_marks", again.study, choice=again.choice(*rows))
    assert [edit["after"].strip() for edit in reply["data"]] == [after.strip()]


def test_start_runs_what_was_chosen_and_how(opened):
    rows = [
        opened.row("lr", kind="categorical", choices="0.1 | 0.2"),
        opened.row("optimizer"),
        opened.row("momentum", condition="optimizer == adam", low="0.5"),
    ]
    how = {
        "sampler": "random",
        "pruner": "none",
        "device": "cpu",
        "trial_timeout": "1m",
        "repeats": "2",
    }
    also = [{"name": "val_loss", "direction": "minimize"}]
    reply = opened.ask("start", opened.choice(*rows, **how, jobs="1", also=also))
    assert (reply["ok"], reply["message"]) == (True, "Starting.")
    kernel = opened.kernel
    assert kernel.value("study.wait(60)")
    options = "study.session.options"
    assert kernel.value(f"[{options}.sampler, {options}.pruner, {options}.device]") == [
        "random",
        "none",
        "cpu",
    ]
    assert kernel.value(f"[{options}.trials, {options}.jobs, {options}.trial_timeout_s]") == [
        4,
        1,
        60,
    ]
    assert kernel.value("[o.source for o in study.session.cell.objectives]") == [
        "val_acc",
        "val_loss",
    ]
    assert kernel.value(f"[{options}.folds, {options}.repeats]") == [None, 2]
    params = kernel.value("[t.params for t in study.trials]")
    assert len(params) == 4
    assert {p["lr"] for p in params} <= {0.1, 0.2}
    assert all(("momentum" in p) == (p["optimizer"] == "adam") for p in params)
    assert all("hidden" not in p for p in params)


def test_the_control_channel_stays_open_while_a_plan_is_worked_out(opened):
    """Interrupts and other buttons wait for it no longer than a moment."""
    opened.kernel.run(
        "import time, jupyter_hpo.editing as _e\n"
        "_was = _e.capture_chosen\n"
        "def _slow(*a):\n    time.sleep(3)\n    return _was(*a)\n"
        "_e.capture_chosen = _slow"
    )
    began = time.monotonic()
    reply = opened.ask("plan", opened.choice(opened.row("lr")))
    assert (reply["ok"], reply["data"]) == (True, None)
    assert time.monotonic() - began < 2
    assert opened.planned(opened.choice(opened.row("lr")))["data"] is not None
    opened.kernel.run("_e.capture_chosen = _was")


def test_a_cell_whose_rows_nothing_makes_is_offered_folds(opened):
    rows = "C = 1.0\nacc = C * sum(X[train_idx]) - sum(X[val_idx])\n"
    opened.kernel.run("import numpy\nX = numpy.arange(20.0)")
    folded = Opened(opened.kernel, f"%%hpo --maximize acc\n{rows}")
    settings = folded.spec["settings"]
    assert (settings["folds"], settings["foldable"]) == ("5", True)
    chosen = folded.choice(folded.row("C", low="0.1", high="1"), objective="acc")
    assert folded.planned({**chosen, "folds": "5"})["ok"]
    for folds, said in (("", "'train_idx' is not defined"), ("cv", "the notebook has no such")):
        reply = folded.ask("start", {**chosen, "folds": folds})
        assert said in str(reply["problems"]), reply
    assert [p["name"] for p in reply["problems"]] == ["folds"]
    reply = folded.ask("write_marks", {**chosen, "folds": "5", "repeats": "2"})
    first = reply["data"][0]["after"].partition("\n")[0]
    assert first == "%%hpo --maximize acc --folds 5 --repeats 2"
