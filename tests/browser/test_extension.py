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
    lab.js(f"app.commands.execute('jupyter-hpo:{name}', arg ?? {{}})", args)


def source(lab: Lab, cell: int) -> str:
    return lab.js("return nb.widgets[arg].model.sharedModel.getSource()", cell)


def select(lab: Lab, cell: int) -> None:
    lab.js("nb.deselectAll(); nb.activeCellIndex = arg; nb.mode = 'command'", cell)


def tune_button(lab: Lab):
    return lab.page.locator(".jp-cell-toolbar [data-command='jupyter-hpo:tune-cell']")


def wait_asked(lab: Lab) -> None:
    """Until the notebook is in front again and no cell of it runs."""
    lab.page.get_by_role("tab", name="notebook.ipynb").first.click()
    lab.wait("return !!nb")
    lab.wait_idle(30)


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_tune_this_cell_opens_the_editor_and_one_undo_takes_the_line_away(lab, front_end):
    lab.open(notebook("x = 1", PLAIN), front_end=front_end)
    select(lab, 1)
    tune_button(lab).click()
    lab.output(1).get_by_role("button", name="Start").wait_for()
    assert source(lab, 1) == "%%hpo --edit\n" + PLAIN
    lab.wait_idle()

    lab.page.locator(".jp-Cell[data-test-cell='1'] .cm-content").click()
    lab.page.keyboard.press("Control+z")
    assert source(lab, 1) == PLAIN
    assert lab.js("return nb.widgets[1].model.sharedModel.canRedo()")
    assert not lab.errors, lab.errors


def test_the_button_adds_to_a_magic_that_is_there_and_refuses_what_can_not_be_tuned(lab):
    lab.open(notebook("%%hpo --maximize acc --name mine\n" + PLAIN, "%%bash\nls"))
    select(lab, 0)
    tune_button(lab).click()
    lab.output(0).get_by_role("button", name="Start").wait_for()
    assert source(lab, 0).startswith("%%hpo --maximize acc --name mine --edit\nlr")
    lab.wait_idle()
    select(lab, 1)
    tune_button(lab).click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_text("The cell begins with %%bash").wait_for()
    dialog.get_by_role("button", name="Ok").click()
    assert source(lab, 1) == "%%bash\nls"


def test_the_button_is_there_for_code_cells_only(lab):
    content = notebook("x = 1", "y")
    content["cells"][1] = {"id": "m", "cell_type": "markdown", "metadata": {}, "source": "text"}
    lab.open(content)
    select(lab, 0)
    tune_button(lab).wait_for()
    select(lab, 1)
    lab.page.locator(".jp-MarkdownCell .jp-cell-toolbar").wait_for()
    assert not tune_button(lab).is_visible()


def test_a_study_is_followed_and_stopped_after_a_reload_in_mid_run(lab):
    lab.open(notebook(LOAD, SLOW, "print('best', study.best_value > 0)"))
    lab.run(0)
    lab.run(1, wait=False)
    lab.output(1).get_by_role("button", name="Pause").wait_for()
    lab.js("await panel.context.save()")
    command(lab, "show-studies")
    study = lab.page.locator(".jp-HpoPanel-study")
    study.wait_for()

    lab.page.goto(lab.page.url.replace("reset", "again"))
    lab.wait_loaded()
    command(lab, "show-studies")
    study.get_by_text("Running").wait_for(timeout=20_000)
    lab.until(lambda: "0 of 200" not in study.inner_text(), 30, "the list does not move")
    study.get_by_role("button", name="slow", exact=True).click()
    board = lab.page.locator(".jp-HpoDashboard")
    board.get_by_role("heading", name="slow").wait_for()
    board.get_by_role("row").filter(has_text="running").first.wait_for()
    board.get_by_role("button", name="Stop", exact=True).click()
    board.get_by_text("Stopped").first.wait_for()
    study.get_by_text("Stopped").wait_for()
    assert study.get_by_role("button").count() == 1, "what ended can neither pause nor stop"

    wait_asked(lab)
    lab.run(2)
    assert "best True" in lab.output(2).inner_text()
    # JupyterLab's own: the widget of the page before is gone, and its comm is closed now.
    errors = [error for error in lab.errors if "Comm not found" not in error]
    assert not errors, errors


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


def test_a_kernel_without_a_sign_of_us_is_never_asked(lab):
    lab.open(notebook("x = 1", "y = 2"))
    command(lab, "show-studies")
    lab.page.get_by_text("No study has run in this kernel yet").wait_for()
    lab.run(0)
    lab.run(1)
    lab.run(0)
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


QUICK = """%%hpo --maximize acc --trials 6 --seed 1 --name quick
x = 0.5    # hpo: 0.0..1.0
acc = x
"""


def test_the_best_values_are_written_by_the_command(lab):
    lab.open(notebook(LOAD, QUICK, "print(study.best_params['x'])"))
    for cell in range(3):
        lab.run(cell)
    best = float(lab.output(2).inner_text())
    command(lab, "apply-best")
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Apply").click()
    lab.until(lambda: source(lab, 1) != QUICK, 10, "nothing is written")
    line = source(lab, 1).splitlines()[1]
    assert line.endswith("# hpo: 0.0..1.0")
    assert float(line.split("#")[0].split("=")[1]) == pytest.approx(best)
    assert source(lab, 1).startswith("%%hpo --maximize acc")


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
