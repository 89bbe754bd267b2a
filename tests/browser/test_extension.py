"""The JupyterLab extension: the cell's button, the panel, dashboards beside the notebook."""

from __future__ import annotations

import pytest

from .lab import Lab, notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PLAIN = "lr = 1e-3\nmomentum = 0.9\nacc = momentum - abs(lr - 0.01)\n"
SLOW = """%%hpo --maximize acc --trials 200 --pruner none --name slow
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(60):
    time.sleep(0.05)
    acc = x + epoch
"""
LOAD = "%load_ext jupyter_hpo"


def command(lab: Lab, name: str, args: dict | None = None) -> None:
    lab.js(f"await app.restored; app.commands.execute('jupyter-hpo:{name}', arg ?? {{}})", args)


def source(lab: Lab, cell: int) -> str:
    return lab.js("return nb.widgets[arg].model.sharedModel.getSource()", cell)


def select(lab: Lab, cell: int) -> None:
    lab.js("nb.deselectAll(); nb.activeCellIndex = arg; nb.mode = 'command'", cell)


def tune_button(lab: Lab):
    return lab.page.locator(".jp-cell-toolbar [data-command='jupyter-hpo:tune-cell']")


def sources(lab: Lab) -> list[str]:
    return lab.js("return nb.widgets.map(cell => cell.model.sharedModel.getSource())")


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_tune_this_cell_opens_the_editor_and_one_undo_takes_the_line_away(lab, front_end):
    content = notebook("the title", "x = 1", PLAIN)
    content["cells"][0] = {"id": "m", "cell_type": "markdown", "metadata": {}, "source": "title"}
    lab.open(content, front_end=front_end)
    select(lab, 2)
    tune_button(lab).click()
    lab.wait("return nb.widgets.length === 4")
    lab.output(3).get_by_role("button", name="Start").wait_for()
    tuned = ["title", LOAD, "x = 1", "%%hpo --edit\n" + PLAIN]
    assert sources(lab) == tuned
    lab.wait_idle()
    assert lab.js("return [nb.activeCellIndex, nb.widgets[1].model.executionCount]") == [3, 1]
    assert not lab.output(1).inner_text()

    lab.page.locator(".jp-Cell[data-test-cell='3'] .cm-content").click()
    lab.page.keyboard.press("Control+z")
    assert sources(lab) == ["title", LOAD, "x = 1", PLAIN]
    lab.page.keyboard.press("Control+Shift+z")
    lab.js("nb.mode = 'command'; await app.commands.execute('notebook:undo-cell-action')")
    assert sources(lab) == ["title", *tuned[2:]], "an undo of the notebook takes the cell away"
    lab.js("await app.commands.execute('notebook:redo-cell-action')")

    lab.js("await panel.sessionContext.restartKernel()")
    lab.js("app.commands.execute('notebook:run-all-cells')")
    lab.output(3).get_by_role("button", name="Start").wait_for()
    select(lab, 3)
    tune_button(lab).click()
    lab.wait_idle()
    assert sources(lab) == tuned, "it is loaded once"
    assert not lab.errors, lab.errors


def test_the_button_adds_to_a_magic_that_is_there_and_refuses_what_can_not_be_tuned(lab):
    lab.open(notebook(LOAD, "%%hpo --maximize acc --name mine\n" + PLAIN, "%%bash\nls"))
    select(lab, 1)
    tune_button(lab).click()
    lab.output(1).get_by_role("button", name="Start").wait_for()
    assert source(lab, 1).startswith("%%hpo --maximize acc --name mine --edit\nlr")
    lab.wait_idle()
    select(lab, 2)
    tune_button(lab).click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_text("The cell begins with %%bash").wait_for()
    dialog.get_by_role("button", name="Ok").click()
    assert sources(lab)[2:] == ["%%bash\nls"]


def test_the_button_is_there_for_code_cells_only(lab):
    content = notebook("x = 1", "y")
    content["cells"][1] = {"id": "m", "cell_type": "markdown", "metadata": {}, "source": "text"}
    lab.open(content)
    select(lab, 0)
    tune_button(lab).wait_for()
    select(lab, 1)
    lab.page.locator(".jp-MarkdownCell .jp-cell-toolbar").wait_for()
    assert not tune_button(lab).is_visible()


def test_pause_resume_and_stop_from_the_panel(lab):
    lab.open(notebook(LOAD, SLOW))
    command(lab, "show-studies")
    lab.page.get_by_text("No study has run in this kernel yet").wait_for()
    lab.run(0)
    lab.run(1, wait=False)
    study = lab.page.locator(".jp-HpoPanel-study")
    study.get_by_role("button", name="Pause slow").click()
    study.get_by_text("Paused").wait_for()
    study.get_by_role("button", name="Resume slow").click()
    study.get_by_text("Running").wait_for()
    assert lab.busy
    study.get_by_role("button", name="Stop slow").click()
    study.get_by_text("Stopped").wait_for()
    lab.wait_idle(20)


ASK = """
const kernel = panel.sessionContext.session.kernel, id = 'by-hand';
kernel.sendControlMessage({channel: 'control', content: {}, metadata: {}, parent_header: {},
    buffers: [], header: {msg_id: id, msg_type: arg, session: kernel.clientId, username: '',
    date: new Date().toISOString(), version: '5.3'}}, true, true).done.catch(() => {});
"""


def test_a_kernel_that_has_not_loaded_the_extension_is_not_asked_for_studies(lab):
    lab.open(notebook("x = 1  # hpo: 0..1", "y = 'jupyter_hpo'"))
    command(lab, "show-studies")
    lab.page.get_by_text("No study has run in this kernel yet").wait_for()
    lab.run(0)
    lab.run(1)
    lab.run(0)
    lab.js(ASK, "nobody_knows_this")  # such a message is written into the log, and the last one
    lab.until(lambda: "nobody_knows_this" in lab.log.read_text(), 20, "nothing is logged")
    assert "jupyter_hpo_request" not in lab.log.read_text()


EDITED = """x = 0.5
acc = x
y = 3
"""
OFFER = """
const event = new CustomEvent('jupyter-hpo-edits', {bubbles: true, cancelable: true,
    detail: {title: 'Apply best to cell', edits: [arg]}});
return !nb.widgets[0].node.dispatchEvent(event);
"""


def edit(cell_id: str = "c0") -> dict:
    return {
        "cell": 0,
        "cell_id": cell_id,
        "before": EDITED,
        "after": EDITED.replace("0.5", "0.9127"),
    }


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
@pytest.mark.parametrize("cell_id", ["c0", ""])
def test_the_difference_is_shown_and_one_undo_brings_the_old_text_back(lab, front_end, cell_id):
    lab.open(notebook(EDITED, "other"), front_end=front_end)
    lab.output(0)
    lab.page.locator(".jp-Cell[data-test-cell='0'] .cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type("# mine")
    lab.page.keyboard.press("Control+z")
    assert source(lab, 0) == EDITED
    assert lab.js(OFFER, edit(cell_id)), "nobody took the offer"
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_text("x = 0.9127").wait_for()
    assert "x = 0.5" in dialog.inner_text()
    assert source(lab, 0) == EDITED, "changed before it was agreed to"
    dialog.get_by_role("button", name="Apply").click()
    lab.until(lambda: source(lab, 0) == edit()["after"], 10, "nothing is written")
    dialog.wait_for(state="detached")
    lab.wait("return nb.mode === 'edit' && nb.activeCell.editor.hasFocus()")
    lab.page.keyboard.press("Control+z")
    assert source(lab, 0) == EDITED
    assert not lab.errors, lab.errors


def test_cancel_and_a_changed_cell_write_nothing(lab):
    lab.open(notebook(EDITED, "other"))
    dialog = lab.page.get_by_role("dialog")
    assert lab.js(OFFER, edit())
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="detached")
    assert source(lab, 0) == EDITED

    lab.js("nb.widgets[0].model.sharedModel.setSource('x = 7')")
    assert lab.js(OFFER, edit())
    dialog.get_by_text("was changed since the study ran").wait_for()
    assert not dialog.get_by_role("button", name="Apply").count()
    dialog.get_by_role("button", name="Ok").click()
    assert source(lab, 0) == "x = 7"


def test_commands_are_in_the_palette(lab):
    lab.open(notebook("x = 1"))
    lab.page.keyboard.press("Control+Shift+c")
    lab.page.locator(".lm-CommandPalette-input").fill("hyperparameter search")
    items = lab.page.locator(".lm-CommandPalette-itemLabel")
    items.filter(has_text="Tune This Cell").wait_for()
    labels = set(items.all_inner_texts())
    assert {
        "Tune This Cell",
        "Show Studies",
        "Open Dashboard",
        "Apply Best to Cell",
        "Pause Study",
        "Resume Study",
        "Stop Study",
        "Export Report",
    } <= labels
