"""Saved results as the extension draws them: with no kernel, damaged, and going on."""

from __future__ import annotations

import json

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE
from jupyter_hpo.widgets.snapshot import make_snapshot

from . import studies
from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOAD = "%load_ext jupyter_hpo"
QUICK = """%%hpo --maximize acc --trials 6 --seed 1 --name quick
x = 0.5    # hpo: 0.0..1.0
acc = x
"""


SAVED = "return nb.widgets[1].model.toJSON().outputs.map(o => o.data['text/plain']).join('')"


def shown(snapshot: object) -> dict:
    """A notebook with a saved output."""
    content = notebook("a = 1")
    data = {SNAPSHOT_TYPE: snapshot, "text/html": "<p>the table</p>", "text/plain": "a study"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    content["cells"][0]["outputs"] = [output]
    return content


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_a_saved_result_is_drawn_as_a_board(lab, front_end):
    saved = make_snapshot(studies.many(30, running=0).changes(0))
    lab.open(shown(saved), front_end=front_end)
    result = lab.output(0).locator(".jp-HpoResult")
    result.get_by_text("Leaderboard").first.wait_for()
    assert result.locator("canvas").count() > 0
    assert "the table" not in lab.output(0).inner_text()
    assert not result.get_by_role("button", name="Continue").count()
    assert not lab.errors, lab.errors


def test_a_result_is_drawn_with_no_kernel_and_asks_no_kernel_that_is_another(lab):
    lab.open(shown(make_snapshot(studies.many(30, running=0).changes(0), study="elsewhere-1")))
    lab.output(0).locator(".jp-HpoResult").get_by_text("Leaderboard").first.wait_for()
    lab.open_without_kernel()
    lab.output(0).locator(".jp-HpoResult").get_by_text("Leaderboard").first.wait_for()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "saved by a newer jupyter_hpo"),
        ({"updates": 7}, "is damaged"),
        ({"updates": [{"message": {"kind": "update"}, "buffer": "%%%"}]}, "is damaged"),
    ],
)
def test_what_can_not_be_drawn_is_said(lab, change, sentence):
    lab.open(shown({**make_snapshot(studies.many(30, running=0).changes(0)), **change}))
    lab.output(0).get_by_text(sentence).wait_for()


def source(lab, cell):
    return lab.js("return nb.widgets[arg].model.sharedModel.getSource()", cell)


def test_a_result_is_applied_goes_on_and_is_exported_while_its_kernel_lives(lab):
    lab.open(notebook(LOAD, QUICK, "print(study.best_params['x'])", "print(len(study.trials))"))
    for cell in range(3):
        lab.run(cell)
    best = float(lab.output(2).inner_text())
    result = lab.output(1).locator(".jp-HpoResult")
    result.get_by_text("6 of 6").first.wait_for()

    result.get_by_role("button", name="Apply best to cell").click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Apply").wait_for()
    assert "x = 0.5" in dialog.inner_text()
    assert source(lab, 1) == QUICK, "changed before it was agreed to"
    dialog.get_by_role("button", name="Apply").click()
    lab.until(lambda: source(lab, 1) != QUICK, 10, "nothing is written")
    magic, line, *_ = source(lab, 1).splitlines()
    assert magic == QUICK.splitlines()[0]
    assert line.endswith("# hpo: 0.0..1.0")
    assert float(line.split("#")[0].split("=")[1]) == pytest.approx(best)
    dialog.wait_for(state="detached")
    lab.wait("return nb.mode === 'edit' && nb.activeCell.editor.hasFocus()")
    lab.page.keyboard.press("Control+z")
    assert source(lab, 1) == QUICK

    # The command does the same.
    lab.js("app.commands.execute('jupyter-hpo:apply-best')")
    dialog.get_by_role("button", name="Apply").click()
    lab.until(lambda: line in source(lab, 1), 10, "nothing is written")
    dialog.wait_for(state="detached")

    result.get_by_role("button", name="Export").click()
    result.get_by_text("Wrote ").wait_for()
    (report,) = lab.root.rglob("quick*.html")
    assert "<script" in report.read_text()

    result.get_by_role("button", name="Continue (+20)").click()
    result.get_by_text("26 of 26").first.wait_for()
    result.get_by_text("Finished").first.wait_for()
    lab.run(3)
    assert lab.output(3).inner_text().strip() == "26"

    lab.js("await panel.sessionContext.restartKernel()")
    result.get_by_role("button", name="Continue (+20)").wait_for(state="detached")
    assert result.get_by_text("26 of 26").first.is_visible()
    assert not lab.errors, lab.errors


def test_text_of_a_result_that_means_harm_stays_text(lab):
    saved = make_snapshot(studies.many(30, running=0).changes(0))
    text = json.dumps(saved).replace(
        json.dumps(saved["updates"][0]["message"]["header"]["study"]),
        json.dumps("<img src=x onerror=window.hacked=1>"),
    )
    lab.open(shown(json.loads(text)))
    lab.output(0).get_by_text("<img src=x onerror").first.wait_for()
    assert lab.js("return window.hacked === undefined")
    assert lab.output(0).locator("img").count() == 0


def test_another_trial_becomes_the_result_where_one_is_looking(lab):
    cell = QUICK.replace("--maximize acc", "--maximize acc --minimize x").replace("quick", "front")
    lab.open(notebook(LOAD, cell, "print(study.chosen, x)"))
    lab.run(0)
    lab.run(1)
    result = lab.output(1).locator(".jp-HpoResult")
    result.get_by_text("Best (of a front of ").wait_for()
    result.get_by_role("tab", name="Pareto").click()
    front = result.get_by_label("Pareto front: ", exact=False)
    front.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    before = lab.js(SAVED)
    result.get_by_role("button", name="Use this trial").click()
    result.get_by_role("button", name="✓ In use").wait_for()
    result.get_by_text("Chosen by you").first.wait_for()
    assert result.get_by_role("tab", name="Pareto").get_attribute("aria-selected") == "true"
    lab.run(2)
    chosen, value = lab.output(2).inner_text().split()
    assert result.get_by_role("button", name=f"Apply trial {chosen} to cell").is_visible()
    assert float(value) > 0
    after = lab.js(SAVED)
    assert f"(trial {chosen})" in after, "the notebook is saved with it"
    assert f"(trial {chosen})" not in before
    result.get_by_role("button", name="Back to").click()
    result.get_by_text("Best (of a front of ").wait_for()
    assert not lab.errors, lab.errors
