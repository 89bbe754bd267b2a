"""Studies beside the notebook through reloads of the page and restarts of the kernel."""

from __future__ import annotations

import json

import pytest

from .axe import violations
from .lab import Lab, notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOAD = "%load_ext jupyter_hpo"
SLOW = """%%hpo --maximize acc --trials 200 --pruner none --name slow
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(60):
    time.sleep(0.05)
    acc = x + epoch
"""
WORKSPACE = """async () => {
  const workspace = await window.jupyterapp.serviceManager.workspaces.fetch('default');
  return JSON.stringify(workspace.data['layout-restorer:data'].main);
}"""
GONE = "The kernel was restarted. Run the notebook again down to the study's cell"


def turn_to(lab: Lab, tab: str) -> None:
    lab.page.get_by_role("tab", name=tab).first.click()
    if tab.endswith("ipynb"):
        lab.wait("return !!nb")


def restart(lab: Lab) -> None:
    lab.js("await panel.sessionContext.restartKernel()")
    lab.wait("return panel.sessionContext.session?.kernel?.connectionStatus === 'connected'")


def look_at_both(lab: Lab) -> list[str]:
    """What axe has against the panel and the dashboard in front."""
    panel = violations(lab.page, "panel", ".jp-HpoPanel")
    return [*panel, *violations(lab.page, "dashboard", ".jp-HpoDashboard")]


def test_a_study_beside_the_notebook_outlives_the_page_and_says_that_its_kernel_is_gone(lab):
    lab.open(notebook(LOAD, SLOW, "print('best', study.best_value > 0)"))
    study = lab.page.locator(".jp-HpoPanel-study")
    board = lab.page.locator(".jp-HpoDashboard")
    lab.js("await app.restored; app.commands.execute('jupyter-hpo:show-studies')")
    lab.run(0)
    lab.run(1, wait=False)
    lab.output(1).get_by_role("button", name="Pause").wait_for()
    lab.js("await panel.context.save()")
    study.get_by_role("button", name="slow", exact=True).click()
    board.get_by_role("heading", name="slow").wait_for()
    # The layout is saved a while after it changed.
    lab.until(lambda: "hpo-dashboards" in json.dumps(lab.page.evaluate(WORKSPACE)), 30, "no layout")

    lab.page.goto(lab.page.url.split("?")[0])
    board.get_by_role("heading", name="slow").wait_for()
    study.get_by_text("Running").wait_for()
    lab.until(lambda: "0 of 200" not in study.inner_text(), 60, "the list does not move")
    board.get_by_role("row").filter(has_text="complete").first.wait_for()
    board.get_by_role("row").filter(has_text="running").first.wait_for()
    assert not (found := look_at_both(lab)), "\n".join(found)
    board.get_by_role("button", name="Pause", exact=True).click()
    study.get_by_text("Paused").wait_for()

    turn_to(lab, "notebook.ipynb")
    restart(lab)
    lab.page.locator(".jp-HpoPanel").get_by_text(GONE).wait_for()
    turn_to(lab, "slow")
    board.get_by_text(GONE).wait_for()
    assert board.get_by_text("Interrupted").is_visible()
    assert not (found := look_at_both(lab)), "\n".join(found)
    assert not board.locator(".hpo-title button").count(), "nobody is there to obey"

    turn_to(lab, "notebook.ipynb")
    lab.run(0)
    lab.run(1, wait=False)
    widget = lab.output(1)
    widget.get_by_text("goes on").first.wait_for()
    turn_to(lab, "slow")  # it has turned to the study of the cell that was run again
    board.get_by_role("button", name="Stop", exact=True).click()
    board.get_by_text("Stopped").first.wait_for()
    study.get_by_text("Stopped").wait_for()
    assert study.get_by_role("button").count() == 1, "what ended can neither pause nor stop"
    turn_to(lab, "notebook.ipynb")
    lab.wait_idle(30)
    lab.run(2)
    assert "best True" in lab.output(2).inner_text()

    lab.run(1, wait=False)
    widget = lab.output(1)
    widget.get_by_role("button", name="Pause").wait_for()
    restart(lab)
    widget.get_by_text(GONE).wait_for()
    assert not widget.get_by_role("button", name="Pause").count()
    lab.js("await panel.sessionContext.shutdown()")
    lab.page.locator(".jp-HpoPanel").get_by_text("The kernel has ended.").wait_for()
    # JupyterLab's own, of widgets of the page and the kernel before.
    own = ("Comm not found", "widget model not found", "Canceled future for")
    errors = [error for error in lab.errors if not any(part in error for part in own)]
    assert not errors, errors
