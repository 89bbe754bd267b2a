"""What was chosen, written into the cell as marks."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ...errors import Problem, StudyError
from ...space import Parameter, SearchSpace
from ...space.grammar import Fixed, Spec, Tie, is_name, parse_spec, word, words
from ...space.marks import format_mark, parse_line_space, to_condition, to_distribution
from ..captured import CapturedCell, Place, Tunable, Typed
from ..marking import match_marks, read_marks
from ..source import parse_cell
from ..tunables import find_tunables
from ..value_finder import find_values
from ..values import Value, attribute_place
from .comments import Comments
from .typed import CellEdit, Splice, TypedText, typed_of

LONG = 88
"""Columns beyond which formatters break a line, its comment counted."""
_OBJECTIVE = re.compile(r"(?<!\S)--(?:min|max)imize\b")


def marked(
    cell: CapturedCell, chosen: SearchSpace, options: Mapping[str, str] | None = None
) -> list[CellEdit]:
    """The cells' texts in which marks say what was chosen, and nothing else is declared: marks
    of other values are taken off, and what the magic line says of any. Marks that mean what was
    chosen stay as they are written. What no mark can mean (one of several alike on a line) is
    said on the magic line.

    cell: captured with what was chosen, so that every chosen value has its place. options: of the
    magic line, and what each is to say from now on ('--folds': '5'; '' leaves it out). Raises
    StudyError for a value that isn't there, or a cell whose text isn't known.
    """
    tunables = {t.name: t for t in cell.tunables}
    missing = [name for name in chosen if name not in tunables]
    if missing:
        raise StudyError(f"{missing[0]!r} is no value of this cell.")
    needed = {place.cell for name in chosen for place in tunables[name].places} | {0}
    texts = {typed.number: typed for typed in cell.typed}
    cells = [_Cell(typed_of(texts, n), cell, chosen) for n in (texts.keys() | needed) - {0}]
    cells.append(_Cell(typed_of(texts, 0), cell, chosen))
    ties: set[tuple[str, Place]] = set()
    named: set[str] = set()
    on_line: set[str] = set()
    for _ in range(4):
        for one in cells:
            on_line |= one.write(ties, named, on_line)
        more_ties, more_named = _unlike(cells, tunables, chosen, on_line)
        if more_ties <= ties and more_named <= named:
            break
        ties, named = ties | more_ties, named | more_named
    for one in cells:
        one.write(ties, named, on_line)
    said = [
        format_mark(chosen[name].distribution, chosen[name].condition, key=name)
        for name in chosen
        if name in on_line
    ]
    edits = [one.edit(said, options or {}) for one in cells]
    return [edit for edit in edits if edit.after != edit.before]


def _unlike(
    cells: Iterable[_Cell],
    tunables: Mapping[str, Tunable],
    chosen: SearchSpace,
    on_line: set[str],
) -> tuple[set[tuple[str, Place]], set[str]]:
    """What the marks alone would not say: places that must have a value too, and names."""
    body: list[ast.stmt] = []
    marks, lines = {}, {}
    for one in cells:
        tree = parse_cell(one.marked_python, one.number)
        body += tree.body
        marks[one.number] = read_marks(one.marked_python)[0]
        lines[one.number] = one.marked_python.splitlines()
    found = find_tunables(find_values(ast.Module(body, [])), marks, lines).tunables
    places = {t.places[0]: t for t in found if t.declared}
    ties: set[tuple[str, Place]] = set()
    named: set[str] = set()
    for name in chosen.keys() - on_line:
        wanted = tunables[name]
        got = places.get(wanted.places[0])
        if got is None:
            continue  # a mark that means nothing, of which the person is told elsewhere
        if got.name != name:
            named.add(name)
        ties |= {(name, place) for place in wanted.places[1:] if place not in got.places}
    return ties, named


class _Cell:
    """One cell's text, with marks."""

    def __init__(self, typed: Typed, cell: CapturedCell, chosen: SearchSpace) -> None:
        self.number, self.python = typed.number, typed.python
        self.text, self.chosen = TypedText(typed), chosen
        self.plain = TypedText(Typed(-1, typed.python, typed.python))
        self.values = find_values(parse_cell(typed.python, typed.number))
        self.all, self.objectives = cell.tunables, cell.objectives
        self.tunables = [t for t in cell.tunables if t.places[0].cell == typed.number]
        self.comments = Comments(self.text)
        self.specs: dict[int, list[str]] = {}

    def write(self, ties: set[tuple[str, Place]], named: set[str], on_line: set[str]) -> set[str]:
        """Decide the specs of every line. named: tunables whose mark has to say their name.
        on_line: tunables left to the magic line; those which no mark can mean are answered."""
        self.specs = {}
        unmarkable: set[str] = set()
        there: set[str] = set()
        tied: set[Place] = set()
        for line, found in self.comments.specs.items():
            self.specs[line] = []
            for spec in found:
                value = self._meant(spec)
                tunable = None if value is None else self._tunable(value)
                if isinstance(spec.body, Tie) and value is not None:
                    tied.add(value.place)
                elif tunable is not None and not isinstance(spec.body, Fixed):
                    there.add(tunable.name)
                text = self._kept(spec, value, tunable, named, on_line)
                if text is not None:
                    self.specs[line].append(text)
        for tunable in self.tunables:
            wanted = tunable.name in self.chosen.keys() - there - on_line
            if wanted and not self._add(tunable, tunable.name in named):
                unmarkable.add(tunable.name)
        for name, place in sorted(ties, key=lambda tie: (tie[1].line, tie[1].col)):
            wanted = place.cell == self.number and place not in tied and name not in on_line
            if wanted and not self._add_tie(name, place):
                unmarkable.add(name)
        return unmarkable

    @property
    def marked_python(self) -> str:
        return self.plain.after(self._splices(self.plain))

    def edit(self, on_line: Iterable[str], options: Mapping[str, str]) -> CellEdit:
        """on_line: specs that the magic line has to say, in the training cell; options: too."""
        splices = self._splices(self.text)
        if not self.number:
            splices += self._line(list(on_line), options)
        return self.text.edit(splices)

    def _splices(self, into: TypedText) -> list[Splice]:
        found = (self.comments.splice(line, texts, into) for line, texts in self.specs.items())
        return [splice for splice in found if splice is not None]

    # specs that are there -----------------------------------------------------------

    def _meant(self, spec: Spec) -> Value | None:
        found, _ = match_marks([spec], self.values, self.number)
        return found[0].value if len(found) == 1 else None

    def _tunable(self, value: Value) -> Tunable | None:
        return next((t for t in self.tunables if stands_at(t.places[0], value)), None)

    def _says(self, spec: Spec, value: Value, wanted: Parameter) -> bool:
        """Whether a spec means just what was chosen."""
        if isinstance(spec.body, Fixed | Tie):
            return False
        literal = value.literal if value.is_literal else value.text
        means = to_distribution(spec, literal, expression=not value.is_literal)
        parents = {name: parameter.distribution for name, parameter in self.chosen.items()}
        condition = to_condition(spec.terms, parents) if spec.terms else None
        return means == wanted.distribution and condition == wanted.condition

    def _kept(
        self,
        spec: Spec,
        value: Value | None,
        tunable: Tunable | None,
        named: set[str],
        on_line: set[str],
    ) -> str | None:
        """What becomes of a spec: its text, or None when it goes."""
        if isinstance(spec.body, Tie):
            return spec.text if spec.body.name in self.chosen.keys() - on_line else None
        form = spec.text.startswith("@param")
        if tunable is None:  # it means nothing, which the person is told elsewhere
            return None if form else spec.text
        if tunable.name not in self.chosen or tunable.name in on_line:
            return spec.text if isinstance(spec.body, Fixed) else "fixed" if form else None
        wanted = self.chosen[tunable.name]
        named_so = spec.name or tunable.name not in named
        if value is not None and named_so and self._says(spec, value, wanted):
            return None if form else spec.text
        name = spec.name or (tunable.name if tunable.name in named else None)
        return format_mark(wanted.distribution, wanted.condition, key=spec.key, name=name)

    # new ones -----------------------------------------------------------------------

    def _add(self, tunable: Tunable, named: bool) -> bool:
        wanted = self.chosen[tunable.name]
        value = next((v for v in self.values.found if stands_at(tunable.places[0], v)), None)
        if value is None:
            return False
        named = (named or self._may_change(tunable, value)) and is_name(tunable.name)
        name = tunable.name if named else None
        return self._put(value, format_mark(wanted.distribution, wanted.condition, name=name))

    def _add_tie(self, name: str, place: Place) -> bool:
        value = next((v for v in self.values.found if stands_at(place, v)), None)
        return value is not None and is_name(name) and self._put(value, name)

    def _put(self, value: Value, text: str) -> bool:
        """Write a spec where it means this value and no other; whether that is possible."""
        for line in self._lines(value):
            for key in self._keys(value, line, len(text)):
                spec = parse_spec(text if key is None else f"{key} = {text}", line)
                if isinstance(spec, Problem):
                    continue
                found, _ = match_marks([spec], self.values, self.number)
                if [m.value for m in found] == [value]:
                    self.specs.setdefault(line, []).append(spec.text)
                    return True
        return False

    def _may_change(self, tunable: Tunable, value: Value) -> bool:
        """Whether it would be called otherwise once other values stand in the cell: a callee, or
        what is called after one that is tuned itself."""
        if tunable.name == value.variable:
            return False
        tuned = {str(t.value) for t in self.tunables if t.name in self.chosen}
        callees = {
            tunable.name.partition(".")[0].partition("[")[0], value.callee.rpartition(".")[2]
        }  # fmt: skip
        return value.role == "callee" or bool(callees & tuned)

    def _lines(self, value: Value) -> Iterator[int]:
        """Lines that can have a comment, from the value's own to where its statement ends."""
        last = value.place.end_line
        for node in ast.walk(self.values.tree):
            simple = isinstance(node, ast.stmt) and not hasattr(node, "body")
            if simple and node.lineno <= last <= (node.end_lineno or 0):  # type: ignore[attr-defined]
                last = node.end_lineno or 0  # type: ignore[attr-defined]
        lines = range(value.place.end_line, last + 1)
        return (line for line in lines if line in self.comments.free)

    def _keys(self, value: Value, line: int, length: int) -> list[str | None]:
        """How a mark may call it, the likeliest first. Alone on its line it needs no name, unless
        a formatter will break the line, because it gets long or has several arguments of a call
        already broken, and move the mark with its end."""
        keys: list[str | None] = [key for key in (value.key, value.qualified) if key]
        if value.role == "inner" or not keys:
            return [None]
        others = [v for v in self.values.on_line(line, self.number) if v is not value]
        broken = any(self.values.enclosing(line, self.number))
        alone = not any((v.is_literal or broken) and v.role != "inner" for v in others)
        long = value.role != "assign" and length + len(self._line_of(line)) > LONG
        keyed = long or (not alone and value.role != "callee")
        return [*keys, None] if keyed else [None, *keys]

    def _line_of(self, line: int) -> str:
        return self.python.split("\n")[line - 1] + "  # hpo: " + "; ".join(self.specs.get(line, ()))

    # the magic line -----------------------------------------------------------------

    def _line(self, specs: list[str], options: Mapping[str, str]) -> Iterator[Splice]:
        """What the magic line says of values goes, for it would count for more than the marks;
        these specs come instead. So does `--edit`, now that the marks say what was chosen. The
        objective chosen is said when none is."""
        content = self.text.line_text(1)
        begin = content.find("%%hpo")
        if begin < 0:
            if specs:
                raise StudyError(f"no mark can say {specs[0]!r}: give that value its own line.")
            return
        at = self.text.line_start(1)
        names = {t.name for t in self.all}
        new = list(map(_line_word, specs))
        if not _OBJECTIVE.search(content):
            new += [f"--{o.direction} {_one_word(o.source)}" for o in self.objectives]
        new += [f"{flag} {value}" for flag, value in options.items() if value]
        for start, stop in _spans(content, options):
            said = word(content[start:stop]).text
            known = parse_line_space([said])[0] if start > begin and said[:1] != "-" else []
            if said == "--edit":  # the marks say now what it asked for
                yield Splice(at + _bytes(content[:start].rstrip()), at + _bytes(content[:stop]), "")
                continue
            ours = said.partition(" ")[0].partition("=")[0] in options
            other = not known or known[0].key not in names or isinstance(known[0].body, Fixed | Tie)
            if other and not ours:
                continue
            if content[start:stop] in new:
                new.remove(content[start:stop])
                continue
            gap = len(content[:start]) - len(content[:start].rstrip())
            yield Splice(at + _bytes(content[: start - gap]), at + _bytes(content[:stop]), "")
        if new:
            end = at + _bytes(content)
            yield Splice(end, end, "".join(f" {text}" for text in new))


def _spans(line: str, options: Collection[str]) -> Iterator[tuple[int, int]]:
    """The words of the magic line, each of these options together with its value."""
    begun: int | None = None
    for start, stop in words(line):
        if begun is None and line[start:stop] in options:
            begun = start
            continue
        yield start if begun is None else begun, stop
        begun = None


def stands_at(place: Place, value: Value) -> bool:
    """Whether a value stands at a tunable's place (of a dotted callee that is its last name)."""
    node = value.node
    return place == value.place or (
        value.role == "callee"
        and isinstance(node, ast.Attribute)
        and attribute_place(node) == place
    )


def _one_word(source: str) -> str:
    """As one word of the magic line, quoted where it must be."""
    return source if source.isidentifier() else _line_word(source)


def _line_word(spec: str) -> str:
    """A keyed spec as one word of the magic line."""
    quote = "'" if '"' in spec else '"'
    return f"{quote}{spec}{quote}"


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
