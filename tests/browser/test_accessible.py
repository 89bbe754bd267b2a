"""What axe-core says of the board and the editor: light, dark and with forced colours."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.protocol import Reply

from . import studies
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = {
    "light": {},
    "dark": {"dark": True},
    "forced colours": {"forced_colors": True, "dark": True},
}


@pytest.fixture(params=LOOKS)
def page(request, chromium):
    page = WidgetPage(chromium, **LOOKS[request.param])
    yield page
    page.close()


def violations(page, where):
    """The serious ones, each as a line with an element that has it."""
    if not page.page.evaluate("() => 'axe' in window"):
        page.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.page.evaluate(
        "async () => (await axe.run('main', {resultTypes: ['violations']})).violations"
    )
    return [
        f"{where}: {v['id']} ({v['impact']}, {len(v['nodes'])} x): {v['help']}: "
        f"{v['nodes'][0]['html'][:160]} {v['nodes'][0]['any'][:1]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_the_board_in_every_tab_and_with_a_trial_opened(page):
    made = studies.many(60, objectives=2)
    page.answer = lambda command: Reply(command["id"], True, data=_detail(made, command))
    page.board(made)
    tabs = page.page.get_by_role("tab")
    found = []
    for index in range(tabs.count()):
        tabs.nth(index).click()
        page.settle()
        found += violations(page, tabs.nth(index).inner_text())
    tabs.first.click()
    page.page.get_by_role("button", name="details").first.click()
    page.settle()
    found += violations(page, "a trial opened")
    assert not found, "\n".join(found)


def _detail(made, command):
    return made.details[command["number"]] if command["command"] == "detail" else None


@pytest.mark.parametrize("state", ["empty", "all failed"])
def test_the_board_when_there_is_little_to_show(page, state):
    page.board(studies.STATES[state]())
    found = violations(page, state)
    assert not found, "\n".join(found)


def test_the_editor(page):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor())})
    page.settle()
    found = violations(page, "editor")
    assert not found, "\n".join(found)
