"""The one picture of a finished study: best so far, and learning curves. PNG bytes.

Drawn with matplotlib's object API: pyplot would touch the notebook's own figures and
backend. matplotlib is imported on the first call (it takes a while).
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .protocol import Header, Point, Row, Update

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Readable on white and on black: the picture has no ground of its own.
GOOD, INK, FAINT, TEXT, GRID = "#2f9e44", "#808a96", "#9aa3ad", "#757b83", "#80808040"
DPI = 144


def history(rows: Sequence[Row], maximize: bool) -> list[tuple[float, float, bool]]:
    """(value, best so far, improved) of the COMPLETE trials, in the order they finished."""
    done = [
        (row, row.values[0])
        for row in rows
        if row.state == "COMPLETE" and row.values and math.isfinite(row.values[0])
    ]

    def end(item: tuple[Row, float]) -> tuple[float, int]:
        row = item[0]
        if row.started_s is None:
            return float(row.number), row.number
        return row.started_s + (row.duration_s or 0.0), row.number

    result: list[tuple[float, float, bool]] = []
    for _, value in sorted(done, key=end):
        best = result[-1][1] if result else None
        improved = best is None or (value > best if maximize else value < best)
        result.append((value, value if improved or best is None else best, improved))
    return result


def draw(header: Header, rows: Sequence[Row], points: Sequence[Point]) -> bytes | None:
    """The picture as PNG, 1350 pixels wide with both panels; None with nothing to draw."""
    past, curves = _series(header, rows, points)
    if not past and not curves:
        return None
    out = io.BytesIO()
    _figure(header, rows, past, curves).savefig(out, format="png", transparent=True)
    return out.getvalue()


def shown_width(png: bytes) -> int:
    """The width to show it at, in CSS pixels: its own, less the extra sharpness."""
    return round(int.from_bytes(png[16:20], "big") * 100 / DPI)


def figure(update: Update) -> Figure:
    """The same as a matplotlib Figure; with no value yet, one that says so."""
    past, curves = _series(update.header, update.rows, update.points)
    return _figure(update.header, update.rows, past, curves)


def _series(
    header: Header, rows: Sequence[Row], points: Sequence[Point]
) -> tuple[list[tuple[float, float, bool]], dict[int, list[Point]]]:
    curves: dict[int, list[Point]] = {}
    for point in points:
        if math.isfinite(point.value):
            curves.setdefault(point.number, []).append(point)
    return history(rows, _maximize(header)), curves


def _maximize(header: Header) -> bool:
    return bool(header.objectives) and header.objectives[0].direction == "maximize"


def _figure(
    header: Header,
    rows: Sequence[Row],
    past: Sequence[tuple[float, float, bool]],
    curves: dict[int, list[Point]],
) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    panels = [panel for panel, data in (("history", past), ("curves", curves)) if data]
    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.06)
    result = Figure(figsize=(4.7 * max(1, len(panels)), 2.9), dpi=DPI, layout=layout)
    FigureCanvasAgg(result)
    if not panels:
        result.text(0.5, 0.5, "No trial has a value yet.", ha="center", color=TEXT)
    for index, panel in enumerate(panels):
        axes = result.add_subplot(1, len(panels), index + 1)
        _plain(axes)
        name = header.objectives[0].name if header.objectives else "objective"
        # A dollar sign would begin a formula, and a broken formula raises.
        axes.set_ylabel(name.replace("$", r"\$"), color=TEXT, fontsize=9)
        if panel == "history":
            _draw_history(axes, past)
            _limit(axes, [value for value, _, _ in past], _maximize(header))
        else:
            _draw_curves(axes, header, rows, curves)
            _limit(axes, [p.value for c in curves.values() for p in c], _maximize(header))
    return result


def _plain(axes: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.tick_params(colors=TEXT, labelsize=8, length=3, color=FAINT)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))


def _draw_history(axes: Any, past: Sequence[tuple[float, float, bool]]) -> None:
    order = list(range(1, len(past) + 1))
    axes.plot(order, [v for v, _, _ in past], "o", ms=3.5, color=FAINT, label="trial")
    axes.step(order, [b for _, b, _ in past], where="post", color=GOOD, lw=1.8, label="best so far")
    better = [(i, v) for i, (v, _, improved) in zip(order, past, strict=True) if improved]
    axes.plot([i for i, _ in better], [v for _, v in better], "o", ms=5, color=GOOD)
    axes.set_title("Best so far", loc="left", fontsize=10, color=TEXT, fontweight="bold")
    axes.set_xlabel("complete trials", fontsize=9, color=TEXT)


def _draw_curves(
    axes: Any, header: Header, rows: Sequence[Row], curves: dict[int, list[Point]]
) -> None:
    states = {row.number: row.state for row in rows}
    best = header.best.number if header.best else None
    for number, curve in curves.items():
        if number == best:
            continue
        whole = states.get(number) == "COMPLETE"
        style = (
            {"color": INK, "alpha": 0.8} if whole else {"color": FAINT, "ls": "--", "alpha": 0.7}
        )
        dot = {"marker": "o", "ms": 3} if len(curve) == 1 else {}
        axes.plot([p.step for p in curve], [p.value for p in curve], lw=0.9, **style, **dot)
    if best in curves:
        axes.plot(
            [p.step for p in curves[best]], [p.value for p in curves[best]], color=GOOD, lw=2.2
        )
        last = curves[best][-1]
        axes.plot([last.step], [last.value], "o", ms=5, color=GOOD)
    title = "Learning curves" + (f" (bold: trial {best})" if best in curves else "")
    axes.set_title(title, loc="left", fontsize=10, color=TEXT, fontweight="bold")
    axes.set_xlabel("step (dashed: stopped early)", fontsize=9, color=TEXT)


def _limit(axes: Any, values: Sequence[float], maximize: bool) -> None:
    """Cut off the side of a few wild values, as `robustRange` in scale.ts does."""
    if len(values) < 10:
        return
    ordered = sorted(values)
    last = len(ordered) - 1
    near = ordered[math.floor(0.1 * last) if maximize else math.ceil(0.9 * last)]
    core = ordered[-1] - near if maximize else near - ordered[0]
    if core <= 0 or ordered[-1] - ordered[0] <= 4 * core:
        return
    if maximize:
        axes.set_ylim(bottom=near - 0.25 * core)
    else:
        axes.set_ylim(top=near + 0.25 * core)
