"""A study as it stood, as one JSON value: in the saved notebook, and in an exported report.

A notebook must stay small: a snapshot for it holds at most about 1 MB. All trials as long as
they fit, then the best, those that led meanwhile, and every k-th of the rest; curves keep
their ends; texts and logs are cut. What is missing is said in `left_out`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from . import texts
from .cutting import Cut, short_names
from .encode import encode, plain
from .feed import packed
from .history import history
from .protocol import (
    SNAPSHOT_FORMAT,
    Detail,
    Edit,
    Header,
    Importances,
    Point,
    Row,
    Snapshot,
    Update,
)
from .ranked import ranked

VALUE = 1_000


@dataclass(frozen=True)
class Bounds:
    """How much a snapshot holds. rows, points, opened: at most so many trials, reports and
    trials with details. text: characters of an error or a notice; log: of the end of a log or a
    traceback. size: bytes of JSON, to which the others are lowered; None: as it comes."""

    rows: int
    points: int
    opened: int
    text: int
    log: int
    size: int | None


NOTEBOOK = Bounds(rows=2_000, points=12_000, opened=20, text=2_000, log=4_000, size=1_000_000)
REPORT = Bounds(rows=1_000_000, points=1_000_000, opened=1_000, text=20_000, log=16_000, size=None)
"""A report holds all trials; a million reports are some 30 MB."""


def make_snapshot(
    update: Update,
    *,
    study: str = "",
    detail: Callable[[int], Detail] | None = None,
    importances: Importances | None = None,
    apply: Sequence[Edit] = (),
    bounds: Bounds = NOTEBOOK,
) -> dict[str, Any]:
    """The JSON of a `protocol.Snapshot`; no NaN in it, and nothing that a file can't hold.

    update: the whole study (`source.changes(0)`). study: its id in the kernel. detail: more of
    a trial, by its number; asked for the best and the failed ones.
    """
    while True:
        made = _made(update, study, detail, importances, apply, bounds)
        if bounds.size is None or bounds.rows < 2 or len(json.dumps(made)) <= bounds.size:
            return made
        bounds = replace(
            bounds,
            rows=bounds.rows // 2,
            points=bounds.points // 2,
            opened=bounds.opened // 2,
            text=max(200, bounds.text // 2),
            log=max(500, bounds.log // 2),
        )


def _made(
    update: Update,
    study: str,
    detail: Callable[[int], Detail] | None,
    importances: Importances | None,
    apply: Sequence[Edit],
    bounds: Bounds,
) -> dict[str, Any]:
    rows = _kept_rows(update, bounds.rows)
    points = _kept_points(update, rows, bounds.points)
    left_out = _left_out(update, rows, points)
    cut = Cut(VALUE, bounds.text, short_names(update.header.params))
    header = cut.header(update.header)
    if left_out:
        header = replace(header, notices=[*header.notices, left_out])
    kept = [cut.row(row) for row in rows]
    seq = count(1)
    messages = encode(
        Update(update.version, header, kept, points), reset=True, next_seq=lambda: next(seq)
    )
    opened = _worth_opening(rows, update.header, bounds.opened) if detail else ()
    details = [
        _cut_detail(detail(row.number), cut, bounds.log) for row in opened if detail is not None
    ]
    fits = bounds.size is None or sum(len(e.before) + len(e.after) for e in apply) < bounds.size / 4
    made = plain(
        Snapshot(
            format=SNAPSHOT_FORMAT,
            study=study,
            updates=[],
            details=details,
            importances=importances,
            apply=list(apply) if fits else [],
            left_out=left_out,
        )
    )
    made["updates"] = [packed(message) for message in messages]
    encodable: dict[str, Any] = _encodable(made)
    return encodable


# ------------------------------------------------------------------- what is kept
def _kept_rows(update: Update, limit: int) -> list[Row]:
    """In the order they came. Half of the room is for the best and those that led."""
    rows = update.rows
    if len(rows) <= limit:
        return list(rows)
    maximize = _maximize(update.header)
    led = [past.number for past in history(rows, maximize) if past.improved]
    best = [row.number for row in ranked(rows, update.header)]
    kept = set(led[-max(1, limit // 4) :]) | set(best[: limit // 2])
    rest = [row.number for row in rows if row.number not in kept]
    kept |= set(_spread(rest, max(0, limit - len(kept))))
    return [row for row in rows if row.number in kept]


def _kept_points(update: Update, rows: Sequence[Row], limit: int) -> list[Point]:
    """Of the kept trials; where there are too many, every curve keeps its ends and as many in
    between as there is room for; past that, the best trials keep theirs."""
    kept = {row.number for row in rows}
    points = [point for point in update.points if point.number in kept]
    if len(points) <= limit:
        return points
    curves: dict[int, list[int]] = {}
    for index, point in enumerate(points):
        curves.setdefault(point.number, []).append(index)
    each = max(2, limit // len(curves))
    chosen: set[int] = set()
    for row in ranked(rows, update.header):
        few = _spread(curves.get(row.number, []), each)
        if len(chosen) + len(few) <= limit:
            chosen.update(few)
    return [point for index, point in enumerate(points) if index in chosen]


def _spread(items: Sequence[int], n: int) -> list[int]:
    """n of the items at even distances, the first and the last among them."""
    if len(items) <= n:
        return list(items)
    if n < 2:
        return list(items[:n])
    return [items[round(i * (len(items) - 1) / (n - 1))] for i in range(n)]


def _worth_opening(rows: Sequence[Row], header: Header, limit: int) -> list[Row]:
    """The best half; and of the failed ones first those that failed differently."""
    failed = [row for row in rows if row.state == "FAIL"]
    first: dict[str, Row] = {}
    for row in failed:
        first.setdefault(row.error, row)
    failed = [*first.values(), *(row for row in failed if first[row.error] is not row)]
    best = [row for row in ranked(rows, header) if row.state in ("COMPLETE", "PRUNED")]
    half = max(limit - limit // 2, limit - len(failed))
    chosen = best[:half]
    return chosen + failed[: limit - len(chosen)]


def _left_out(update: Update, rows: Sequence[Row], points: Sequence[Point]) -> str:
    parts = []
    if len(rows) < len(update.rows):
        parts.append(
            f"{len(rows):,} of {len(update.rows):,} trials are in this saved result: the best, "
            "and a fair sample of the others."
        )
    numbers = {row.number for row in rows}
    if len(points) < sum(point.number in numbers for point in update.points):
        parts.append("Their curves are thinned.")
    if parts:
        parts.append("All of it: %hpo export report.html")
    return " ".join(parts)


# ---------------------------------------------------------------------- texts cut
def _cut_detail(detail: Detail, cut: Cut, limit: int) -> Detail:
    return replace(
        detail,
        params=cut.params(detail.params),
        traceback=texts.last(detail.traceback, limit),
        log=texts.last(detail.log, limit),
    )


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return texts.encodable(value)
    if isinstance(value, dict):
        return {texts.encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value


def _maximize(header: Header) -> bool:
    return bool(header.objectives) and header.objectives[0].direction == "maximize"
