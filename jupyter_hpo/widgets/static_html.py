"""A study as HTML that survives sanitizers: inline styles only, no script, no class.

It takes its colours from whatever it stands on, light or dark; and where even the styles are
taken off (GitHub's markdown), it is still sentences, a picture and a table.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from . import picture
from .protocol import Header, Row
from .static_parts import (
    ENDINGS,
    SENTENCE,
    STARS,
    TOP,
    about_front,
    best_values,
    cells,
    columns,
    hidden,
    how,
    mark,
    named,
    objective,
    picture_in_words,
    sentences,
    summary,
)
from .texts import line

_LINE = "1px solid rgba(128,128,128,.28)"
_QUIET = "opacity:.72"
_FONT = (
    "font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px;line-height:1.45;"
    "max-width:100%;overflow-wrap:anywhere;font-variant-numeric:tabular-nums"
)

CHARACTER, PAD = 0.62, 0.65
"""Of a table: the width of a character, about, and the room at a cell's sides, in em."""


def static_html(
    header: Header,
    rows: Sequence[Row],
    png: bytes | None,
    *,
    title: str = "",
    top: int = TOP,
    said: Sequence[str] = (),
) -> str:
    """Self-contained HTML; every text from the person or the cell is escaped. rows: ranked.
    said: sentences on what mattered."""
    goal = objective(header)
    parts = [
        f'<div style="{_FONT}">',
        '<div style="margin:2px 0 8px">'
        f'<b style="font-size:15px;font-weight:600">{escape(named(header, title))}</b>'
        f" &nbsp;<span>{escape(ENDINGS[header.state])}</span>"
        + (f' <span style="{_QUIET}">· {escape(goal)}</span>' if goal else "")
        + "</div>",
        _summary(header),
        _values(header, rows),
    ]
    if front := about_front(header, STARS):
        parts.append(_quiet(front))
    for text, rest in sentences(header, rows):
        parts.append(
            '<div style="margin:6px 0;padding:4px 10px;border-left:3px solid #e6842a;'
            f'overflow-wrap:anywhere">{_with_rest(text, rest)}</div>'
        )
    parts += [_quiet(text) for text in (how(header), line(header.setup, SENTENCE)) if text]
    parts += [
        f'<div style="margin:6px 0;overflow-wrap:anywhere">{escape(line(text, SENTENCE))}</div>'
        for text in said
    ]
    if png:
        width = picture.shown_width(png)
        data = base64.b64encode(png).decode("ascii")
        parts.append(  # on a narrow page it scrolls, before its words get too small to read
            '<div style="overflow-x:auto;margin:8px 0">'
            f'<img src="data:image/png;base64,{data}" width="{width}" '
            f'alt="{escape(picture_in_words(header, rows))}" '
            f'style="display:block;width:{width}px;max-width:100%;'
            f'min-width:{min(width, 560)}px;height:auto"></div>'
        )
    if rows:
        parts.append(_table(header, rows, top))
    parts.append("</div>")
    return "".join(parts)


def _quiet(text: str) -> str:
    return f'<div style="margin:6px 0;overflow-wrap:anywhere;{_QUIET}">{escape(text)}</div>'


def _summary(header: Header) -> str:
    blocks = "".join(
        '<div style="display:inline-block;margin:0 32px 6px 0;vertical-align:top">'
        f'<div style="font-size:11px;{_QUIET}">{escape(name)}</div>'
        f'<div style="font-size:15px;font-weight:500">{escape(text)}</div></div> '
        for name, text in summary(header)
    )
    return f"<div>{blocks}</div>"


def _values(header: Header, rows: Sequence[Row]) -> str:
    """The best trial's parameters, to be read and copied."""
    best = best_values(header, rows)
    if not best:
        return ""
    texts = " &nbsp; ".join(
        f'<span{_kept(name + value)}><span style="{_QUIET}">{escape(name)} =</span> '
        f"<b>{escape(value)}</b></span>"
        for name, value in best
    )
    return (
        '<div style="margin:2px 0 8px;padding:6px 10px;border:'
        f'{_LINE};border-radius:4px;line-height:1.7;overflow-wrap:anywhere">'
        f'<span style="font-size:11px;{_QUIET}">Best values:</span> &nbsp; {texts}</div>'
    )


def _kept(text: str) -> str:
    """On one line, as long as that is not longer than a page is wide."""
    return ' style="white-space:nowrap"' if len(text) <= 40 else ""


def _with_rest(text: str, rest: str) -> str:
    """A sentence; where it was cut, it opens to more of it."""
    if not rest:
        return escape(text)
    return (
        f"<details><summary>{escape(text)}</summary>"
        f'<div style="white-space:pre-wrap">{escape(rest)}</div></details>'
    )


def _table(header: Header, rows: Sequence[Row], top: int) -> str:
    shown = rows[:top]
    titles = columns(header, shown)
    best = header.best.number if header.best else None

    def cell(tag: str, text: str, numeric: bool, extra: str = "") -> str:
        side = "right" if numeric else "left"
        style = f"text-align:{side};padding:.33em {PAD}em;border-bottom:{_LINE};white-space:nowrap"
        scope = ' scope="col"' if tag == "th" else ""
        return (
            f'<{tag}{scope} align="{side}" style="{style};background:transparent;{extra}">'
            f"{escape(text)}</{tag}>"
        )

    head = "".join(
        cell("th", name, numeric, f"font-weight:500;{_QUIET}") for name, numeric in titles
    )
    body = []
    lengths = [len(name) for name, _ in titles]
    for row in shown:
        texts = cells(row, header, titles)
        leads = row.number == best
        if header.objectives and (star := mark(row, header, STARS)):
            texts[2] = f"{star} {texts[2]}"
        lengths = list(map(max, lengths, map(len, texts)))
        weight = "font-weight:600" if leads else "font-weight:400"
        faint = "" if row.state == "COMPLETE" else f";{_QUIET}"
        content = "".join(
            cell("td", text, numeric, weight + faint)
            for text, (_, numeric) in zip(texts, titles, strict=True)
        )
        body.append(f'<tr style="background:transparent">{content}</tr>')
    ems = sum(length * CHARACTER + 2 * PAD for length in lengths)
    left = hidden(rows, header, top)
    more = f'<div style="padding:5px 12px;{_QUIET}">… {escape(left)}</div>' if left else ""
    return (
        # On paper nothing scrolls: there a wide table is set smaller, down to what can be read.
        # Where it is narrower than any paper (a telephone), it scrolls.
        '<div style="overflow-x:auto;container-type:inline-size">'
        '<table style="border-collapse:collapse;border:0;margin:4px 0;'
        f'font-size:min(12px,max(7.5px,{100 / ems:.3f}cqw,(480px - 100cqw)*99))">'
        f'<thead><tr style="background:transparent">{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>{more}"
    )
