"""Control while the cell is busy: on three kernels in JupyterLab, and in Notebook 7."""

from __future__ import annotations

import re

import pytest

from .. import kernels
from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

STUDY = """%%hpo --maximize acc --trials 300 --jobs 2 --pruner none --seed 1 --name steered --fresh
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(400):
    time.sleep(0.05)
    acc = x + epoch
"""
WHAT_CAME = """for t in study.trials:
    print(t.number, t.state, t.params)
"""

FRONT_ENDS = [*((version, "lab") for version in kernels.VERSIONS), (kernels.NEWEST, "notebook")]


def named(param):
    return " in ".join(param)


@pytest.fixture(params=FRONT_ENDS, ids=named)
def running(request, lab):
    """A page in which the cell of a study is busy; its output."""
    version, front_end = request.param
    cells = notebook("%load_ext jupyter_hpo", STUDY, WHAT_CAME)
    lab.open(cells, kernel=version, front_end=front_end)
    assert version in (kernels.NEWEST, ".".join(ipykernel(lab).split(".")[:2]))
    lab.run(0)
    lab.run(1, wait=False)
    output = lab.output(1)
    output.get_by_role("button", name="Pause", exact=True).wait_for()
    return lab, output


def ipykernel(lab):
    return lab.execute("import ipykernel; print(ipykernel.__version__)").strip()


def test_a_study_is_steered_while_its_cell_is_busy(running):
    lab, output = running
    page = Board(lab, output)
    page.row("running").wait_for()
    page.press("Pause")
    page.badge("Paused").wait_for()
    assert lab.busy
    page.press("Resume")
    page.badge("Running").wait_for()

    page.choose("Enqueue a trial…")
    page.fill("x", "0.25")
    page.press("Enqueue")
    page.gone("Enqueue")
    page.open(0)
    page.press("Prune this trial")
    page.row("pruned").wait_for()

    page.row("0.25").wait_for()  # the enqueued one took its place; 1 was there before
    page.open(2)
    page.press("Pause this trial")
    output.get_by_text("by you").first.wait_for()
    page.press("Resume this trial")
    output.get_by_role("button", name="Pause this trial").wait_for()
    page.press("Stop this trial")
    output.get_by_text("stopped by you").first.wait_for()

    page.choose("Change the budget…")
    page.fill("Trials in all", "50")
    page.press("Change the budget")
    output.get_by_text("of 50").first.wait_for()

    before = newest(output)
    page.choose("Change the space…")
    page.fill("high", "0.1")
    page.press("Change the space")
    page.gone("Change the space")
    page.open(newest(output))
    page.press("Stop this trial")
    lab.until(lambda: newest(output) > before, what="no trial in the new space")
    assert lab.busy

    page.press("Stop")
    lab.wait_idle(30)
    lab.output(1).get_by_text("Stopped").first.wait_for()
    lab.run(2)
    came = lab.output(2).inner_text().splitlines()
    assert came[0].startswith("0 PRUNED"), came
    assert "0.25" in came[2], came
    assert float(came[-1].partition("'x': ")[2].rstrip("}")) <= 0.1, came
    assert not lab.errors, lab.errors


@pytest.mark.parametrize("running", FRONT_ENDS[:-1], ids=named, indirect=True)
def test_a_page_reloaded_in_mid_run_finds_the_study_in_the_panel(running):
    lab, _ = running
    lab.reload()
    lab.js("await app.commands.execute('jupyter-hpo:show-studies')")
    panel = lab.page.locator("#jupyter-hpo-studies")
    panel.get_by_role("button", name="steered", exact=True).click()
    board = lab.page.locator(".jp-HpoDashboard")
    board.get_by_role("row").filter(has_text="running").first.wait_for()
    board.get_by_role("button", name="Pause", exact=True).click()
    board.locator(".hpo-badge", has_text="Paused").wait_for()
    panel.get_by_text("Paused").wait_for()
    panel.get_by_role("button", name="Resume steered").click()
    board.locator(".hpo-badge", has_text="Running").wait_for()
    board.get_by_role("button", name="Stop", exact=True).click()
    board.locator(".hpo-badge", has_text="Stopped").wait_for()
    board.get_by_role("row").filter(has_text="stopped").first.wait_for()
    lab.js("app.shell.currentWidget.close()")
    lab.wait("return !!nb")
    assert lab.execute("print(study.trial(0).state)").strip() == "FAIL"  # it was cut off
    # ipywidgets says so of the widget that the page before had shown.
    assert not [error for error in lab.errors if "Comm not found" not in error], lab.errors


class Board:
    """What a person does with the board in an output. Rows are found by a word in them."""

    def __init__(self, lab, output):
        self.lab, self.output = lab, output

    def press(self, name):
        assert self.lab.busy, f"the cell has ended before {name}"
        self.output.get_by_role("button", name=name, exact=True).click()

    def gone(self, name):
        self.output.get_by_role("button", name=name, exact=True).wait_for(state="detached")

    def choose(self, name):
        self.press("More")
        self.lab.page.get_by_role("menuitem", name=name).click()

    def fill(self, label, text):
        self.output.get_by_label(label, exact=True).first.fill(text)

    def badge(self, word):
        return self.output.locator(".hpo-badge", has_text=word)

    def row(self, word):
        return self.output.get_by_role("row").filter(has_text=word).first

    def open(self, number):
        # Rows change places as trials report: a pointer would meet another one now and then.
        trial = self.output.locator(f"button[aria-label^='Trial {number},']")
        trial.dispatch_event("click")
        self.output.locator(f"button[aria-label^='Trial {number},'][aria-expanded=true]").wait_for()


def newest(output):
    """The greatest number of a trial in the leaderboard."""
    cells = output.get_by_role("rowheader").all_inner_texts()
    return max(int(re.sub(r"\D", "", cell)) for cell in cells)
