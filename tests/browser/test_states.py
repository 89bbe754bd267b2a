"""Every state of a study in every tab, narrow and wide: drawn, quiet, and inside the page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_hpo.widgets.protocol import Reply

from .page import WidgetPage
from .studies import STATES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SHOTS = os.environ.get("JUPYTER_HPO_SHOTS")
"""A folder to leave pictures in, to look at; none are kept otherwise."""


@pytest.fixture
def page(request, chromium):
    size, dark = request.param
    page = WidgetPage(chromium, size=size, dark=dark)
    yield page
    page.close()


def look(page, name):
    if SHOTS:
        size = page.page.viewport_size["width"]
        name = name.replace(" ", "_").replace(",", "").replace("/", "_")
        page.page.screenshot(path=Path(SHOTS) / f"{name}-{size}.png", full_page=True)


@pytest.mark.parametrize("page", [((380, 800), True), ((1300, 900), False)], indirect=True,
                         ids=["380 dark", "1300 light"])  # fmt: skip
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_drawn_inside_the_page(page, state):
    made = STATES[state]()
    page.answer = lambda command: (
        Reply(command["id"], True, data=made.details.get(command["number"]))
        if command["command"] == "detail"
        else None
    )
    page.board(made)
    tabs = page.page.get_by_role("tab")
    assert tabs.count() > 0
    for index in range(tabs.count()):
        tabs.nth(index).click()
        page.settle()
        name = f"{state}/{tabs.nth(index).inner_text()}"
        look(page, name)
        width, view = page.page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert width <= view, f"{name} is {width} px wide in a page of {view} px"
        assert page.page.get_by_role("tabpanel").bounding_box()["height"] > 40, name
    tabs.first.click()
    row = page.page.get_by_role("row").get_by_role("button", name="details").first
    if made.rows:
        row.click()
        page.settle()
        look(page, f"{state}/opened")
    assert not page.errors, page.errors
