"""Ten thousand rows by keyboard and wheel: the focus and what is in view go together."""

from __future__ import annotations

import pytest

from . import studies
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

N = 10_000
FOCUSED = """() => {
  const row = document.activeElement;
  const board = document.querySelector('.hpo-scroll').getBoundingClientRect();
  const head = document.querySelector('thead').getBoundingClientRect();
  const { top, bottom } = row.getBoundingClientRect();
  return [Number(row.dataset.number), top >= head.bottom - 1 && bottom <= board.bottom + 1];
}"""
DRAWN = """() => {
  const board = document.querySelector('.hpo-scroll').getBoundingClientRect();
  return [board.top + 60, Math.min(board.bottom, innerHeight) - 12].every((y) =>
    document.elementFromPoint(board.left + 200, y)?.closest('tr[aria-rowindex]'));
}"""


def test_keys_reach_every_row_of_a_sorted_table(chromium):
    made = studies.many(N, running=8)
    widget = WidgetPage(chromium)
    page = widget.page
    widget.board(made)
    page.get_by_role("tab", name="Leaderboard", exact=True).click()
    page.get_by_role("columnheader", name="lr").get_by_role("button").click()
    widget.settle()
    order = [row.number for row in sorted(made.rows, key=lambda r: (r.params["lr"], r.number))]
    page.locator("tbody th button").first.focus()

    def press(key):
        page.keyboard.press(key)
        widget.send_news()  # news does not take the focus away
        number, in_view = page.evaluate(FOCUSED)
        assert in_view, key
        assert page.evaluate(DRAWN), key
        return order.index(number)

    assert press("End") == N - 1
    assert press("ArrowDown") == N - 1
    up = press("PageUp")
    assert N - 60 < up < N - 8
    assert press("ArrowUp") == up - 1
    assert press("Home") == 0
    down = press("PageDown")
    assert 8 < down < 60
    assert press("PageDown") == 2 * down
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Enqueue again…").wait_for()
    assert press("Escape") == 2 * down

    board = page.locator(".hpo-scroll")
    board.hover()
    for _ in range(5):
        page.mouse.wheel(0, 40_000)
        page.wait_for_function(DRAWN)
    assert board.evaluate("board => board.scrollTop") > 150_000
    assert press("ArrowDown") == 2 * down + 1, "where the keyboard was, though that scrolled away"
    assert not widget.errors, widget.errors
    widget.close()
