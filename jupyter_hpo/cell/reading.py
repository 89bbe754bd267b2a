"""What is read of a cell and its session once, whatever is asked of it: no objective, space or
option changes it. `capture` decides the rest, as often as it is asked with the same reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Problem
from ..space.grammar import Spec
from .captured import Candidate
from .names import NameUse, use_of_names
from .objectives import find_objectives
from .slice import Known, Past, trace
from .slice.trace import Trace
from .source import PythonSource, Transform, to_python
from .value_finder import find_values
from .values import Values
from .whole import Whole, marks_of, unheard, whole_of


@dataclass(frozen=True)
class Reading:
    """python: the cell's text. found: what is in it, None when it can't be parsed."""

    python: PythonSource
    found: Found | None


@dataclass(frozen=True)
class Found:
    """past, known: of the session, as given. reach: on what of it the cell depends; whole: the
    code of both. own, everything: names that the cell, that all of it uses. candidates: all that
    can be the objective, the likeliest first. marks: by cell; wrong: those that can't be read;
    unheard: notices of those that count for nothing. values: that a mark could mean."""

    past: Past
    known: Known
    reach: Trace
    whole: Whole
    own: NameUse
    everything: NameUse
    candidates: tuple[Candidate, ...]
    marks: Mapping[int, Sequence[Spec]]
    wrong: Sequence[Problem]
    unheard: Sequence[str]
    values: Values


def read_cell(
    source: str,
    *,
    transform: Transform | None = None,
    filename: str = "<cell>",
    line_offset: int = 1,
    names: Collection[str] = frozenset(),
    past: Past | None = None,
    known: Known | None = None,
) -> Reading:
    """The arguments are those of `capture`; raises nothing but RecursionError."""
    python = to_python(source, transform=transform, filename=filename, line_offset=line_offset)
    if python.tree is None:
        return Reading(python, None)
    past, known = past or Past(), known or Known()
    reach = trace(past, python.tree, known)
    whole = whole_of(python.text, python.tree, past, reach.reached)
    marks, wrong = marks_of(whole)
    values = find_values(whole.tree)
    values.added = {0: python.added, **{cell.number: cell.added for cell in past.cells}}
    found = Found(
        past,
        known,
        reach,
        whole,
        use_of_names(python.tree),
        use_of_names(whole.tree),
        _candidates(whole, names),
        marks,
        wrong,
        unheard(whole, past),
        values,
    )
    return Reading(python, found)


def _candidates(whole: Whole, names: Collection[str]) -> tuple[Candidate, ...]:
    """All that can be the objective, of what trials come by, the likeliest first. The code of
    earlier cells is looked at too: it says which figures a history has."""
    there = [c for c in find_objectives(whole.tree, names) if whole.runs_in_trials(c.place)]
    sources = {c.objective.source for c in there}
    own = find_objectives(whole.own, names) if whole.own is not whole.tree else ()
    there += [c for c in own if c.objective.source not in sources]
    return tuple(sorted(there, key=lambda c: c.rank))
