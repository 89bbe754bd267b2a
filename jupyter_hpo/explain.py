"""What was found in a cell and what its trials would do: `--explain`, and a part of the editor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import CodeType, FunctionType
from typing import Any

from .cell import CapturedCell, CellProgram, Tunable
from .cell.captured import Rerun
from .cell.program import tree_of
from .cell.scopes import stored
from .cell.setup import lines_of
from .sizes import sizes_of
from .space.marks import format_mark
from .widgets.numbers import lines_in_words, memory

NAMES = 12
"""So many of the names that travel are listed one by one, the largest."""

WIDTH, LEAST = 104, 12
"""Characters of a line, as a notebook of usual width shows them; the last column is cut to what
is left, and left out where that is less than so many."""


@dataclass(frozen=True)
class Section:
    """title: what it is about. rows: cells of text, one row a thing that was found."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def explain(
    cell: CapturedCell, program: CellProgram, namespace: Mapping[str, Any], facts: Sequence[str]
) -> list[Section]:
    """All that was found, section by section. program: with its shared set-up decided.
    facts: sentences on the objective and on where it reports."""
    return [
        section
        for section in (
            _tuned(cell),
            _offered(cell),
            Section("Objective and reports", tuple((fact,) for fact in facts)),
            *plan(cell, program, namespace),
            Section("Notices", tuple((notice,) for notice in cell.notices)),
            Section("In the way of a study", tuple((str(p),) for p in cell.problems)),
        )
        if section.rows
    ]


def plan(cell: CapturedCell, program: CellProgram, namespace: Mapping[str, Any]) -> list[Section]:
    """What each trial runs again, what runs once for all, what travels; empty ones left out."""
    found = (_again(cell), _once(program), _travels(cell, namespace))
    return [section for section in found if section.rows]


def as_text(sections: Sequence[Section]) -> str:
    """The sections as a person reads them: titles, and columns below each other."""
    return "\n\n".join("\n".join([s.title, *_lines(s.rows)]) for s in sections)


def _lines(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows in columns, no wider than a notebook shows them; single texts are wrapped."""
    count = max(map(len, rows))
    widths = [max((len(r[i]) for r in rows if i < len(r) - 1), default=0) for i in range(count)]
    for row in rows:
        if len(row) == 1:
            yield from wrap(row[0], WIDTH, initial_indent="  ", subsequent_indent="    ")
            continue
        line = "  " + "  ".join(text.ljust(widths[i]) for i, text in enumerate(row[:-1]))
        left = max(WIDTH - len(line) - 2, 0)
        last = row[-1] if len(row[-1]) <= left else row[-1][: left - 1] + "…"
        yield f"{line}  {last}".rstrip() if left > LEAST or len(row[-1]) <= left else line.rstrip()


def _tuned(cell: CapturedCell) -> Section:
    rows = [_row(t) for t in cell.tunables if t.name in cell.space]
    return Section("Tuned", tuple(rows))


def _offered(cell: CapturedCell) -> Section:
    left = [t for t in cell.tunables if t.name not in cell.space]
    title = "Found, and tuned only when chosen" if cell.space else "Found (--auto tunes these)"
    return Section(title, tuple(_row(t) for t in left))


def _row(tunable: Tunable) -> tuple[str, ...]:
    span = "no range known"
    if tunable.distribution is not None:
        span = format_mark(tunable.distribution, tunable.condition).removeprefix("# hpo: ")
    where = tunable.places[0].where
    more = len(tunable.places) - 1
    if more:
        where += f" and {more} more place{'s' if more > 1 else ''}"
    why = "asked for" if tunable.declared else tunable.why
    return (tunable.name, where, span, why, tunable.text)


def _again(cell: CapturedCell) -> Section:
    rows: list[tuple[str, ...]] = []
    sources = {part.number: part.source.splitlines() for part in cell.earlier}
    for one in cell.reruns:
        where = f"In[{one.cell}], {lines_in_words([(one.first_line, one.last_line)])}"
        code = sources[one.cell][one.first_line - 1].strip()
        here = [t.name for t in cell.tunables if t.name in cell.space and _within(t, one)]
        *most, last = here or [""]
        named = f"{', '.join(most)} and {last}" if most else last
        what = f"{named} {'are' if most else 'is'} tuned here"
        what = what if here else one.why
        rows.append((where, what + (f"; {', '.join(one.effects)}" if one.effects else ""), code))
    return Section("Of earlier cells, every trial runs again", tuple(rows))


def _within(tunable: Tunable, statement: Rerun) -> bool:
    return any(
        p.cell == statement.cell and statement.first_line <= p.line <= statement.last_line
        for p in tunable.places
    )


def _once(program: CellProgram) -> Section:
    stretches = lines_of(program)
    rows = []
    for cell in dict.fromkeys(cell for _, _, cell in stretches):
        lines = lines_in_words([(a, b) for a, b, in_cell in stretches if in_cell == cell])
        rows.append((f"In[{cell}], {lines}" if cell else lines,))
    return Section("Runs once for all trials, as far as that goes unnoticed", tuple(rows))


def _travels(cell: CapturedCell, namespace: Mapping[str, Any]) -> Section:
    made = set(stored(tree_of(cell.program()).body)) - cell.free_names  # by every trial itself
    sizes = sizes_of(_with_globals(cell.free_names, namespace) - made, namespace)
    data = {name: size for name, size in sizes.items() if size}
    rows = [(n, memory(size), _kind(namespace[n])) for n, size in list(data.items())[:NAMES]]
    texts: list[tuple[str, ...]] = [*rows]
    if len(data) > NAMES:
        texts.append((f"and {len(data) - NAMES} more: {', '.join(list(data)[NAMES:])}",))
    code = [name for name in sizes if name not in data]
    if code:
        texts.append((f"modules, functions and classes: {', '.join(code)}",))
    total = f" ({memory(sum(sizes.values()))} in all)" if data else ""
    return Section(f"Taken from the notebook as it stands{total}", tuple(texts))


def _with_globals(names: Iterable[str], namespace: Mapping[str, Any]) -> set[str]:
    """The names, and those that the notebook's functions and classes among them read."""
    found: set[str] = set()
    todo = [name for name in names if name in namespace]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [n for n in _globals_of(namespace[name], namespace) if n in namespace]
    return found


def _globals_of(value: Any, namespace: Mapping[str, Any]) -> set[str]:
    if isinstance(value, type) and value.__module__ == "__main__":
        inner = [getattr(v, "__func__", v) for v in vars(value).values()]
        return set().union(*(_globals_of(v, namespace) for v in inner if not isinstance(v, type)))
    if isinstance(value, FunctionType) and value.__globals__ is namespace:
        return _names_in(value.__code__)
    return set()


def _names_in(code: CodeType) -> set[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*map(_names_in, inner))


def _kind(value: Any) -> str:
    shape = getattr(value, "shape", None)
    name = type(value).__name__
    try:
        return f"{name} {tuple(shape)}" if shape is not None else name
    except TypeError:  # a shape of its own kind
        return name
