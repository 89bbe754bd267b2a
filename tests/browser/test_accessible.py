"""What axe-core says of the board and the editor: light, dark and with forced colours."""

from __future__ import annotations

import pytest

from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.protocol import Importance, Importances, Reply

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
    page.page.get_by_role("button", name="Insert").focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    page.settle()
    found += violations(page.page, "the pieces of the editor")
    page.page.keyboard.press("Enter")  # no notebook here: the new text is shown
    page.page.get_by_role("button", name="Copy the new cell").wait_for()
    page.settle()
    found += violations(page.page, "a piece to be copied")
    assert not found, "\n".join(found)


BACKGROUNDS = """(marks) => marks.map(([selector, part]) => {
  const element = document.querySelector(selector);
  return element && getComputedStyle(element, part).backgroundColor;
})"""


@pytest.mark.parametrize("dark", [False, True])
def test_what_colours_say_is_seen_where_colours_are_forced(chromium, dark):
    page = WidgetPage(chromium, dark=not dark, forced_colors=True)  # whatever the theme is
    page.page.emulate_media(color_scheme="dark" if dark else "light")
    of = [Importance("val_acc", {"lr": 0.7, "hidden": 0.3})]
    page.answer = lambda command: Reply(command["id"], True, data=Importances(20, of))
    page.board(studies.many(40))
    page.page.get_by_role("tab", name="Parameters", exact=True).click()
    page.page.locator(".hpo-importance td i").first.wait_for()
    marks = [
        [".hpo-bar", None],
        [".hpo-bar-complete", None],
        [".hpo-meter i", None],
        [".hpo-importance td i", None],
        [".hpo-key-dot", "::before"],
        [".hpo-key-front", "::before"],
    ]
    ground, *colours = page.page.evaluate(BACKGROUNDS, [[".hpo", None], *marks])
    assert ground == ("rgb(0, 0, 0)" if dark else "rgb(255, 255, 255)")
    assert None not in colours
    assert ground not in colours, list(zip(marks, colours, strict=True))
    # A canvas is not forced: it is drawn in the colours that its text stands in.
    drawn = page.page.evaluate(
        """() => {
          const { width, height } = document.querySelector('.hpo-slices canvas');
          const context = document.querySelector('.hpo-slices canvas').getContext('2d');
          const { data } = context.getImageData(0, 0, width, height);
          return [...Array(data.length / 4).keys()]
            .filter((i) => data[4 * i + 3] > 250)
            .map((i) => data[4 * i] + data[4 * i + 1] + data[4 * i + 2]);
        }"""
    )
    assert (max(drawn) > 700) if dark else (min(drawn) < 60), "the text cannot be read"
    page.close()
