"""Brushes dragged in pictures narrow the trials down everywhere, and go with their chips."""

from __future__ import annotations

import re

import pytest

from . import studies
from .page import WidgetPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MADE = studies.many(40, running=4)
FINISHED = sorted(
    (row for row in MADE.rows if row.state != "RUNNING"),
    key=lambda row: (row.finished_s, row.number),
)


class Board:
    def __init__(self, widget):
        self.widget, self.page = widget, widget.page

    def tab(self, name):
        self.page.get_by_role("tab", name=name, exact=True).click()
        self.widget.settle()

    def picture(self, name):
        """The canvas, and its place on the page."""
        canvas = self.page.get_by_role("img", name=re.compile(f"^{name}"))
        canvas.scroll_into_view_if_needed()
        return canvas, canvas.bounding_box()

    def drag(self, name, start, end):
        """From one place to another, in pixels of a picture, which stays where it is."""
        _, box = self.picture(name)
        mouse = self.page.mouse
        mouse.move(box["x"] + start[0], box["y"] + start[1])
        mouse.down()
        mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)
        self.widget.settle()
        assert self.picture(name)[1] == box
        mouse.up()
        self.widget.settle()

    def chips(self):
        """What they say, without the ✕ and what they are of."""
        texts = self.page.locator(".hpo-chip").all_inner_texts()
        return [text.rstrip("✕ ").partition(": ")[2] for text in texts]

    def numbers(self):
        """Of the trials in the leaderboard; they all fit."""
        self.tab("Leaderboard")
        cells = self.page.get_by_role("rowheader").all_inner_texts()
        return {int(re.sub(r"\D", "", cell)) for cell in cells}


@pytest.fixture
def board(chromium):
    widget = WidgetPage(chromium, size=(1300, 2600))
    widget.board(MADE)
    # High enough for all rows to be drawn.
    widget.page.add_style_tag(content=".hpo .hpo-scroll { max-height: none; height: 1400px; }")
    yield Board(widget)
    assert not widget.errors, widget.errors
    widget.close()


def optimizer(name):
    return {row.number for row in MADE.rows if row.params.get("optimizer") == name}


def test_an_axis_of_parallel_coordinates(board):
    everything = board.numbers()
    assert everything == set(range(40))
    board.tab("Parameters")
    name = "Parallel coordinates"
    canvas, box = board.picture(name)
    before = canvas.screenshot()
    # optimizer is the fourth of six axes, which stand evenly between 44 px from the sides.
    x = 44 + 3 / 5 * (box["width"] - 88)
    middle = (10 + 26 + box["height"] - 10 - 34) / 2  # of the axis: its name above, its end below
    board.drag(name, (x, middle - 20), (x, middle + 20))
    assert board.chips() == ["optimizer sgd"]
    assert board.numbers() == optimizer("sgd")

    board.tab("Parameters")
    board.drag(name, (x, middle), (x, middle - 200))  # held in its middle it moves, up to the end
    assert board.chips() == ["optimizer rmsprop"]
    assert board.numbers() == optimizer("rmsprop")

    board.page.get_by_role("button", name="optimizer rmsprop").click()  # the chip's ✕
    assert board.numbers() == everything
    board.tab("Parameters")
    board.page.mouse.move(0, 0)
    board.widget.settle()
    assert board.picture(name)[0].screenshot() == before, "the brush is gone with its chip"


def test_a_rectangle_in_the_history_beside_a_filter(board):
    board.tab("History")
    _, box = board.picture("History")
    board.drag("History", (60, 12), (box["width"] / 2, box["height"] - 24))
    (chip,) = board.chips()
    first, last = map(int, re.match(r"finished (\d+)\.\.(\d+), val_acc ", chip).groups())
    assert first < last - 5
    shown = board.numbers()
    places = {place: row for place, row in enumerate(FINISHED, 1) if row.values}
    found = {place for place, row in places.items() if row.number in shown}
    assert len(found) == len(shown), "only finished trials"
    inside = {place for place in places if first < place < last}
    assert inside <= found <= {first, *inside, last}

    board.page.get_by_role("searchbox").fill("complete")
    board.widget.settle()
    both = {row.number for row in FINISHED if row.number in shown and row.state == "COMPLETE"}
    assert board.numbers() == both
    assert 0 < len(both) < len(shown)
    board.tab("Curves")
    assert len(board.chips()) == 2
    _, box = board.picture("Learning curves")
    board.drag("Learning curves", (box["width"] * 0.9, 12), (box["width"] - 2, box["height"] - 24))
    assert len(board.chips()) == 3
    long = {row.number for row in MADE.rows if row.step and row.step >= 19}
    assert board.numbers() == both & long
    board.page.get_by_role("button", name="Clear all").click()
    assert board.numbers() == set(range(40))
