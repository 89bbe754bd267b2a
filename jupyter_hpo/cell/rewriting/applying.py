"""A trial's values, written into the cell's own literals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import StudyError
from ...space import Categorical
from ..captured import CapturedCell, Place, Tunable, Typed
from ..source import from_magic, parse_cell
from ..values import attribute_place, computed, place_of
from .comments import Comments
from .imports import line_for_import
from .literals import is_atom, usual_quote, written
from .renamed import marks_renamed
from .typed import CellEdit, Splice, TypedText, typed_of

_GAP = re.compile(rb"( {3,})#")


def applied(cell: CapturedCell, params: Mapping[str, Any]) -> list[CellEdit]:
    """The cells' texts with params where the code's own values stand, the cells that change
    only, in the order in which they run; captured again, their own values are params.

    params: of one trial; what it doesn't hold (a condition that did not hold) stays as it is.
    Raises StudyError when a cell's text isn't known, or can't take a value.
    """
    texts = {typed.number: typed for typed in cell.typed}
    wanted = [t for t in cell.tunables if t.name in params and t.name in cell.space]
    numbers = [*(part.number for part in cell.earlier), 0]
    numbers += sorted({p.cell for t in wanted for p in t.places} - set(numbers))
    edits = []
    for number in dict.fromkeys(numbers):
        here = [(p, t) for t in wanted for p in t.places if p.cell == number]
        if here:
            edit = _Rewriting(typed_of(texts, number), cell, params).edit(here)
            if edit.after != edit.before:
                edits.append(edit)
    return edits


class _Rewriting:
    """Of one cell's text."""

    def __init__(self, typed: Typed, cell: CapturedCell, params: Mapping[str, Any]) -> None:
        self.python, self.params, self.cell = typed.python, params, cell
        self.text = TypedText(typed)
        self.plain = TypedText(Typed(-1, typed.python, typed.python))
        self.tree = parse_cell(typed.python, typed.number)
        self.nodes = dict(_expressions(self.tree))
        self.quote = usual_quote(typed.python)
        self.comments = Comments(self.text)

    def edit(self, here: Sequence[tuple[Place, Tunable]]) -> CellEdit:
        changes = [
            (place, text)
            for place, tunable in here
            if (text := self._change(place, tunable)) is not None
        ]
        changes = [c for c in changes if not any(_inside(c[0], o[0]) for o in changes)]
        splices = [self.text.splice(place, text) for place, text in changes]
        tunables = [tunable for _, tunable in here]
        marks = marks_renamed(
            self.comments, self.tree, tunables, dict(changes), self.text.typed.number
        )
        columns = self._columns(splices)
        splices += [c for c in columns if not any(m.start <= c.start < m.stop for m in marks)]
        splices += [*marks, *self._kept_marks(changes), *self._imports(here)]
        splices += self._counting(here, changes)
        return self.text.edit(splices)

    def _counting(
        self, here: Sequence[tuple[Place, Tunable]], changes: Sequence[tuple[Place, str]]
    ) -> list[Splice]:
        """Values that a call left out and that stay: written beside one that changes."""
        changed = {place for place, _ in changes}
        stays = [place for place, _ in here if place not in changed]
        found = [self.text.splice(place, None) for place in stays if place in self.nodes]
        return [splice for splice in found if splice.within is not None]

    def _change(self, place: Place, tunable: Tunable) -> str | None:
        """What is to stand there, None for what does."""
        value = self.params[tunable.name]
        distribution = self.cell.space[tunable.name].distribution
        span = self.plain.splice(place, "")
        content = self.python.encode("utf-8", "surrogatepass")
        instead = content[span.start : span.stop].decode("utf-8", "surrogatepass")
        node = self.nodes.get(place)
        new = written(distribution, value, instead, self.quote)
        if node is None:
            raise _unfit(tunable, value, place)
        if isinstance(node, str):  # the last name of a dotted one
            return None if node == new else new
        if _same(node, new, value, distribution):
            return None
        before, after = content[: span.start][-1:], content[span.stop :][:1]
        for text in (new, f"({new})"):
            text = f" {text}" if _glued(before, text.encode()[:1]) else text
            text = f"{text} " if _glued(text.encode()[-1:], after) else text
            if is_atom(new) or self._reads(Splice(span.start, span.stop, text), place, new):
                return text
        raise _unfit(tunable, value, place)

    def _reads(self, splice: Splice, place: Place, new: str) -> bool:
        """Whether the text then means the value there, and what it meant everywhere else."""
        try:
            tree = parse_cell(self.plain.after([splice]), place.cell)
            value = ast.parse(new, mode="eval").body
        except SyntaxError:
            return False
        wanted = _Replace(place, value).visit(parse_cell(self.python, place.cell))
        return ast.dump(tree) == ast.dump(wanted)

    def _columns(self, splices: Sequence[Splice]) -> list[Splice]:
        """Comments that stand in a column, further off than two spaces, stay in it."""
        content = self.text.typed.text.encode("utf-8", "surrogatepass")
        found = []
        for splice in splices:
            gap = _GAP.match(content, splice.stop)
            if gap is not None and b"\n" not in content[splice.start : splice.stop]:
                grown = len((splice.text or "").encode()) - (splice.stop - splice.start)
                width = max(2, len(gap[1]) - grown)
                found.append(Splice(splice.stop, gap.end(1), " " * width))
        return found

    def _kept_marks(self, changes: Sequence[tuple[Place, str]]) -> list[Splice]:
        """Marks inside an expression over several lines, put behind what is written instead."""
        splices = []
        for place, _ in changes:
            lines = range(place.line, place.end_line)
            marks = [text for line in lines if (text := self.comments.mark(line))]
            if marks:
                end = len(self.text.line_text(place.end_line).encode("utf-8", "surrogatepass"))
                at = self.text.line_start(place.end_line) + end
                splices.append(Splice(at, at, "  " + "  ".join(marks)))
        return splices

    def _imports(self, here: Sequence[tuple[Place, Tunable]]) -> list[Splice]:
        """Of names that are taken here and that no code brings."""
        taken = {str(self.params[t.name]) for _, t in here if _is_expression(self.cell, t)}
        lines = [
            f"from {module} import {name}\n" for module, name in self.cell.imports if name in taken
        ]
        if not lines:
            return []
        line = line_for_import(self.tree)
        at = self.text.line_start(line)
        indent = self.text.offset(line, 0) - at
        start = self.text.line_text(line).encode("utf-8", "surrogatepass")[:indent]
        return [Splice(at, at, "".join(start.decode() + text for text in lines))]


def _expressions(tree: ast.AST) -> Iterator[tuple[Place, ast.expr | str]]:
    """Every span a value can take, and what stands there: the name, for one of a dotted name."""
    found: dict[Place, ast.expr | str] = {}
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if from_magic(node):
            continue
        if isinstance(node, ast.expr):
            found.setdefault(place_of(node), node)
            if isinstance(node, ast.Attribute):
                found.setdefault(attribute_place(node), node.attr)
        todo += ast.iter_child_nodes(node)
    return iter(found.items())


def _same(node: ast.expr, new: str, value: Any, distribution: Any) -> bool:
    """Whether the code's own value is this one already, however it is written."""
    literal = computed(node)
    if isinstance(value, float | int) and not isinstance(value, bool):
        number = isinstance(literal, float | int) and not isinstance(literal, bool)
        as_float = not isinstance(distribution, Categorical)
        return number and literal == value and (as_float or type(literal) is type(value))
    try:
        return ast.dump(ast.parse(new, mode="eval").body) == ast.dump(node)
    except SyntaxError:
        return False


class _Replace(ast.NodeTransformer):
    def __init__(self, place: Place, value: ast.expr) -> None:
        self.place, self.value = place, value

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and place_of(node) == self.place and not from_magic(node):
            return self.value
        return self.generic_visit(node)


def _is_expression(cell: CapturedCell, tunable: Tunable) -> bool:
    return bool(getattr(cell.space[tunable.name].distribution, "expressions", False))


def _inside(inner: Place, outer: Place) -> bool:
    begin, end = (outer.line, outer.col), (outer.end_line, outer.end_col)
    within = begin <= (inner.line, inner.col) and (inner.end_line, inner.end_col) <= end
    return within and inner != outer


def _glued(left: bytes, right: bytes) -> bool:
    """Whether two characters side by side would be one word."""

    def is_word(char: bytes) -> bool:
        return char.isalnum() or char == b"_" or char >= b"\x80"

    quotes = (b'"', b"'")
    left_word, right_word = is_word(left), is_word(right)
    return left_word + right_word + (left in quotes) + (right in quotes) == 2 and (
        left_word or right_word
    )


def _unfit(tunable: Tunable, value: Any, place: Place) -> StudyError:
    return StudyError(
        f"{tunable.name} = {value!r} can't be written where the cell's own value stands "
        f"({place.where}). Change that line by hand."
    )
