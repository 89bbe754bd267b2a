"""A study as text, for terminals and wherever no HTML is shown."""

from __future__ import annotations

from collections.abc import Sequence

from .protocol import Header, Row
from .static_parts import (
    ENDINGS,
    MARKS,
    SENTENCE,
    TOP,
    about_front,
    cells,
    columns,
    hidden,
    how,
    mark,
    named,
    objective,
    sentences,
    summary,
)
from .texts import line


def static_text(
    header: Header,
    rows: Sequence[Row],
    *,
    title: str = "",
    top: int = TOP,
    said: Sequence[str] = (),
) -> str:
    """An aligned table with the summary above it. rows: ranked. said: sentences on what
    mattered."""
    shown = rows[:top]
    titles = columns(header, shown)
    table = [[name for name, _ in titles], *(cells(row, header, titles) for row in shown)]
    head = f"{named(header, title)}: {ENDINGS[header.state]}, {objective(header)}"
    lines = [head.rstrip(", ")]
    lines.append("   ".join(f"{name} {text}" for name, text in summary(header)))
    lines += filter(None, [about_front(header, MARKS)])
    lines += [text for text, _ in sentences(header, rows)]
    lines += filter(None, [how(header)])
    if header.setup:
        lines.append(line(header.setup, SENTENCE))
    lines += [line(text, SENTENCE) for text in said]
    if shown:
        widths = [max(len(texts[i]) for texts in table) for i in range(len(titles))]
        marks = ["  ", *(f"{mark(row, header, MARKS):2}" for row in shown)]
        lines.append("")
        for index, (sign, texts) in enumerate(zip(marks, table, strict=True)):
            aligned = [
                text.rjust(width) if numeric else text.ljust(width)
                for text, width, (_, numeric) in zip(texts, widths, titles, strict=True)
            ]
            lines.append((sign + "  ".join(aligned)).rstrip())
            if index == 0:
                lines.append("  " + "  ".join("─" * width for width in widths))
        if left := hidden(rows, header, top):
            lines.append(f"  … {left}")
    return "\n".join(lines)
