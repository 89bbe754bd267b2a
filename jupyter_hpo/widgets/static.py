"""What is left of a study in a saved notebook: a MIME bundle that needs no kernel.

`text/html` has inline styles only and no script, so that it survives sanitizers, and takes
its colours from whatever it stands on, light or dark. `image/png` is the picture.
`text/plain` is a table for terminals and `nbconvert --to markdown`. The snapshot is for our
own renderer, which shows it as the dashboard was.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

from . import numbers, picture
from .protocol import SNAPSHOT_TYPE, Header, ParamInfo, Row, RowState, StudyState, Update
from .ranked import ranked
from .snapshot import make_snapshot

TOP = 15
SIGNS: dict[RowState, str] = {
    "WAITING": "○ waiting",
    "RUNNING": "● running",
    "PAUSED": "‖ paused",
    "COMPLETE": "✓ complete",
    "PRUNED": "⊘ pruned",
    "FAIL": "✕ failed",
    "STOPPED": "■ stopped",
}
ENDINGS: dict[StudyState, str] = {
    "starting": "Starting",
    "running": "Running",
    "waiting": "Waiting for you",
    "paused": "Paused",
    "stopping": "Stopping",
    "finished": "✓ Finished",
    "stopped": "■ Stopped",
    "failed": "✕ Failed",
}


def static_bundle(
    update: Update, *, title: str = "", top: int = TOP, snapshot: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The bundle of a whole study (`source.changes(0)`).

    title: instead of the study's name. top: rows in the table, best first. snapshot: as
    `make_snapshot` gives it, made of the update alone when None. Values: `image/png` in
    base64, absent when there is nothing to draw.
    """
    rows = ranked(update.rows, update.header)
    png = picture.draw(update.header, update.rows, update.points)
    bundle: dict[str, Any] = {
        "text/plain": static_text(update.header, rows, title=title, top=top),
        "text/html": static_html(update.header, rows, png, title=title, top=top),
        SNAPSHOT_TYPE: make_snapshot(update) if snapshot is None else snapshot,
    }
    if png:
        bundle["image/png"] = encode(png)
    return bundle


def encode(png: bytes) -> str:
    return base64.b64encode(png).decode("ascii")


# ------------------------------------------------------------------------- parts
def _columns(header: Header, rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """(title, numeric) of each column."""
    columns = [("Trial", True), ("State", False)]
    columns += [(objective.name, True) for objective in header.objectives]
    columns += [(info.name, _numeric(info, rows)) for info in header.params]
    if any(row.step is not None for row in rows):
        columns.append(("Step", True))
    columns.append(("Time", True))
    if any(row.memory_bytes is not None for row in rows):
        columns.append(("Memory", True))
    return columns


def _numeric(info: ParamInfo, rows: Sequence[Row]) -> bool:
    """Whether a parameter is written as numbers; a choice among numbers is, too."""
    values = [row.params[info.name] for row in rows if info.name in row.params]
    return info.kind != "categorical" or all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def _cells(row: Row, header: Header, columns: Sequence[tuple[str, bool]]) -> list[str]:
    titles = [title for title, _ in columns[2 + len(header.objectives) + len(header.params) :]]
    cells = [str(row.number), SIGNS[row.state]]
    for index in range(len(header.objectives)):
        has = row.values is not None and index < len(row.values)
        cells.append(numbers.metric(row.values[index] if has and row.values else None))
    for info in header.params:
        has = info.name in row.params
        cells.append(numbers.param(row.params[info.name]) if has else numbers.NOTHING)
    if "Step" in titles:
        cells.append(numbers.number(row.step))
    cells.append(numbers.duration(row.duration_s))
    if "Memory" in titles:
        cells.append(numbers.memory(row.memory_bytes))
    return cells


def _summary(header: Header) -> list[tuple[str, str]]:
    counts = [
        (header.n_complete, "complete"),
        (header.n_pruned, "pruned"),
        (header.n_failed, "failed"),
    ]
    done = sum(n for n, _ in counts)
    of = "" if header.n_trials is None or done >= header.n_trials else f" of {header.n_trials}"
    parts = ", ".join(f"{n} {word}" for n, word in counts if n)
    items = []
    if header.best is not None:
        values = ", ".join(numbers.metric(value) for value in header.best.values)
        items.append(("Best", f"{values} (trial {header.best.number})"))
    items.append(("Trials", f"{done}{of}" + (f" ({parts})" if parts else "")))
    items.append(("Time", numbers.duration(header.elapsed_s)))
    return items


def _objective(header: Header) -> str:
    return ", ".join(f"{o.direction} {o.name}" for o in header.objectives)


def _hidden(rows: Sequence[Row], top: int) -> str:
    more = len(rows) - top
    return f"and {more} more trial{'s' if more > 1 else ''}" if more > 0 else ""


def _first_error(header: Header, rows: Sequence[Row]) -> str:
    """Why nothing came of it, when nothing did."""
    if header.n_complete or header.n_pruned:
        return ""
    for row in rows:
        if row.error and row.error not in header.message:
            where = "" if row.error_line is None else f", line {row.error_line}"
            return f"Trial {row.number}{where}: {row.error}"
    return ""


# -------------------------------------------------------------------- text/plain
def static_text(header: Header, rows: Sequence[Row], *, title: str = "", top: int = TOP) -> str:
    """An aligned table with the summary above it."""
    shown = rows[:top]
    columns = _columns(header, shown)
    table = [[name for name, _ in columns], *(_cells(row, header, columns) for row in shown)]
    best = header.best.number if header.best else None
    lines = [f"{title or header.study}: {ENDINGS[header.state]}, {_objective(header)}".rstrip(", ")]
    lines.append("   ".join(f"{name} {text}" for name, text in _summary(header)))
    said = (header.message, _first_error(header, rows), *header.notices, header.setup)
    lines += [text for text in said if text]
    if shown:
        widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
        marks = ["  ", *("* " if row.number == best else "  " for row in shown)]
        lines.append("")
        for index, (mark, line) in enumerate(zip(marks, table, strict=True)):
            cells = [
                text.rjust(width) if numeric else text.ljust(width)
                for text, width, (_, numeric) in zip(line, widths, columns, strict=True)
            ]
            lines.append((mark + "  ".join(cells)).rstrip())
            if index == 0:
                lines.append("  " + "  ".join("─" * width for width in widths))
        if hidden := _hidden(rows, top):
            lines.append(f"  … {hidden}")
    return "\n".join(lines)


# --------------------------------------------------------------------- text/html
_LINE = "1px solid rgba(128,128,128,.28)"
_QUIET = "opacity:.68"


def static_html(
    header: Header, rows: Sequence[Row], png: bytes | None, *, title: str = "", top: int = TOP
) -> str:
    """Self-contained HTML; every text from the person or the cell is escaped."""
    parts = [
        "<div style=\"font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px;"
        'line-height:1.45;max-width:100%;font-variant-numeric:tabular-nums">',
        '<div style="margin:2px 0 8px">'
        f'<b style="font-size:15px;font-weight:600">{escape(title or header.study)}</b>'
        f'<span style="margin-left:10px">{escape(ENDINGS[header.state])}</span>'
        f'<span style="margin-left:10px;{_QUIET}">{escape(_objective(header))}</span></div>',
        _html_summary(header),
    ]
    for text in (header.message, _first_error(header, rows), *header.notices):
        if text:
            parts.append(
                '<div style="margin:6px 0;padding:4px 10px;border-left:3px solid #e6842a">'
                f"{escape(text)}</div>"
            )
    if header.setup:
        parts.append(f'<div style="margin:6px 0;{_QUIET}">{escape(header.setup)}</div>')
    if png:
        width = picture.shown_width(png)
        parts.append(  # on a narrow page it scrolls, before its words get too small to read
            '<div style="overflow-x:auto;margin:8px 0">'
            f'<img src="data:image/png;base64,{encode(png)}" '
            'alt="Values of the finished trials, and learning curves" '
            f'style="display:block;width:{width}px;max-width:100%;'
            f'min-width:{min(width, 560)}px;height:auto"></div>'
        )
    if rows:
        parts.append(_html_table(header, rows, top))
    parts.append("</div>")
    return "".join(parts)


def _html_summary(header: Header) -> str:
    blocks = "".join(
        '<div style="display:inline-block;margin:0 32px 6px 0;vertical-align:top">'
        f'<div style="font-size:11px;{_QUIET}">{escape(name)}</div>'
        f'<div style="font-size:15px;font-weight:500">{escape(text)}</div></div>'
        for name, text in _summary(header)
    )
    return f"<div>{blocks}</div>"


def _html_table(header: Header, rows: Sequence[Row], top: int) -> str:
    shown = rows[:top]
    columns = _columns(header, shown)
    best = header.best.number if header.best else None

    def cell(tag: str, text: str, numeric: bool, extra: str = "") -> str:
        side = "right" if numeric else "left"
        style = f"text-align:{side};padding:4px 12px;border-bottom:{_LINE};white-space:nowrap"
        scope = ' scope="col"' if tag == "th" else ""
        return (
            f'<{tag}{scope} style="{style};background:transparent;{extra}">{escape(text)}</{tag}>'
        )

    head = "".join(
        cell("th", name, numeric, f"font-size:11px;font-weight:500;{_QUIET}")
        for name, numeric in columns
    )
    body = []
    for row in shown:
        texts = _cells(row, header, columns)
        leads = row.number == best
        if leads and header.objectives:
            texts[2] = f"★ {texts[2]}"
        weight = "font-weight:600" if leads else "font-weight:400"
        faint = "" if row.state == "COMPLETE" else f";{_QUIET}"
        cells = "".join(
            cell("td", text, numeric, weight + faint)
            for text, (_, numeric) in zip(texts, columns, strict=True)
        )
        body.append(f'<tr style="background:transparent">{cells}</tr>')
    hidden = _hidden(rows, top)
    more = f'<div style="padding:5px 12px;{_QUIET}">… {escape(hidden)}</div>' if hidden else ""
    return (
        '<div style="overflow-x:auto">'
        '<table style="border-collapse:collapse;border:0;margin:4px 0;font-size:12px">'
        f'<thead><tr style="background:transparent">{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>{more}"
    )
