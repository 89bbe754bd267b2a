"""What is left of a study in a saved notebook: a MIME bundle that needs no kernel.

`text/html` has inline styles only and no script, so that it survives sanitizers, and takes
its colours from whatever it stands on, light or dark. `image/png` is the picture.
`text/plain` is a table for terminals and `nbconvert --to markdown`. The snapshot is for our
own renderer, which shows it as the dashboard was.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from . import picture
from .protocol import SNAPSHOT_TYPE, Update
from .ranked import ranked
from .snapshot import make_snapshot
from .static_html import static_html
from .static_parts import TOP
from .static_text import static_text


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
    snapshot = make_snapshot(update) if snapshot is None else snapshot
    said = insights(snapshot)
    bundle: dict[str, Any] = {
        "text/plain": static_text(update.header, rows, title=title, top=top, said=said),
        "text/html": static_html(update.header, rows, png, title=title, top=top, said=said),
        SNAPSHOT_TYPE: snapshot,
    }
    if png:
        bundle["image/png"] = base64.b64encode(png).decode("ascii")
    return bundle


def insights(snapshot: Mapping[str, Any]) -> list[str]:
    """What a snapshot says about what mattered, and from which trials; each objective's by its
    name where there are several."""
    of = (snapshot.get("importances") or {}).get("of", [])
    return [
        f"{one['objective']}: {sentence}" if len(of) > 1 else sentence
        for one in of
        for sentence in _from(one.get("says", []), one.get("rests", ""))
    ]


def _from(says: list[str], rests: str) -> list[str]:
    return [*says[:-1], f"{says[-1]} (From {rests}.)"] if says and rests else says
