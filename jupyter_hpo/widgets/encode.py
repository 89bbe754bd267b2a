"""Update to messages: rows and points as binary columns, the rest as JSON.

10,000 rows as a list of dicts cost the browser a second, as columns a tenth of that. One
message holds at most about 100 kB, so a big update becomes several (`more` is true for all
but the last). JSON has no NaN, no infinity and, in a browser, no integers past 2**53: these
are written as `{"$float": "nan"}`, `{"$int": "..."}` and revived by `js/src/core/decode.ts`.
"""

from __future__ import annotations

import dataclasses
import math
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .protocol import (
    FIGURES,
    ROW_STATES,
    WAITS,
    Column,
    ColumnType,
    Header,
    ParamInfo,
    Point,
    Row,
    Table,
    Update,
    UpdateMessage,
)

ROWS_PER_MESSAGE = 400
POINTS_PER_MESSAGE = 2200
SAFE_INTEGER = 2**53 - 1
NAN = math.nan

_CODES: dict[ColumnType, str] = {"u1": "B", "i2": "h", "i4": "i", "f8": "d"}


def plain(value: Any) -> Any:
    """value as JSON can hold it: dataclasses as objects, odd numbers written explicitly."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return value if value.isascii() else _encodable(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE_INTEGER else {"$int": str(value)}
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return {"$float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    raise TypeError(f"{value!r} of type {type(value).__name__} can't be sent to the browser.")


def _encodable(text: str) -> str:
    """The text, with U+FFFD for each half of a character that lacks its other half: no
    message can hold that."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def revive(value: Any) -> Any:
    """The inverse of `plain` for JSON values (dataclasses come back as dicts)."""
    if isinstance(value, dict):
        if value.keys() == {"$int"}:
            return int(value["$int"])
        if value.keys() == {"$float"}:
            return float(value["$float"])
        return {key: revive(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item) for item in value]
    return value


def encode(
    update: Update, *, reset: bool, next_seq: Callable[[], int]
) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """The messages of an update, each `(content, buffers)` with one buffer.

    reset: tells the browser to forget what it has (the first message only). next_seq: gives
    each message its number, when it is made.
    """
    row_parts = list(_chunks(update.rows, ROWS_PER_MESSAGE)) or [[]]
    point_parts = list(_chunks(update.points, POINTS_PER_MESSAGE)) or [[]]
    count = max(len(row_parts), len(point_parts))
    for index in range(count):
        rows = row_parts[index] if index < len(row_parts) else []
        points = point_parts[index] if index < len(point_parts) else []
        buffer = bytearray()
        message = UpdateMessage(
            kind="update",
            seq=next_seq(),
            version=update.version,
            reset=reset and index == 0,
            more=index < count - 1,
            header=update.header,
            rows=_row_table(rows, update.header, buffer),
            points=_point_table(points, buffer),
        )
        yield plain(message), [bytes(buffer)]


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _row_table(rows: Sequence[Row], header: Header, buffer: bytearray) -> Table:
    def add(name: str, kind: ColumnType, values: list[Any], **more: Any) -> None:
        columns.append(Column(name, kind, _pack(buffer, kind, values), **more))

    columns: list[Column] = []
    add("number", "i4", [row.number for row in rows])
    add("state", "u1", [ROW_STATES.index(row.state) for row in rows])
    add("valued", "u1", [row.values is not None for row in rows])
    for index in range(len(header.objectives)):
        add(f"value:{index}", "f8", [_nth(row.values, index) for row in rows])
    add("step", "f8", [_or_nan(row.step) for row in rows])
    add("duration_s", "f8", [_or_nan(row.duration_s) for row in rows])
    add("started_s", "f8", [_or_nan(row.started_s) for row in rows])
    add("finished_s", "f8", [_or_nan(row.finished_s) for row in rows])
    add("heard_s", "f8", [_or_nan(row.heard_s) for row in rows])
    add("long_s", "f8", [_or_nan(row.long_s) for row in rows])
    add("waits", "u1", [WAITS.index(row.waits) for row in rows])
    add("memory_bytes", "f8", [_or_nan(row.memory_bytes) for row in rows])
    add("error_line", "i4", [-1 if row.error_line is None else row.error_line for row in rows])
    spans: dict[str, Any] = {str(i): row.spans for i, row in enumerate(rows) if row.spans}
    add("spans", "u1", [min(255, len(row.spans)) for row in rows], exact=spans or None)
    add("kept", "u1", [row.kept for row in rows])
    rounds: dict[str, Any] = {str(i): row.rounds for i, row in enumerate(rows) if row.rounds}
    if rounds:
        add("rounds", "i4", [len(row.rounds) for row in rows], exact=rounds)
    if any(row.parent is not None for row in rows):
        add("parent", "i4", [-1 if row.parent is None else row.parent for row in rows])
    for name in FIGURES:
        if any(name in row.figures for row in rows):
            add(f"figure:{name}", "f8", [row.figures.get(name, NAN) for row in rows])
    for info in header.params:
        columns.append(_param_column(info, rows, buffer))
    texts = {
        name: {str(i): getattr(row, name) for i, row in enumerate(rows) if getattr(row, name)}
        for name in ("error", "notice", "infeasible")
    }
    return Table(len(rows), columns, texts)


def _param_column(info: ParamInfo, rows: Sequence[Row], buffer: bytearray) -> Column:
    name = f"param:{info.name}"
    if info.kind == "categorical":
        labels: list[Any] = []
        index_of: dict[tuple[type, Any], int] = {}
        indices = []
        for row in rows:
            if info.name not in row.params:
                indices.append(-1)
                continue
            value = row.params[info.name]
            key = (type(value), repr(value))  # 1, True and 1.0 are three choices
            if key not in index_of:
                index_of[key] = len(labels)
                labels.append(value)
            indices.append(index_of[key])
        return Column(name, "i2", _pack(buffer, "i2", indices), labels=labels)
    numbers, exact = [], {}
    for i, row in enumerate(rows):
        value = row.params.get(info.name, NAN)
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if fits and abs(value) <= SAFE_INTEGER:
            numbers.append(float(value))
        else:
            numbers.append(NAN)
            if info.name in row.params:
                exact[str(i)] = value
    return Column(name, "f8", _pack(buffer, "f8", numbers), exact=exact or None)


def _point_table(points: Sequence[Point], buffer: bytearray) -> Table:
    columns = [
        Column("number", "i4", _pack(buffer, "i4", [p.number for p in points])),
        Column("step", "f8", _pack(buffer, "f8", [float(p.step) for p in points])),
        Column("value", "f8", _pack(buffer, "f8", [p.value for p in points])),
    ]
    return Table(len(points), columns)


def _pack(buffer: bytearray, kind: ColumnType, values: list[Any]) -> int:
    """Append values, little-endian, at a multiple of eight; the offset they start at."""
    buffer.extend(b"\0" * (-len(buffer) % 8))
    offset = len(buffer)
    if array("h", [1]).tobytes() == b"\1\0":
        buffer.extend(array(_CODES[kind], values).tobytes())
    else:
        buffer.extend(struct.pack(f"<{len(values)}{_CODES[kind]}", *values))
    return offset


def _nth(values: list[float] | None, index: int) -> float:
    return NAN if values is None or index >= len(values) else float(values[index])


def _or_nan(value: float | None) -> float:
    return NAN if value is None else float(value)
