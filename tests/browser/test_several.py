"""Several objectives under a constraint: the front, what is infeasible, and one trial chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_hpo.widgets.protocol import Best, Detail, ObjectiveInfo, Point, Reply, Row

from .page import WidgetPage
from .studies import Made, header

pytestmark = pytest.mark.browser

GOALS = [ObjectiveInfo("acc", "maximize"), ObjectiveInfo("n_params", "minimize")]
VALUES = [(0.7, 10e3), (0.8, 20e3), (0.75, 30e3), (0.9, 90e3)]
BROKEN = "n_params 90k > 50k"


def several() -> Made:
    rows = [
        Row(
            n, "COMPLETE", list(values), {"lr": 1e-3}, step=3, finished_s=n + 1.0,
            infeasible=BROKEN if values[1] > 50e3 else "", figures={"n_params": values[1]},
            kept=n < 2,
        )
        for n, values in enumerate(VALUES)
    ]  # fmt: skip
    about = header(
        "finished", objectives=GOALS, n_complete=4, best=Best(0, list(VALUES[0])),
        constraints=["n_params <= 50e3"], n_infeasible=1,
    )  # fmt: skip
    points = [Point(n, 1, values[0]) for n, values in enumerate(VALUES)]
    return Made(about, rows, points, {n: Detail(n) for n in range(4)})


def test_a_point_of_the_front_becomes_the_result(chromium):
    made = several()
    board = WidgetPage(chromium)
    try:
        board.answer = lambda command: Reply(command["id"], True, "Trial 1 is the result now.")
        board.board(made)
        page = board.page
        table = page.get_by_role("grid").or_(page.get_by_role("table")).first
        assert table.get_by_text("infeasible").count() == 1
        assert page.get_by_text("1 infeasible").is_visible()
        page.get_by_role("tab", name="Pareto").click()
        front = page.get_by_label("Pareto front: 2 of 4 complete trials", exact=False)
        front.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.get_by_text(f"infeasible: {BROKEN}").first.wait_for()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Use this trial").click()
        page.get_by_text("Trial 1 is the result now.").wait_for()
        assert [c["number"] for c in board.commands if c["command"] == "use"] == [1]
        made.header = replace(made.header, chosen=1, best=Best(1, list(VALUES[1])))
        board.send_news()
        page.get_by_text("Chosen by you").wait_for()
        page.get_by_role("button", name="✓ In use").wait_for()
        page.get_by_role("button", name="Apply trial 1 to cell").wait_for()
        page.get_by_role("button", name="Back to the best").click()
        board.settle()
        assert [c["number"] for c in board.commands if c["command"] == "use"] == [1, None]
        assert not board.errors
    finally:
        board.close()
