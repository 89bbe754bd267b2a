"""What axe-core says of the board and the editor: light, dark and with forced colours."""

from __future__ import annotations

import pytest

from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.protocol import Reply

from . import studies
from .axe import violations
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

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


def test_the_board_in_every_tab_and_with_a_trial_opened(page):
    made = studies.many(60, objectives=2)
    page.answer = lambda command: Reply(command["id"], True, data=_detail(made, command))
    page.board(made)
    tabs = page.page.get_by_role("tab")
    found = []
    for index in range(tabs.count()):
        tabs.nth(index).click()
        page.settle()
        found += violations(page.page, tabs.nth(index).inner_text())
    tabs.first.click()
    page.page.get_by_role("button", name="details").first.click()
    page.settle()
    found += violations(page.page, "a trial opened")
    assert not found, "\n".join(found)


def _detail(made, command):
    return made.details[command["number"]] if command["command"] == "detail" else None


@pytest.mark.parametrize("state", ["empty", "all failed"])
def test_the_board_when_there_is_little_to_show(page, state):
    page.board(studies.STATES[state]())
    found = violations(page.page, state)
    assert not found, "\n".join(found)


def test_the_editor(page):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor())})
    page.settle()
    found = violations(page.page, "editor")
    assert not found, "\n".join(found)
