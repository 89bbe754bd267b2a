"""The comments of a cell, their marks, and what they say instead."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

from ...space.colab import form_of_comment
from ...space.grammar import Spec
from ...space.marks import mark_of_comment, parse_mark
from .typed import Splice, TypedText


class Comments:
    """specs: of each line with a mark or a form. forms: lines on which it is Colab's. free: lines
    that may have a comment: not inside a string, not before a backslash."""

    def __init__(self, text: TypedText) -> None:
        self.text = text
        self._lines = text.typed.python.split("\n")
        self._at: dict[int, tuple[int, str]] = {}
        self.specs: dict[int, list[Spec]] = {}
        self.forms: set[int] = set()
        self.free: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(text.typed.python).readline):
            line, col = token.start
            if token.type == tokenize.COMMENT:
                self._at[line] = col, token.string
                self._read(line, token.string)
            elif token.type in (tokenize.NEWLINE, tokenize.NL):
                self.free.add(line)

    def _read(self, line: int, comment: str) -> None:
        mark = mark_of_comment(comment)
        if mark is not None:
            self.specs[line] = parse_mark(mark, line)[0]
        elif (form := form_of_comment(comment, line)) is not None:
            self.forms.add(line)
            self.specs[line] = [form]

    def splice(
        self, line: int, specs: Sequence[str], into: TypedText | None = None
    ) -> Splice | None:
        """The line with a mark of these specs, or none; None where it stands so already. What
        else its comment says stays, before the mark and after it. into: another text of the
        same lines."""
        content = self._lines[line - 1].rstrip("\r")
        col, comment = self._at.get(line, (len(content), ""))
        before, old, after = _around(comment)
        if list(specs) == [spec.text for spec in self.specs.get(line, ()) if old]:
            return None
        mark = "# hpo: " + "; ".join(specs) if specs else ""
        code = content[:col].rstrip()
        new = "  ".join(part for part in (before, mark, after) if part)
        gap = "" if not new else "  " if code else content[:col]
        text = into or self.text
        start = text.offset(line, len(code.encode("utf-8", "surrogatepass")))
        stop = text.offset(line, len(content.encode("utf-8", "surrogatepass")))
        return Splice(start, stop, gap + new)

    def mark(self, line: int) -> str:
        """The line's mark, '' when it has none."""
        return _around(self._at[line][1])[1] if line in self.specs else ""


def _around(comment: str) -> tuple[str, str, str]:
    """A comment as what stands before its mark, the mark, and what comes after it."""
    for start, char in enumerate(comment):
        if char == "#" and comment[start + 1 :].lstrip().lower().startswith("hpo:"):
            body = mark_of_comment(comment[start:]) or ""
            stop = comment.index(":", start) + 1 + len(body)
            return comment[:start].rstrip(), comment[start:stop].rstrip(), comment[stop:].strip()
    return comment.strip(), "", ""
