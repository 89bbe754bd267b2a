"""What is asked of a cell beyond its own names: figures by name, and constraints."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.study.objective import Objective

CELL = """\
lr = 0.1  # hpo: 0.0..1.0
width = 3  # hpo: 1..9
for epoch in range(3):
    val_loss = lr * width
"""
LOSS, SIZE = Objective("val_loss", "minimize"), Objective("n_params", "minimize")


def test_a_figure_is_measured_and_the_rest_is_the_cells():
    bounds = ["wall_s < 3", "val_loss + wall_s < 9"]
    cell = capture(CELL, objectives=[SIZE, LOSS], constraints=bounds)
    assert cell.problems == ()
    assert cell.objectives == (SIZE, LOSS)
    program = cell.program()
    assert program.objectives == (LOSS,)
    assert program.goals.measured == ((0, SIZE),)
    assert [c.text for c in program.goals.lasting] == ["wall_s < 3"]
    assert [c.text for c in program.goals.by_figures] == ["wall_s < 3"], "the cell's is a value"
    assert "every turn is a report" in cell.reports


def test_an_expression_over_both_reports_where_its_own_name_moves():
    mixed = Objective("val_loss + 1e-8 * n_params", "minimize")
    cell = capture(CELL, objectives=[mixed])
    assert (cell.problems, cell.own_objectives) == ((), ())
    assert cell.loop is not None
    assert "every turn is a report" in cell.reports


def test_the_cells_own_name_is_meant_and_that_is_said():
    cell = capture(CELL + "n_params = width\n", objectives=[SIZE], constraints=["n_params < 5"])
    assert cell.own_objectives == (SIZE,)
    assert cell.goals.lasting == cell.goals.by_figures == (), "a name may fall again"
    assert any(
        "`n_params` is assigned in this cell: that is what is meant" in n for n in cell.notices
    )


def test_a_constraint_on_a_tuned_value_leaves_it_tuned():
    cell = capture(CELL, objectives=[LOSS], constraints=["lr * width <= 2"])
    assert list(cell.space) == ["lr", "width"]
    assert cell.problems == ()


@pytest.mark.parametrize(
    ("constraint", "message", "fix"),
    [
        ("n_parms <= 1e6", "reads 'n_parms', which nothing assigns", "Did you mean 'n_params'?"),
        ("val_los < 1", "reads 'val_los'", "Did you mean 'val_loss'?"),
        ("zzz < 1", "reads 'zzz'", "Measured: n_params, complexity, wall_s"),
        ("val_loss", "--constraint 'val_loss' is no comparison", ""),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest_name(constraint, message, fix):
    (problem,) = capture(CELL, objectives=[LOSS], constraints=[constraint]).problems
    assert message in problem.message
    assert fix in problem.fix
    assert problem.line == 1


def test_a_measured_expression_over_an_unknown_name_is_a_problem():
    (problem,) = capture(CELL, objectives=[Objective("n_params + accc", "minimize")]).problems
    assert "reads 'accc'" in problem.message
