"""A cell's text as typed, and the places in it that correspond to those in plain Python.

IPython's transforms keep lines (see `source`) and change, but for magics, only what stands at
the beginning of a line (prompts, indentation). So a line that holds Python ends in the line
that IPython made of it, and a place is found by counting from there.

A call of a piece may have got arguments that nobody typed (see `written_out`). Where one of them
is to become another value, those that count then are written into the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...errors import StudyError
from ..captured import Place, Typed
from ..source import added_within


@dataclass(frozen=True)
class CellEdit:
    """One cell's text, before and after. cell: its In[] number, 0 for the training cell.
    cell_id: the notebook's, '' when it isn't known."""

    cell: int
    before: str
    after: str
    cell_id: str = ""


@dataclass(frozen=True)
class Splice:
    """text instead of what stands from start to stop, in UTF-8 bytes. within: then both count
    in these bytes, which nobody typed and which come to stand at `at`; None for text: what stands
    there counts as it is."""

    start: int
    stop: int
    text: str | None
    within: bytes | None = None
    at: int = 0


class TypedText:
    """Lines of the training cell count from its first one that isn't blank: IPython takes the
    blank ones off before it looks for a magic."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self._encoded = [line.encode("utf-8", "surrogatepass") for line in typed.text.split("\n")]
        self._python = [line.encode("utf-8", "surrogatepass") for line in typed.python.split("\n")]
        self._blanks = 0
        if not typed.number:
            lines = typed.text.split("\n")
            self._blanks = next((i for i, line in enumerate(lines) if line.strip()), 0)
        self._starts = [0]
        for line in self._encoded:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def splice(self, place: Place, text: str | None) -> Splice:
        """text in a place of the plain Python. Raises StudyError when that isn't in the text."""
        added = self._added(place.line)
        if added is not None and place.line == place.end_line:
            column, more = added
            if column <= place.col and place.end_col <= column + len(more):
                at = self.offset(place.line, column)
                return Splice(place.col - column, place.end_col - column, text, more, at)
        start = self.offset(place.line, place.col)
        stop = self.offset(place.end_line, place.end_col)
        return Splice(start, stop, text)

    def _added(self, line: int) -> tuple[int, bytes] | None:
        """Column and text of what was written out in a line of the plain Python; None where it
        is a line as typed, or the end of one."""
        index = line - 1 + self._blanks
        if index >= len(self._encoded) or line > len(self._python):
            return None
        python, raw = self._python[line - 1].rstrip(b"\r"), self._encoded[index].rstrip(b"\r")
        found = added_within(raw, python)
        return None if found is None else (found[0], python[found[0] : sum(found)])

    def offset(self, line: int, col: int) -> int:
        """Where a column of a line of the plain Python stands in the text, in bytes."""
        index = line - 1 + self._blanks
        if index < len(self._encoded) and line <= len(self._python):
            python, raw = self._python[line - 1].rstrip(b"\r"), self._encoded[index].rstrip(b"\r")
            if raw.endswith(python):
                return self._starts[index] + len(raw) - len(python) + col
            if (added := self._added(line)) is not None:
                column, more = added
                if not column < col < column + len(more):
                    return self._starts[index] + (col if col <= column else col - len(more))
        cell = f"In[{self.typed.number}], " if self.typed.number else ""
        raise StudyError(
            f"{cell}line {line} does not stand in the cell as it was run. Change it by hand."
        )

    def line_start(self, line: int) -> int:
        """Where a line of the plain Python begins in the text, with what IPython took off."""
        return self._starts[line - 1 + self._blanks]

    def line_text(self, line: int) -> str:
        """The line as typed, without its line end."""
        return self._encoded[line - 1 + self._blanks].rstrip(b"\r").decode("utf-8", "surrogatepass")

    def after(self, splices: Iterable[Splice]) -> str:
        """The text with all of them made; they must not overlap."""
        content = self.typed.text.encode("utf-8", "surrogatepass")
        splices = _put_in(splices)
        for splice in sorted(splices, key=lambda s: (s.start, s.stop), reverse=True):
            new = (splice.text or "").encode("utf-8", "surrogatepass")
            content = content[: splice.start] + new + content[splice.stop :]
        return content.decode("utf-8", "surrogatepass")

    def edit(self, splices: Iterable[Splice]) -> CellEdit:
        return CellEdit(self.typed.number, self.typed.text, self.after(splices), self.typed.cell_id)


def _put_in(splices: Iterable[Splice]) -> list[Splice]:
    """Splices of the text alone: of what was written out, what counts is put in with its own ones
    made, where there are some."""
    found: list[Splice] = []
    added: dict[int, list[Splice]] = {}
    for splice in splices:
        if splice.within is None:
            found.append(splice)
        else:
            added.setdefault(splice.at, []).append(splice)
    for at, those in added.items():
        if any(splice.text is not None for splice in those):
            found.append(Splice(at, at, _counting(those).decode("utf-8", "surrogatepass")))
    return found


def _counting(splices: list[Splice]) -> bytes:
    """What was written out, with its splices made: of its arguments those in which one is. All of
    them where it is more than arguments (of two calls in one line)."""
    more = splices[0].within or b""
    head = b"f(0" if more.startswith(b",") else b"f("
    try:
        call = ast.parse(head + more + b")", mode="eval").body
    except SyntaxError:
        return _made(more, 0, splices)
    if not isinstance(call, ast.Call):
        return _made(more, 0, splices)
    kept = []
    for keyword in call.keywords:
        start, stop = keyword.col_offset - len(head), (keyword.end_col_offset or 0) - len(head)
        within = [s for s in splices if start <= s.start and s.stop <= stop]
        if within:
            kept.append(_made(more[start:stop], start, within))
    return (b", " if more.startswith(b",") else b"") + b", ".join(kept)


def _made(more: bytes, start: int, splices: list[Splice]) -> bytes:
    """Bytes that begin at `start`, with the splices made."""
    for splice in sorted(splices, key=lambda s: s.start, reverse=True):
        if splice.text is not None:
            new = splice.text.encode("utf-8", "surrogatepass")
            more = more[: splice.start - start] + new + more[splice.stop - start :]
    return more


def typed_of(texts: Mapping[int, Typed], number: int) -> Typed:
    if number in texts:
        return texts[number]
    where = f"In[{number}]" if number else "the cell"
    raise StudyError(f"the text of {where} isn't known. Write the values by hand.")
