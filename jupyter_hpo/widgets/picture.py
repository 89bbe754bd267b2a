"""The one picture of a finished study: its history and learning curves. PNG bytes.

Drawn with matplotlib's object API: pyplot would touch the notebook's own figures and
backend. matplotlib is imported on the first call (it takes a while).
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .history import Focus, Past, focus, history, view
from .protocol import Header, Point, Row, Update
from .texts import line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Readable on white and on black: the picture has no ground of its own.
GOOD, INK, FAINT, TEXT, GRID = "#2f9e44", "#808a96", "#9aa3ad", "#757b83", "#80808040"
DPI = 144
TICK = 1  # matplotlib's TICKRIGHT


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
) -> tuple[list[Past], dict[int, list[Point]]]:
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
    past: Sequence[Past],
    curves: dict[int, list[Point]],
) -> Figure:
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from .shown_figure import ShownFigure

    panels = [panel for panel, data in (("history", past), ("curves", curves)) if data]
    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.06)
    result = ShownFigure(figsize=(4.7 * max(1, len(panels)), 2.9), dpi=DPI, layout=layout)
    if not panels:
        result.text(0.5, 0.5, "No trial has a value yet.", ha="center", color=TEXT)
    for index, panel in enumerate(panels):
        axes = result.add_subplot(1, len(panels), index + 1)
        plain_axes(axes)
        name = header.objectives[0].name if header.objectives else "objective"
        # A dollar sign would begin a formula, and a broken formula raises.
        label = line(name, 40).replace("$", r"\$")
        axes.set_ylabel(label, color=TEXT, fontsize=9)
        shown = _focus(panel, header, rows, past, curves)
        if panel == "history":
            _draw_history(axes, past, shown)
        else:
            _draw_curves(axes, header, rows, curves)
        axes.set_ylim(shown.low, shown.high)
    return result


def _focus(
    panel: str,
    header: Header,
    rows: Sequence[Row],
    past: Sequence[Past],
    curves: dict[int, list[Point]],
) -> Focus:
    if panel == "history":
        values, core = [p.value for p in past], [p.value for p in past if p.complete]
        found = focus(values, core, _maximize(header))
    else:
        failed = {row.number for row in rows if row.state == "FAIL"}
        sound = [curve for n, curve in curves.items() if n not in failed] or curves.values()
        found = view([([p.value for p in curve], False) for curve in sound], _maximize(header))
    assert found is not None  # a panel is drawn only for finite values
    return found


def plain_axes(axes: Any) -> None:
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


def _draw_history(axes: Any, past: Sequence[Past], view: Focus) -> None:
    inside = [p for p in past if view.low <= p.value <= view.high]
    groups: list[tuple[list[Past], dict[str, Any]]] = [
        ([p for p in inside if not p.complete],
         {"ms": 3.2, "mfc": "none", "mec": FAINT, "mew": 0.9}),
        ([p for p in inside if p.complete and not p.improved],
         {"ms": 4, "color": INK}),
        ([p for p in inside if p.improved], {"ms": 5.5, "color": GOOD, "zorder": 4}),
    ]  # fmt: skip
    for group, style in groups:
        if group:
            at = [p.at for p in group]
            axes.plot(at, [p.value for p in group], "o", ls="", **style)
    for p in past:
        if p not in inside:
            below = p.value < view.low
            fill = {"color": INK} if p.complete else {"mfc": "none", "mec": FAINT, "mew": 0.8}
            edge = view.low if below else view.high
            axes.plot([p.at], [edge], "v" if below else "^", ms=4, clip_on=False, **fill)
    led = [p for p in past if p.best is not None]
    if led:
        best = [p.best for p in led]
        axes.step([p.at for p in led], best, where="post", color=GOOD, lw=1.8)
    axes.set_title(
        "History (line: best so far)", loc="left", fontsize=10, color=TEXT, fontweight="bold"
    )
    hints = [
        hint
        for hint, true in (
            ("hollow: stopped early", any(not p.complete for p in past)),
            ("at the edge: far off", view.cut),
        )
        if true
    ]
    words = "finished trials" + (f" ({', '.join(hints)})" if hints else "")
    axes.set_xlabel(words, fontsize=9, color=TEXT)


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
        if len(curve) == 1:  # a faint dash: a dot would say more than there is
            dash = {"marker": TICK, "ms": 5, "color": FAINT, "alpha": 0.55}
            axes.plot([curve[0].step], [curve[0].value], ls="", **dash)
            continue
        axes.plot([p.step for p in curve], [p.value for p in curve], lw=0.9, **style)
    if best in curves:
        axes.plot(
            [p.step for p in curves[best]], [p.value for p in curves[best]], color=GOOD, lw=2.2
        )
        last = curves[best][-1]
        axes.plot([last.step], [last.value], "o", ms=5, color=GOOD)
    title = "Learning curves" + (f" (bold: trial {best})" if best in curves else "")
    axes.set_title(title, loc="left", fontsize=10, color=TEXT, fontweight="bold")
    axes.set_xlabel("step (dashed: stopped early)", fontsize=9, color=TEXT)
