"""Texts of the person in the live widgets: shown as text, cleaned, and cut."""

from __future__ import annotations

import re

import pytest

from jupyter_hpo.widgets.encode import plain
from jupyter_hpo.widgets.protocol import Detail, Reply, Row

from . import studies
from .harm import ANSI, BACKWARDS, HARMFUL, MEGABYTE, WATCH, not_found, study, unharmed
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MORE = re.compile(r"^Show .* more characters$")
DRAWN = 500_000
"""Characters of a page with everything cut: what keeps it quick."""


@pytest.fixture
def page(chromium):
    page = WidgetPage(chromium)
    page.page.add_init_script(WATCH)
    yield page
    page.close()


def shown(page, made):
    """The study's board with every tab seen, every trial opened, and the pointer moved over."""
    page.answer = lambda command: Reply(
        command["id"], False, next(iter(made.details.values())).log
    ) if command["command"] != "detail" else Reply(
        command["id"], True, data=made.details[command["number"]]
    )  # fmt: skip
    page.board(made)
    tabs = page.page.get_by_role("tab")
    for index in reversed(range(tabs.count())):
        tabs.nth(index).click()
        page.settle()
        for box in page.page.locator("canvas, th, td, h3, button").all()[:60]:
            box.dispatch_event("pointermove")
            box.dispatch_event("mouseover")
    texts = [page.page.inner_text("main")]
    for number in range(len(made.rows)):
        row = page.page.get_by_role("button", name=re.compile(rf"^Trial {number}\b"))
        row.first.click()
        page.settle()
        texts.append(page.page.inner_text("main"))
        row.first.click()
    return "\n".join(texts)


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_the_board_shows_text_as_text(page, text):
    assert shown(page, study(text)).count(text) > 6
    unharmed(page)


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_the_editor_shows_text_as_text(page, text):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(text))})
    page.settle()
    assert text in page.page.inner_text("main")
    unharmed(page)


def test_terminal_codes_are_not_shown(page):
    text = shown(page, study(ANSI))
    assert "red link" in text
    not_found(page, "\x1b")
    assert "[31m" not in text
    unharmed(page)


def test_characters_that_turn_the_text_around_are_shown_as_such(page):
    assert r"abc\u202edef" in shown(page, study(BACKWARDS))
    not_found(page, "\u202e")
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(BACKWARDS))})
    page.settle()
    not_found(page, "\u202e")
    unharmed(page)


def test_a_megabyte_is_cut_and_the_rest_can_be_seen(page):
    made = study("short")
    made.details[1] = Detail(1, {"short": MEGABYTE}, MEGABYTE, MEGABYTE)
    made.rows[1] = Row(
        1, "FAIL", None, {"short": MEGABYTE}, error=MEGABYTE, error_line=3, duration_s=1.0
    )
    assert MEGABYTE[:100] in shown(page, made)
    page.page.get_by_role("button", name=re.compile(r"^Trial 1\b")).click()
    page.settle()
    assert drawn(page) < DRAWN
    more = page.page.locator(".hpo-detail").get_by_role("button", name=MORE)
    grown = []
    for button in more.element_handles():  # the first is gone once it was clicked
        before = drawn(page)
        button.click()
        page.settle()
        grown.append(drawn(page) - before)
    # A live message has the beginning of an error; what was printed, and values, are whole.
    assert [growth > 10_000 for growth in grown] == [False, True, True, True], grown
    assert grown[0] > 2_000
    unharmed(page)


def test_a_megabyte_in_every_text_of_the_board_is_cut(page):
    shown(page, study(MEGABYTE))
    not_found(page)
    unharmed(page)


def test_a_megabyte_in_every_text_of_the_editor_is_cut(page):
    page.show("editor", {"_study": "s", "_spec": plain(studies.editor(MEGABYTE))})
    page.settle()
    not_found(page)
    unharmed(page)


def drawn(page):
    return page.page.evaluate("() => document.querySelector('main').outerHTML.length")
