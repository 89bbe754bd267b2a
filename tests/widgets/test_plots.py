"""The static pictures hold what the study holds, also when that is little or odd."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_hpo.widgets import plots
from jupyter_hpo.widgets.protocol import Best, Header, ObjectiveInfo, ParamInfo, Row, Update

sys.path.insert(0, str(Path(__file__).parent))
from widget_samples import UPDATE

PARAMS = [
    ParamInfo("lr$", "float", True, 1e-5, 1e-1),
    ParamInfo("act", "categorical", choices=["relu", None]),
]
HEADER = Header(
    "s", "finished", [ObjectiveInfo("acc", "maximize"), ObjectiveInfo("ms", "minimize")], PARAMS,
    best=Best(1, [0.9, 3.0]), elapsed_s=9.0,
)  # fmt: skip
ROWS = [
    Row(0, "COMPLETE", [0.8, 1.0], {"lr$": 1e-3, "act": "relu"}, started_s=0.0, finished_s=2.0),
    Row(1, "COMPLETE", [0.9, 3.0], {"lr$": 1e-2, "act": None}, started_s=0.0, finished_s=4.0),
    Row(2, "PRUNED", [0.3, 4.0], {"lr$": 1e-4}, started_s=2.0, finished_s=9.0, spans=[2.0, 3.0]),
    Row(3, "RUNNING", None, {"lr$": 1e-4}, started_s=5.0),
    Row(4, "COMPLETE", [math.nan, 0.0], {"lr$": 1e-4}, started_s=3.5, finished_s=4.0),
    Row(5, "COMPLETE", [0.7, 5.0], {"lr$": 1e-4}, started_s=0.0, finished_s=-7.0),
]
SHOWN = Update(1, HEADER, ROWS)
EMPTY = Update(1, HEADER)


def drawn(figure):
    """It can be drawn at all: labels with dollar signs, odd values."""
    figure.canvas.draw()
    return figure


def words(figure):
    return [text.get_text() for axes in drawn(figure).axes for text in axes.texts]


def test_importances_are_bars_the_largest_on_top():
    (axes,) = drawn(plots.importances_figure({"lr$": 0.2, "act": 0.8}, "7 trials")).axes
    assert axes.get_xlabel() == "From 7 trials."
    assert [bar.get_width() for bar in axes.patches] == [0.2, 0.8]
    assert [label.get_text() for label in axes.get_yticklabels()] == [r"lr\$", "act"]


def test_slices_have_one_picture_a_parameter():
    lr, act = drawn(plots.slices_figure(SHOWN)).axes
    assert (lr.get_xscale(), act.get_xscale()) == ("log", "linear")
    assert [label.get_text() for label in act.get_xticklabels()] == ["relu", "None"]
    pruned, complete, *best = lr.lines
    assert list(pruned.get_xdata()) == [1e-4]
    assert sorted(complete.get_xdata()) == [1e-4, 1e-3, 1e-2]
    assert [list(mark.get_xdata()) for mark in best] == [[1e-2]]


def test_the_pareto_front_stands_out_and_nan_is_left_out():
    (axes,) = drawn(plots.pareto_figure(SHOWN, [0, 1])).axes
    beaten, front = axes.lines
    assert list(beaten.get_xdata()) == [0.7]
    assert list(front.get_xdata()) == [0.8, 0.9]


def test_the_timeline_leaves_out_pauses_and_earlier_sessions():
    (axes,) = drawn(plots.timeline_figure(SHOWN)).axes
    bars = [(bar.get_x(), bar.get_width(), round(bar.get_y() + 0.35)) for bar in axes.patches]
    assert bars == [(0.0, 2.0, 0), (0.0, 4.0, 1), (2.0, 1.0, 0), (3.5, 0.5, 0), (5.0, 4.0, 0)]


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (lambda: plots.slices_figure(EMPTY), "No trial has a value yet."),
        (lambda: plots.pareto_figure(EMPTY, []), "No trial is complete yet."),
        (lambda: plots.timeline_figure(EMPTY), "No trial has run in this session."),
        (
            lambda: plots.slices_figure(replace(SHOWN, header=Header("s", "finished"))),
            "No parameter is tuned.",
        ),
        (
            lambda: plots.pareto_figure(replace(SHOWN, header=Header("s", "finished")), []),
            "A Pareto front needs two objectives.",
        ),
    ],
)
def test_nothing_to_draw_is_a_sentence(figure, sentence):
    assert words(figure()) == [sentence]


def test_awkward_values_can_be_drawn():
    for figure in (plots.slices_figure(UPDATE), plots.timeline_figure(UPDATE)):
        drawn(figure)


def test_a_figure_shows_itself_where_pyplot_was_never_imported():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()  # with no inline backend
    data, metadata = shell.display_formatter.format(plots.importances_figure({"lr": 1.0}))
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["width"] > 100
