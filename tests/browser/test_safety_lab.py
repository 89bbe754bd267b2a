"""Texts of the person in JupyterLab: saved results, the panel, dashboards beside the notebook."""

from __future__ import annotations

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE
from jupyter_hpo.widgets.snapshot import make_snapshot

from .harm import ANSI, BACKWARDS, HARMFUL, LONGEST, MEGABYTE, OFFENDERS, UNWANTED, ended
from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ODD = {"terminal codes": ANSI, "backwards": BACKWARDS, "a megabyte": MEGABYTE}
LOBBY = """
import jupyter_hpo.handle  # now, for it shows its own studies there
from jupyter_hpo.lobby import show_in_lobby
from jupyter_hpo.widgets.protocol import Best, ObjectiveInfo, StudySummary
show_in_lobby(lambda: [
    StudySummary(f"s{i}", text, "running", [ObjectiveInfo(text, "maximize")], 40, 3, 2, 5.0, 9.0,
                 Best(0, [0.5]), i + 1)
    for i, text in enumerate(TEXTS)
])
"""


def unharmed(lab, within, raw):
    """Within a selector nothing came of a text but text, in one line and of some length."""
    assert lab.js("return window.harmed === undefined")
    assert lab.page.locator(f"{within} :is({UNWANTED}, img)").count() == 0
    offenders = OFFENDERS.replace("main, main *", f"{within}, {within} *")
    for character in raw:
        found = lab.page.evaluate(offenders, [LONGEST, character])
        assert not found, "\n".join(found)


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_saved_results_show_text_as_text(lab, front_end):
    texts = [*HARMFUL.values(), *ODD.values()]
    content = notebook(*("pass" for _ in texts))
    for cell, text in zip(content["cells"], texts, strict=True):
        data = {SNAPSHOT_TYPE: make_snapshot(ended(text)), "text/plain": "a study"}
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    lab.open(content, front_end=front_end)
    for index, text in enumerate(texts):
        result = lab.output(index).locator(".jp-HpoResult")
        result.get_by_text("Finished").first.wait_for()
        if text not in ODD.values():
            assert text in result.inner_text()
        unharmed(lab, f'.jp-Cell[data-test-cell="{index}"] .jp-HpoResult', "\x1b\u202e")
    assert not lab.errors, lab.errors


def test_the_panel_and_dashboards_beside_the_notebook_show_text_as_text(lab):
    lab.open(notebook("%load_ext jupyter_hpo"))
    lab.run(0)
    texts = [*HARMFUL.values(), ANSI, BACKWARDS, "0123456789 " * 10_000]
    lab.execute(LOBBY.replace("TEXTS", repr(texts)))
    lab.js("await app.restored; app.commands.execute('jupyter-hpo:show-studies')")
    studies = lab.page.locator(".jp-HpoPanel-study")
    lab.until(lambda: studies.count() == len(texts), 20, "the list is not all there")
    shown = lab.page.locator(".jp-HpoPanel").inner_text()
    for text in HARMFUL.values():
        assert shown.count(text[:50]) == 2, "its name and its objective"
    assert "red link" in shown
    assert r"abc\u202edef" in shown
    unharmed(lab, ".jp-HpoPanel", "\x1b\u202e")

    studies.first.get_by_role("button", name="Pause").click()
    studies.first.get_by_text("does not hold this study any more").wait_for()
    for index in range(len(texts)):
        studies.nth(index).locator(".jp-HpoPanel-name").click()
        board = lab.page.locator(".jp-HpoDashboard:visible")
        board.get_by_text("does not hold this study any more").wait_for()
    unharmed(lab, ".jp-HpoDashboard", "\x1b\u202e")
    unharmed(lab, ".lm-TabBar", "\x1b\u202e")
    assert not lab.errors, lab.errors
