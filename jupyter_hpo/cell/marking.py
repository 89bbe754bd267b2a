"""Which value of the cell each mark means: by its line, its key and its kind."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..errors import Problem
from ..space.colab import form_of_comment
from ..space.grammar import Bool, Choices, Fixed, Range, Spec, Tie
from ..space.marks import mark_of_comment, nearest, parse_mark
from .values import Region, Value, Values

_RANK = {"element": 1, "inner": 1}


@dataclass(frozen=True)
class Marked:
    """A spec and the value it means."""

    spec: Spec
    value: Value


def read_marks(source: str) -> tuple[list[Spec], list[Problem]]:
    """The specs of all `# hpo:` comments and Colab forms, and what can't be read."""
    specs: list[Spec] = []
    problems: list[Problem] = []
    for line, comment in _comments(source):
        text = mark_of_comment(comment)
        if text is not None:
            found, wrong = parse_mark(text, line)
            specs += found
            problems += wrong
        elif (form := form_of_comment(comment, line)) is not None:
            specs.append(form)
    return specs, problems


def _comments(source: str) -> Iterable[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]


def match_marks(
    specs: Sequence[Spec], values: Values, cell: int = 0
) -> tuple[list[Marked], list[Problem]]:
    """Each spec with its value; a Problem for one that means nothing, or several values.

    cell: in which the marks stand; values of other cells are left alone.
    """
    marked: list[Marked] = []
    problems: list[Problem] = []
    taken: dict[int, Spec] = {}
    for spec in specs:
        found = _matches(spec, values, cell)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        for value in found:
            before = taken.setdefault(id(value), spec)
            if before is spec:
                marked.append(Marked(spec, value))
            else:
                problems.append(
                    Problem(
                        "marked_twice",
                        f"{value.qualified or value.text!r} has two marks, "
                        f"{before.text!r} and {spec.text!r}.",
                        "Remove one of them.",
                        spec.line,
                        value.key,
                    )
                )
    return marked, [replace(p, cell=cell) for p in problems]


def _matches(spec: Spec, values: Values, cell: int) -> list[Value] | Problem:
    line = spec.line or 0
    groups: list[tuple[Region | None, list[Value]]] = [(None, values.on_line(line, cell))]
    groups += values.around(line, cell)
    if spec.key is not None:  # a formatter that breaks a call takes it to the last argument
        groups += list(values.enclosing(line, cell))[:1]
    for region, group in groups:
        found = _in_group(spec, group, region, values)
        if isinstance(found, Problem) and region is not None and region.end_line == line:
            # a formatter takes the mark of the last argument to the closing line
            last = _in_group(spec, values.of_last_argument(region), region, values)
            found = last if last and not isinstance(last, Problem) else found
        if isinstance(found, Problem) or found:
            return found
    if isinstance(spec.body, Fixed) and spec.key is None and groups[0][1]:
        return [v for v in groups[0][1] if v.role != "inner"]  # a class, an object
    return _nothing(spec, [v for _, group in groups for v in group])


def _in_group(
    spec: Spec, group: list[Value], region: Region | None, values: Values
) -> list[Value] | Problem:
    if spec.key is not None:
        return _keyed(spec, group, region)
    found = _unkeyed(spec, group)
    if isinstance(found, Problem):  # what was typed goes before what a piece's call leaves out
        typed = [v for v in group if values.is_typed(v)]
        return _unkeyed(spec, typed) or found
    return found


def _keyed(spec: Spec, group: list[Value], region: Region | None) -> list[Value] | Problem:
    key = spec.key or ""
    matching = [v for v in group if _has_key(v, key)]
    if not isinstance(spec.body, Choices | Fixed):
        matching = [v for v in matching if v.role != "callee"]
    if not matching:
        return []
    best = min(map(_rank, matching))
    matching = [v for v in matching if _rank(v) == best]
    if len(matching) > 1 and region is not None:
        matching = [v for v in matching if v.owner == region.index] or matching
    return matching if len(matching) == 1 else _several(spec, matching)


def _has_key(value: Value, key: str) -> bool:
    names = (value.key, value.qualified)
    return value.role != "inner" and (key in names or value.qualified.endswith("." + key))


def _rank(value: Value) -> int:
    if value.role == "callee":
        return 3
    return _RANK.get(value.role, 0) if value.is_literal else 2


def _unkeyed(spec: Spec, group: list[Value]) -> list[Value] | Problem:
    if isinstance(spec.body, Choices):
        texts = {w.text for w in spec.body.words}
        exact = [v for v in group if _shows(v) & texts and _fits(spec, v)]
        if exact:
            best = min(map(_rank, exact))
            exact = [v for v in exact if _rank(v) == best]
            return exact if len(exact) == 1 else _several(spec, exact)
    literals = [v for v in group if v.is_literal and v.role != "inner"]
    fitting = [v for v in literals if _fits(spec, v)]
    fitting = [v for v in fitting if not v.computed] or fitting
    if isinstance(spec.body, Fixed):
        return [v for v in group if v.role != "inner"] if literals else []
    if fitting:
        return fitting if len(fitting) == 1 else _several(spec, fitting)
    if literals and not isinstance(spec.body, Tie):
        return literals if len(literals) == 1 else []
    inner = [v for v in group if v.role == "inner" and _fits(spec, v)]
    if inner:
        return inner if len(inner) == 1 else _several(spec, inner)
    objects = [v for v in group if not v.is_literal and v.role != "callee" and v.simple]
    assigned = [v for v in objects if v.role == "assign"]
    objects = assigned or objects
    return objects if len(objects) <= 1 else _several(spec, objects)


def _shows(value: Value) -> set[str]:
    if value.role == "callee":
        return {value.key, value.qualified}
    if value.is_literal:
        return {str(value.literal), repr(value.literal)}
    return {value.text}


def _fits(spec: Spec, value: Value) -> bool:
    """Whether a value is of a kind the spec can mean."""
    literal = value.literal
    number = isinstance(literal, int | float) and not isinstance(literal, bool)
    match spec.body:
        case Range():
            return number or literal is None
        case Bool():
            return isinstance(literal, bool)
        case Choices(words=words):
            if not value.is_literal or literal is None:
                return True
            if isinstance(literal, bool):
                return any(w.text in ("True", "False") for w in words)
            return number == all(_numeric(w.text) for w in words if w.text != "None")
    return True


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _several(spec: Spec, values: Sequence[Value]) -> Problem:
    if all(v.role == "inner" for v in values):
        return Problem(
            "ambiguous_mark",
            f"the mark {spec.text!r} stands beside a computation of {len(values)} numbers.",
            "Write the value as one literal, or give the number a name of its own.",
            spec.line,
            spec.key,
        )
    shown = list(dict.fromkeys(v.qualified if spec.key else v.key for v in values if v.key))
    if len(shown) < 2:
        return Problem(
            "ambiguous_mark",
            f"the mark {spec.text!r} could mean {len(values)} values of this line.",
            "Put each value on a line of its own.",
            spec.line,
            spec.key,
        )
    return Problem(
        "ambiguous_mark",
        f"the line holds several values that {spec.text!r} could mean: {', '.join(shown)}.",
        f"Say which: {shown[0]} = {_after_key(spec)}.",
        spec.line,
        spec.key,
    )


def _after_key(spec: Spec) -> str:
    return spec.text.split("=", 1)[1].strip() if spec.key else spec.text


def _nothing(spec: Spec, near: Sequence[Value]) -> Problem:
    keys = list(dict.fromkeys(v.key for v in near if v.key and v.role != "callee"))
    if spec.key is not None and keys:
        return Problem(
            "unknown_key",
            f"{spec.key!r} names no value of this line.",
            nearest(spec.key, keys, "Values here"),
            spec.line,
            spec.key,
        )
    if near and spec.key is None and any(v.is_literal for v in near):
        return Problem(
            "no_value",
            f"the mark {spec.text!r} fits no value of this line.",
            f"Values here: {', '.join(keys) or 'none'}.",
            spec.line,
        )
    return Problem(
        "no_value",
        f"the mark {spec.text!r} stands on a line without a value.",
        "Put it at the end of the line that holds the value, like lr = 1e-3  # hpo: ...",
        spec.line,
        spec.key,
    )
