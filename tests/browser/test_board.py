"""The board in JupyterLab: changed while the cell runs, and walked by keys."""

from __future__ import annotations

import pytest

from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CELL = """%%hpo --maximize acc --trials {trials} --jobs 2 --name {name}
import time
x = 0.5    # hpo: 0.0..1.0
if x == 0.125:
    raise ValueError("an eighth")
for epoch in range(12):
    time.sleep(0.15)
    acc = x + epoch / 10
"""
CELLS = "return app.shell.currentWidget.content.widgets.length"


def begin(lab, name, trials):
    lab.open(notebook("%load_ext jupyter_hpo", CELL.format(name=name, trials=trials), "print(x)"))
    lab.run(0)
    lab.run(1, wait=False)
    output = lab.output(1)
    output.get_by_role("row").filter(has_text="complete").first.wait_for()
    return output


def choose(output, item):
    output.get_by_role("button", name="More").click()
    output.get_by_role("menuitem", name=item).click()


def open_trial(output, number):
    # Rows change places as trials report: a pointer would meet another one now and then.
    output.locator(f"button[aria-label^='Trial {number},']").dispatch_event("click")
    output.locator(f"button[aria-label^='Trial {number},'][aria-expanded=true]").wait_for()


def test_budget_and_trials_are_asked_for_while_the_cell_runs(lab):
    output = begin(lab, "board_asks", 30)
    choose(output, "Change the budget")
    trials = output.get_by_label("Trials in all")
    trials.fill("many")
    output.get_by_role("button", name="Change the budget").click()
    output.get_by_text("'many' is not a whole number").wait_for()
    assert trials.get_attribute("aria-invalid") == "true"
    choose(output, "Enqueue a trial")
    output.get_by_label("x", exact=True).fill("0.125")
    output.get_by_role("button", name="Enqueue", exact=True).click()
    output.get_by_text("Queued: it runs next.").wait_for()
    output.locator(".hpo-failures").filter(has_text="ValueError: an eighth").wait_for()
    output.get_by_role("searchbox").fill("failed and x == 0.125")
    output.locator(".hpo-count").filter(has_text="1 of").wait_for()
    output.get_by_role("searchbox").fill("")
    open_trial(output, 0)
    output.get_by_role("button", name="Enqueue again…").click()
    again = output.get_by_role("dialog", name="Enqueue trial 0 again")
    assert again.get_by_label("x", exact=True).input_value() == "0.5"
    again.get_by_label("x", exact=True).fill("0.75")
    again.get_by_role("button", name="Enqueue", exact=True).click()
    again.wait_for(state="detached")
    output.get_by_role("row").filter(has_text="0.75").first.wait_for()
    choose(output, "Change the budget")
    output.get_by_label("Trials in all").fill("28")
    output.get_by_role("button", name="Change the budget").click()
    output.get_by_text("2 side by side", exact=False).wait_for()  # as it was: nobody changed it
    output.get_by_text("of 28", exact=False).first.wait_for()
    output.get_by_role("button", name="Stop", exact=True).click()
    lab.wait_idle(60)

    # What is left in the notebook is steered by the kernel that ran it.
    result = output.locator(".jp-HpoResult")
    result.get_by_role("button", name="Export", exact=True).click()
    result.get_by_text("board_asks-report.html").wait_for()
    assert (lab.root / "board_asks-report.html").exists()
    (number,) = lab.execute(
        "print(next(t.number for t in study.trials if t.params['x'] == 0.75))"
    ).split()
    open_trial(result, number)
    result.get_by_role("button", name="Use these values").click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Apply").click()
    lab.until(
        lambda: "x = 0.75 " in lab.js("return nb.widgets[1].model.sharedModel.source"),
        10,
        "nothing is written",
    )
    assert not lab.errors, lab.errors


def test_keys_walk_the_rows_and_leave_the_notebook_alone(lab):
    output = begin(lab, "board_keys", 30)
    cells = lab.js(CELLS)
    output.locator("tbody th button").first.focus()
    for key in ("ArrowDown", "ArrowUp", "b", "a", "Enter"):
        lab.page.keyboard.press(key)
    output.locator(".hpo-detail").wait_for()
    lab.page.keyboard.press("Escape")
    output.locator(".hpo-detail").wait_for(state="detached")
    assert lab.js(CELLS) == cells  # B and A are JupyterLab's keys for a new cell
    output.get_by_role("button", name="Stop", exact=True).click()
    lab.wait_idle(60)
    assert not lab.errors, lab.errors
