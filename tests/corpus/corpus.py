"""The corpus: training cells as people write them, with what an expert would say of each.

A file of `cells/` or `notebooks/` is one or more notebook cells, divided by `# %%` lines. The
training cell is the one below `# %% train`, or the last. Above the first cell stand header
lines:
    #: framework: torch
    #: style: train function, nested loops       (several, divided by commas)
    #: objective: maximize val_acc               (or: maximize printed "Accuracy:")
    #: also: minimize val_loss                   (as right as the first; any number of lines)
    #: proposed: yes                             (whether the tool should find one by itself)
    #: reports: 5                                (intermediate values of a run; or none)
    #: clock: start                              (names that hold times; may be left out)
At the end of a line, `#T 1e-3; Adam` lists the source texts on the line that a person would
tune, `#M relu` those that may be proposed or not. `64@2` is the second 64 of the line; a text
that is repeated in the list means the next one. All else that is proposed is false. The notes
were written before the tool was ever run on the cell; they are taken off before it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
ROOMS = {room: HERE / room for room in ("cells", "notebooks", "unseen")}
FRAMEWORKS = (
    "torch", "keras-torch", "keras-tensorflow", "keras-jax", "lightning", "transformers",
    "xgboost", "lightgbm", "sklearn", "skorch", "jax", "numpy",
)  # fmt: skip
Direction = Literal["minimize", "maximize"]
NOTE = re.compile(r"\s*#([TM]) ")


@dataclass(frozen=True)
class Aim:
    """An objective. printed: the source is text that is printed before the figure."""

    direction: Direction
    source: str
    printed: bool = False


@dataclass(frozen=True)
class Value:
    """A value somebody would tune (wanted) or might (not wanted).

    cell: 0 for the training cell, else the earlier cell from 1. line: of that cell, from 1.
    col, end_col: UTF-8 bytes. file_line: of the file, from 1.
    """

    cell: int
    line: int
    col: int
    end_col: int
    text: str
    wanted: bool
    file_line: int

    def meets(self, cell: int, line: int, col: int, end_line: int, end_col: int) -> bool:
        """Whether a span covers any of it."""
        if cell != self.cell or not line <= self.line <= end_line:
            return False
        starts_before = line < self.line or col < self.end_col
        ends_after = end_line > self.line or end_col > self.col
        return starts_before and ends_after


@dataclass(frozen=True)
class Example:
    """A file of the corpus. earlier, training, later: sources of cells, notes taken off;
    first_lines: of the file, on which each of these cells begins, the training cell's first."""

    name: str
    path: Path
    framework: str
    styles: tuple[str, ...]
    aims: tuple[Aim, ...]
    proposed: bool
    reports: int | None
    clock: tuple[str, ...]
    earlier: tuple[str, ...]
    training: str
    later: tuple[str, ...]
    values: tuple[Value, ...]
    first_lines: tuple[int, ...]

    def where(self, cell: int, line: int) -> str:
        """file:line of a cell's line."""
        return f"{self.path.parent.name}/{self.path.name}:{self.first_lines[cell] + line - 1}"


@lru_cache
def examples(room: str = "cells") -> dict[str, Example]:
    """All of a room by name: `cells`, `notebooks`, or `unseen`, cells that were written after
    the code was done, by someone who had not read it."""
    return {path.stem: read(path) for path in sorted(ROOMS[room].glob("*.py"))}


def read(path: Path) -> Example:
    """Raises ValueError, with file and line, when the header or a note is wrong."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header, bodies, train = _divided(path, lines)
    earlier = bodies[:train]
    values: list[Value] = []
    sources = []
    for index, (first, body) in enumerate(bodies):
        number = 0 if index == train else index + 1
        clean = []
        for i, line in enumerate(body):
            text, found = _without_notes(line, number, i + 1, first + i, path)
            clean.append(text)
            if index <= train:
                values += found
        sources.append("\n".join(clean).strip("\n") + "\n")
    return Example(
        name=path.stem,
        path=path,
        framework=_one(header, "framework", path),
        styles=tuple(s.strip() for s in _one(header, "style", path).split(",")),
        aims=tuple(_aim(t, path) for t in header["objective"] + header.get("also", [])),
        proposed=_one(header, "proposed", path) == "yes",
        reports=_reports(_one(header, "reports", path)),
        clock=tuple(name.strip() for text in header.get("clock", ()) for name in text.split(",")),
        earlier=tuple(sources[:train]),
        training=sources[train],
        later=tuple(sources[train + 1 :]),
        values=tuple(values),
        first_lines=(bodies[train][0], *(first for first, _ in earlier)),
    )


Body = tuple[int, list[str]]


def _divided(path: Path, lines: list[str]) -> tuple[dict[str, list[str]], list[Body], int]:
    """The header, each cell with the number of its first line, and the training cell's index."""
    header: dict[str, list[str]] = {}
    bodies: list[Body] = []
    train = None
    for number, line in enumerate(lines, 1):
        if line.startswith("#:"):
            key, _, text = line[2:].partition(":")
            header.setdefault(key.strip(), []).append(text.strip())
        elif line.startswith("# %%"):
            if line[4:].strip() == "train":
                train = len(bodies)
            bodies.append((number + 1, []))
        elif bodies:
            bodies[-1][1].append(line)
        elif line.strip():
            raise ValueError(f"{path.name}:{number}: code above the first cell.")
    for index, (first, body) in enumerate(bodies):
        blank = next((i for i, line in enumerate(body) if line.strip()), 0)
        bodies[index] = (first + blank, body[blank:])
    return header, bodies, len(bodies) - 1 if train is None else train


def _one(header: dict[str, list[str]], key: str, path: Path) -> str:
    if key not in header:
        raise ValueError(f"{path.name}: no `#: {key}:` in its header.")
    return header[key][0]


def _reports(text: str) -> int | None:
    return None if text == "none" else int(text)


def _aim(text: str, path: Path) -> Aim:
    direction, _, source = text.partition(" ")
    if direction not in ("minimize", "maximize"):
        raise ValueError(f"{path.name}: {text!r} begins with no direction.")
    if source.startswith("printed "):
        return Aim(direction, source.removeprefix("printed ").strip().strip('"'), True)
    return Aim(direction, source)


def _without_notes(
    line: str, cell: int, number: int, file_line: int, path: Path
) -> tuple[str, list[Value]]:
    start = NOTE.search(line)
    if start is None:
        return line, []
    code, notes = line[: start.start()], line[start.start() :]
    values = []
    taken: dict[str, int] = {}
    pieces = NOTE.split(notes)[1:]
    for kind, items in zip(pieces[::2], pieces[1::2], strict=True):
        for item in filter(None, (i.strip() for i in items.split(";"))):
            text, at, nth = item.partition("@")
            order = int(nth) if at and nth.isdigit() else taken.get(text, 0) + 1
            taken[text] = order
            span = _find(code, text, order)
            if span is None:
                raise ValueError(f"{path.name}:{file_line}: no {text!r} number {order}.")
            col, end = (len(code[:i].encode()) for i in span)
            values.append(Value(cell, number, col, end, text, kind == "T", file_line))
    return code, values


def _find(code: str, text: str, order: int) -> tuple[int, int] | None:
    before = r"(?<![\w.])" if text[0].isdigit() else r"(?<!\w)" if text[0].isalpha() else ""
    after = r"(?![\w.]|\s*=[^=])" if text[0].isalnum() else ""
    found = list(re.finditer(before + re.escape(text) + after, code))
    return found[order - 1].span() if order <= len(found) else None
