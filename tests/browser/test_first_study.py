"""The whole path, as a person walks it: the first tutorial in a real JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE, VIEW_TYPE

from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "01_first_study.ipynb"


def slow_tutorial() -> dict:
    """The tutorial with longer trials, so that there is one to stop."""
    content = json.loads(TUTORIAL.read_text())
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if source.startswith("%%hpo"):
            cell["source"] = source.replace("--trials 30", "--trials 12").replace(
                "range(12)", "range(40)"
            )
    return content


def index(content: dict, start: str) -> int:
    for i, cell in enumerate(content["cells"]):
        if "".join(cell["source"]).lstrip().startswith(start):
            return i
    raise LookupError(start)


def test_the_first_tutorial_with_stop_this_trial_save_and_reopen(lab):
    content = slow_tutorial()
    search = index(content, "%%hpo")
    lab.open(content)
    for i in range(search):
        if content["cells"][i]["cell_type"] == "code":
            lab.run(i)
    lab.run(search, wait=False)
    output = lab.output(search)
    output.get_by_role("button", name="Pause").wait_for()

    row = output.get_by_role("row").filter(has_text="running").first
    row.wait_for()
    row.get_by_role("button").first.click()
    stop = output.get_by_role("button", name="Stop this trial")
    stop.wait_for()
    assert lab.busy
    stop.click()
    output.get_by_text("stopped by you").first.wait_for()
    assert lab.busy, "the trial ended while the study goes on"

    lab.wait_idle(200)
    lab.output(search).get_by_text("Finished").first.wait_for()
    lab.run(index(content, 'print(f"lr='))
    assert "tuned:" in lab.output(index(content, 'print(f"lr=')).inner_text()
    assert not lab.errors, lab.errors

    saved = lab.saved()
    (output,) = saved["cells"][search]["outputs"]
    assert set(output["data"]) == {"text/plain", "text/html", "image/png", SNAPSHOT_TYPE, VIEW_TYPE}

    lab.open_without_kernel()
    reopened = lab.output(search)
    reopened.get_by_text("Finished").first.wait_for()
    text = reopened.inner_text()
    assert "val_acc" in text
    assert "optimizer" in text
    assert reopened.locator("table tr").count() > 5
    assert reopened.locator(".jp-HpoResult canvas").count() > 0, "not drawn by the extension"
    assert lab.page.locator(".jp-mod-idle").count() == 0 or not lab.busy


SLOW = """%%hpo --maximize acc --trials 200 --pruner none --name slow
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(60):
    time.sleep(0.05)
    acc = x + epoch
"""


def test_pause_resume_and_stop_work_while_the_cell_is_busy(lab):
    lab.open(notebook("%load_ext jupyter_hpo", SLOW, "print('best', study.best_value > 0)"))
    lab.run(0)
    lab.run(1, wait=False)
    output = lab.output(1)
    output.get_by_role("button", name="Pause").click()
    output.get_by_role("button", name="Resume").wait_for()
    lab.until(lambda: "Paused" in output.inner_text(), 20, "the study does not pause")
    assert lab.busy
    output.get_by_role("button", name="Resume").click()
    output.get_by_role("button", name="Pause").wait_for()
    lab.until(lambda: "1 complete" in output.inner_text(), 60, "no trial completes")
    output.get_by_role("button", name="Stop", exact=True).click()
    lab.wait_idle(20)
    lab.output(1).get_by_text("Stopped").first.wait_for()
    lab.run(2)
    assert "best True" in lab.output(2).inner_text()
    assert not lab.errors, lab.errors


def test_the_interrupt_button_ends_the_cell_with_one_line(lab):
    lab.open(notebook("%load_ext jupyter_hpo", SLOW))
    lab.run(0)
    lab.run(1, wait=False)
    lab.output(1).get_by_role("button", name="Pause").wait_for()
    lab.js("app.commands.execute('notebook:interrupt-kernel')")
    lab.wait_idle(20)
    text = lab.output(1).inner_text()
    assert "Run the cell again to go on" in text
    assert "Traceback" not in text


UNMARKED = """%%hpo --maximize acc --name edited
import time
lr = 1e-3
momentum = 0.9
for epoch in range(3):
    time.sleep(0.3)
    acc = momentum - abs(lr - 0.01)
"""


def test_the_space_editor_starts_a_study(lab):
    lab.open(
        notebook("%load_ext jupyter_hpo", UNMARKED, "print(study.wait(60), study.best_params)")
    )
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    start = output.get_by_role("button", name="Start")
    start.wait_for()
    text = output.inner_text()
    assert "lr" in text
    assert "momentum" in text
    trials = output.get_by_label("trials", exact=True)
    trials.fill("6")
    start.click()
    output.get_by_role("button", name="Stop").wait_for()  # the dashboard is there to be seen
    lab.until(lambda: "Finished" in lab.output(1).inner_text(), 60, "the study does not finish")
    lab.run(2)
    printed = lab.output(2).inner_text()
    assert "True" in printed
    assert "'lr'" in printed
    assert not lab.errors, lab.errors


HOSTILE = """%%hpo --maximize acc --trials 8 --seed 1 --name hostile
choice = "a"    # hpo: "a" | "<img src=x onerror=window.hacked=1>" | "<script>hacked=1</script>"
if choice != "a":
    raise ValueError(f"bad {choice}")
acc = 1.0
"""


def test_strings_of_the_notebook_are_shown_as_text(lab):
    lab.open(notebook("%load_ext jupyter_hpo", HOSTILE))
    lab.run(0)
    lab.run(1)
    output = lab.output(1)
    assert "onerror=window.hacked" in output.inner_text()
    assert lab.js("return window.hacked === undefined")
    assert output.locator("img[src='x']").count() == 0
