"""The pictures of the dashboard as matplotlib figures: `study.plot_slices()` and the like.

As in `picture`: matplotlib's object API, imported at the first call, readable on light and dark.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .history import focus, history
from .picture import FAINT, GOOD, INK, TEXT, plain_axes
from .protocol import Header, ParamInfo, Row, Update

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS = 4
BAD, BRAND = "#d9480f", "#228be6"
COLOURS = {"COMPLETE": INK, "FAIL": BAD, "RUNNING": BRAND, "PAUSED": BRAND}
TOUCH_S = 0.02


def importances_figure(shares: Mapping[str, float], rests: str = "") -> Figure:
    """Bars, the largest on top. shares: parameter to its importance. rests: the trials that they
    are from, in words."""
    names = sorted(shares, key=lambda name: shares[name])
    result, (axes,) = _sheet(1, 5.2, 0.9 + 0.3 * max(1, len(names)))
    bars = axes.barh(range(len(names)), [shares[name] for name in names], color=BRAND)
    axes.set_yticks(range(len(names)), [_text(name) for name in names])
    axes.bar_label(bars, [f"{100 * shares[n]:.0f}%" for n in names], padding=4, color=TEXT, size=8)
    axes.set_title("Importance", loc="left", fontsize=10, color=TEXT, fontweight="bold")
    axes.grid(visible=False)
    axes.set_xticks([])
    if rests:
        words = textwrap.fill(_text(f"From {rests}."), 60)
        axes.set_xlabel(words, loc="left", fontsize=8, color=TEXT)
    return result


def slices_figure(update: Update, index: int = 0) -> Figure:
    """The objective against each parameter. index: of the objective."""
    header, params = update.header, update.header.params
    if not params:
        return _sentence("No parameter is tuned.")
    rows = _valued(update.rows, index)
    if not rows:
        return _sentence("No trial has a value yet.")
    values = [row.values[index] for row in rows if row.values]
    core = [row.values[index] for row in rows if row.values and row.state == "COMPLETE"]
    view = focus(values, core, header.objectives[index].direction == "maximize")
    down = math.ceil(len(params) / ACROSS)
    result, grid = _sheet(len(params), 2.6 * min(ACROSS, len(params)), 2.3 * down)
    for axes, info in zip(grid, params, strict=True):
        _slice(axes, info, rows, index, header)
        if view is not None:
            axes.set_ylim(view.low, view.high)
    return result


def pareto_figure(update: Update, front: Iterable[int]) -> Figure:
    """The first two objectives against each other. front: numbers of the trials on it."""
    objectives, on = update.header.objectives, set(front)
    if len(objectives) < 2:
        return _sentence("A Pareto front needs two objectives.")
    rows = [
        row for row in update.rows
        if row.state == "COMPLETE" and row.values and all(map(math.isfinite, row.values[:2]))
    ]  # fmt: skip
    if not rows:
        return _sentence("No trial is complete yet.")
    result, (axes,) = _sheet(1, 5.6, 3.6)
    for best, style in ((False, {"color": INK, "ms": 4}), (True, {"color": GOOD, "ms": 6})):
        some = [row.values for row in rows if (row.number in on) is best and row.values]
        axes.plot([v[0] for v in some], [v[1] for v in some], "o", ls="", **style)
    axes.set_title(
        "Pareto front (large: no trial beats it)",
        loc="left", fontsize=10, color=TEXT, fontweight="bold",
    )  # fmt: skip
    for which, info in zip((axes.set_xlabel, axes.set_ylabel), objectives, strict=False):
        which(f"{_text(info.name)} ({info.direction})", fontsize=9, color=TEXT)
    return result


def timeline_figure(update: Update) -> Figure:
    """When each trial ran, in as few lanes as ran at once; pauses are left out."""
    now = update.header.elapsed_s
    spans = [(start, end, row) for row in update.rows for start, end in _spans(row, now)]
    spans.sort(key=lambda span: (span[0], span[2].number))
    if not spans:
        return _sentence("No trial has run in this session.")
    best = update.header.best.number if update.header.best else None
    ends: list[float] = []
    placed = []
    for start, end, row in spans:
        lane = next((i for i, free in enumerate(ends) if free <= start + TOUCH_S), len(ends))
        ends[lane : lane + 1] = [end]
        placed.append((lane, start, end, row))
    result, (axes,) = _sheet(1, 8.0, 0.9 + 0.28 * len(ends))
    for lane, start, end, row in placed:
        hollow = row.state in ("PRUNED", "STOPPED")
        colour = GOOD if row.number == best else COLOURS.get(row.state, FAINT)
        axes.barh(
            lane, end - start, left=start, height=0.7, edgecolor=colour, linewidth=0.6,
            color="none" if hollow else colour,
        )  # fmt: skip
    axes.invert_yaxis()
    axes.set_yticks(range(len(ends)), [str(lane + 1) for lane in range(len(ends))])
    axes.grid(visible=False)
    axes.set_title(
        "Timeline of workers (hollow: stopped early)",
        loc="left", fontsize=10, color=TEXT, fontweight="bold",
    )  # fmt: skip
    axes.set_xlabel("seconds since the start", fontsize=9, color=TEXT)
    return result


def _slice(axes: Any, info: ParamInfo, rows: Sequence[Row], index: int, header: Header) -> None:
    from matplotlib.ticker import MaxNLocator, NullFormatter

    choices = info.kind == "categorical"
    labels = list(dict.fromkeys(str(choice) for choice in info.choices or ()))
    labels += sorted({str(r.params[info.name]) for r in rows if info.name in r.params} - {*labels})
    for complete in (False, True):
        some = [
            (labels.index(str(row.params[info.name])) if choices else row.params[info.name], row)
            for row in rows
            if info.name in row.params and (row.state == "COMPLETE") is complete
        ]
        style = {"color": INK} if complete else {"mfc": "none", "mec": FAINT, "mew": 0.8}
        ys = [row.values[index] for _, row in some if row.values]
        axes.plot([x for x, _ in some], ys, "o", ls="", ms=3.5, alpha=0.8, **style)
    best = header.best
    for row in rows:
        if best and row.number == best.number and row.values and info.name in row.params:
            value = row.params[info.name]
            at = labels.index(str(value)) if choices else value
            axes.plot([at], [row.values[index]], "o", ms=6, color=GOOD)
    if choices:
        axes.set_xticks(range(len(labels)), [_text(label)[:14] for label in labels])
        axes.set_xlim(-0.5, len(labels) - 0.5)
    elif info.log and info.low is not None and info.low > 0:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=info.kind == "int"))
    axes.set_xlabel(_text(info.name), fontsize=9, color=TEXT)
    axes.set_ylabel(_text(header.objectives[index].name), fontsize=9, color=TEXT)


def _valued(rows: Sequence[Row], index: int) -> list[Row]:
    """Complete and pruned trials with a finite value, in the order they finished."""
    numbers = [p.number for p in history(rows, True)] if index == 0 else None
    known = {row.number: row for row in rows}
    if numbers is not None:
        return [known[number] for number in numbers]
    return [
        row for row in rows
        if row.state in ("COMPLETE", "PRUNED") and row.values and math.isfinite(row.values[index])
    ]  # fmt: skip


def _spans(row: Row, now: float) -> list[tuple[float, float]]:
    if row.started_s is None or (row.finished_s is not None and row.finished_s < 0):
        return []
    last = now if row.finished_s is None else row.finished_s
    if not row.spans:
        return [(row.started_s, max(row.started_s, last))]
    ends = [*row.spans, last] if len(row.spans) % 2 else row.spans
    return list(zip(ends[::2], ends[1::2], strict=True))


def _sheet(count: int, width: float, height: float) -> tuple[Figure, list[Any]]:
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from .shown_figure import ShownFigure

    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.06)
    result = ShownFigure(figsize=(width, height), dpi=110, layout=layout)
    across = min(ACROSS, count)
    grid = [result.add_subplot(-(-count // across), across, i + 1) for i in range(count)]
    for axes in grid:
        plain_axes(axes)
    return result, grid


def _sentence(text: str) -> Figure:
    result, (axes,) = _sheet(1, 5.0, 1.2)
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", color=TEXT, transform=axes.transAxes)
    return result


def _text(name: str) -> str:
    """A dollar sign would begin a formula, and a broken formula raises."""
    return name.replace("$", r"\$")
