"""Outputs of a page that was reloaded while their study ran: live, and the result is saved."""

from __future__ import annotations

import re

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE

from .lab import Lab, notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SLOW = """%%hpo --maximize acc --trials 200 --jobs 1 --pruner none --name slow
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(10):
    time.sleep(0.05)
    acc = x + epoch
"""
DATA = "return nb.model.cells.get(1).outputs.toJSON().map(output => Object.keys(output.data))"
DIRTY = "return panel.context.model.dirty"


def header(saved: dict) -> dict:
    """Of the one output of the study's cell in a file, which has to be a result."""
    (output,) = saved["cells"][1]["outputs"]
    assert not [kind for kind in output["data"] if "widget" in kind], "it needs a kernel"
    return output["data"][SNAPSHOT_TYPE]["updates"][-1]["message"]["header"]


def wait_for_result(lab: Lab) -> None:
    lab.until(lambda: [SNAPSHOT_TYPE in kinds for kinds in lab.js(DATA)] == [True], 30, "no result")


def test_a_reloaded_page_shows_what_runs_in_its_cell_and_saves_what_came_of_it(lab):
    lab.open(notebook("%load_ext jupyter_hpo", SLOW))
    lab.run(0)
    lab.run(1, wait=False)
    lab.output(1).get_by_role("row").filter(has_text="complete").first.wait_for()
    lab.js("await panel.context.save()")

    lab.reload()  # the cell blocks
    output = lab.output(1)
    output.locator(".hpo-badge", has_text="Running").wait_for()
    assert not lab.js(DIRTY), "nothing has changed yet"
    output.get_by_role("button", name="Pause", exact=True).click()
    output.locator(".hpo-badge", has_text="Paused").wait_for()
    output.get_by_role("button", name="Resume", exact=True).click()
    output.get_by_role("button", name="Stop", exact=True).click()
    wait_for_result(lab)
    assert lab.js(DIRTY)
    first = header(lab.saved())
    assert (first["state"], first["n_complete"]) == ("stopped", int(done(lab)))

    output.get_by_role("button", name="Continue (+20)").click()
    output.get_by_role("button", name="Pause", exact=True).click()  # 20 trials may end meanwhile
    output.locator(".hpo-badge", has_text="Paused").wait_for()
    lab.js("await panel.context.save()")
    lab.reload()  # the file has the result of before
    output = lab.output(1)
    output.locator(".hpo-badge", has_text="Paused").wait_for()
    assert not lab.js(DIRTY), "nothing has changed yet"
    output.get_by_role("button", name="Resume", exact=True).click()
    more = first["n_complete"] + 1
    lab.until(lambda: trials(output) >= more, 30, "what is shown stands still")
    output.get_by_role("button", name="Stop", exact=True).click()
    lab.until(lambda: lab.js(DIRTY), 30, "the result of before stays")
    second = header(lab.saved())
    assert second["n_complete"] == int(done(lab)) >= more
    assert second["elapsed_s"] != first["elapsed_s"]

    # Continued in a page that knows the output no more: its result comes all the same.
    output.get_by_role("button", name="Continue (+20)").click()
    output.locator(".hpo-badge", has_text="Running").wait_for()
    output.get_by_role("button", name="Stop", exact=True).click()
    lab.until(lambda: lab.js(DIRTY), 30, "the result of before stays")
    assert header(lab.saved())["elapsed_s"] != second["elapsed_s"]

    lab.reload()  # nothing was missed
    lab.output(1).get_by_role("button", name="Continue (+20)").wait_for()
    assert not lab.js(DIRTY)
    # ipywidgets says so of the widget that the page before had shown.
    assert not [error for error in lab.errors if "Comm not found" not in error], lab.errors


def trials(output) -> int:
    """How many are done, as the board says."""
    said = re.search(r"(\d+) of \d+", output.inner_text())
    return int(said[1]) if said else 0


def done(lab: Lab) -> str:
    return lab.execute("print(sum(t.state == 'COMPLETE' for t in study.trials))")
