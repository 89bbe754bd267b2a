"""The space editor in a real JupyterLab, by keyboard; Tab and `?` on the magic's line."""

from __future__ import annotations

import pytest

from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EARLIER = "hidden = 64\nmodel = [hidden] * 3"
CELL = """%%hpo --edit --maximize acc --name by_keyboard
lr = 1e-3
momentum = 0.9
for epoch in range(3):
    acc = sum(model) * momentum - abs(lr - 0.01)
"""


def opened(lab):
    """The notebook with its editor open; the editor's output."""
    lab.open(notebook("%load_ext jupyter_hpo", EARLIER, CELL, "print(study.best_params)"))
    for i in range(3):
        lab.run(i)
    output = lab.output(2)
    output.get_by_role("button", name="Start").wait_for()
    return output


def test_it_is_filled_in_and_started_by_keyboard(lab):
    output = opened(lab)
    keyboard = lab.page.keyboard
    output.get_by_role("checkbox", name="lr").focus()
    for key in ("d", "d", "x", "a"):  # in the notebook's command mode these change cells
        keyboard.press(key)
    assert lab.js("return nb.widgets.length") == 4
    keyboard.press("ArrowDown")
    focused = "return document.activeElement.closest('[data-name]').dataset.name"
    assert lab.js(focused) == "momentum"
    keyboard.press("Space")  # off
    output.get_by_text("2 of 3 ticked").wait_for()
    keyboard.press("Space")
    low = output.locator("[data-name=momentum]").get_by_label("low", exact=True)
    low.fill("5")
    output.get_by_text("Low 5 is greater than high").first.wait_for()
    keyboard.press("Control+Enter")
    output.get_by_text("one thing to put right").first.wait_for()
    keyboard.press("Control+A")
    keyboard.type("0.5")
    condition = output.locator("[data-name=momentum]").get_by_label("only if")
    condition.fill("lerning == 3")
    output.locator("[data-name=momentum] .hpo-problems").wait_for()  # as the kernel says it
    condition.fill("lr < 1")
    output.locator("[data-name=momentum] .hpo-problems").wait_for(state="detached")
    output.get_by_label("trials", exact=True).fill("3")
    keyboard.press("Control+Enter")
    lab.until(lambda: "Finished" in lab.output(2).inner_text(), 60, "the study does not finish")
    lab.run(3)
    assert "'momentum'" in lab.output(3).inner_text()
    assert not lab.errors, lab.errors


def test_the_plan_follows_the_ticks_and_marks_are_written_into_the_cells(lab):
    output = opened(lab)
    output.get_by_text("What was found, and what each trial does").click()
    again = output.get_by_text("Of earlier cells, every trial runs again")
    again.wait_for()
    output.get_by_role("checkbox", name="hidden").uncheck()
    again.wait_for(state="detached")
    output.get_by_role("checkbox", name="hidden").check()
    again.wait_for()
    output.get_by_role("button", name="Write marks").click()
    lab.page.get_by_role("button", name="Apply").click()
    texts = "return nb.widgets.map(cell => cell.model.sharedModel.getSource())"
    lab.until(lambda: "# hpo: 16..256 log" in lab.js(texts)[1], 20, "no mark is written")
    assert "lr = 1e-3  # hpo: " in lab.js(texts)[2]
    assert not lab.errors, lab.errors


def test_a_piece_is_put_into_the_cell_in_one_click_and_its_values_are_there(lab):
    output = opened(lab)
    output.get_by_role("button", name="Insert").click()
    output.get_by_role("menuitem", name="Augmentation").click()
    text = "return nb.widgets[2].model.sharedModel.getSource()"
    lab.until(lambda: "augment = pieces.augment(\n" in lab.js(text), 20, "nothing is inserted")
    assert "%%hpo --edit " in lab.js(text)
    assert "from jupyter_hpo import pieces\n" in lab.js(text)
    lab.output(2).locator("[data-name=rotate]").wait_for()
    assert not lab.errors, lab.errors


def test_tab_and_help_on_the_magics_line(lab):
    lab.open(notebook("%load_ext jupyter_hpo", "%%hpo --maximize \nacc = 1.0\n", "%%hpo?"))
    lab.run(0)
    # JupyterLab waits a second for words; here other tests take the cores.
    lab.execute("import jupyter_hpo.run, jupyter_hpo.completion")

    def offered() -> str:
        """The word that Tab offers first at the end of the line."""
        lab.page.keyboard.press("Escape")
        lab.js(
            "nb.activeCellIndex = 1; nb.mode = 'edit'; nb.activeCell.editor.focus();"
            "const column = nb.activeCell.editor.getLine(0).length;"
            "nb.activeCell.editor.setCursorPosition({ line: 0, column });"
        )
        lab.page.keyboard.press("Tab")
        first = lab.page.locator(".jp-Completer-item").first
        first.wait_for()
        return first.inner_text()

    lab.until(lambda: "objective" in offered(), 30, "Tab offers no objective")
    lab.page.keyboard.press("Enter")
    text = "return nb.widgets[1].model.sharedModel.getSource()"
    lab.until(lambda: "--maximize acc\n" in lab.js(text), 10, "the objective is not put in")
    lab.run(2)
    lab.page.get_by_text("How to search").wait_for()
