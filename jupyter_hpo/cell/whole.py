"""The whole code that a study looks at: the cell, and all of earlier cells that it rests on.

Tunables, objectives and loops are looked for in it; which of its earlier statements trials run
again is decided once it is known what is tuned (`slice`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import Problem
from ..space.grammar import Fixed, Spec
from .captured import Part, Place
from .marking import read_marks
from .program import first_line, module_of
from .shown import idle_mark
from .slice import Past, Reached
from .source import cell_of

MARK = "# hpo:"


@dataclass(frozen=True)
class Whole:
    """tree: reached statements of earlier cells in order, then the cell. own: the cell alone.
    sources: plain Python by cell, 0 the training cell. reached: by cell."""

    tree: ast.Module
    own: ast.Module
    sources: Mapping[int, str]
    reached: Mapping[int, tuple[Reached, ...]]

    @property
    def lines(self) -> dict[int, list[str]]:
        return {cell: source.splitlines() for cell, source in self.sources.items()}

    def runs_in_trials(self, place: Place) -> bool:
        """Whether a trial comes by: in the training cell, or in a function or class of an
        earlier one (whose definition it can run again, changed)."""
        return not place.cell or any(
            cell_of(s) == place.cell and first_line(s) <= place.line <= (s.end_lineno or 0)
            for s in self.tree.body
            if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        )


def whole_of(source: str, own: ast.Module, past: Past, reached: Sequence[Reached]) -> Whole:
    by_cell: dict[int, list[Reached]] = {}
    for statement in reached:
        by_cell.setdefault(statement.cell, []).append(statement)
    parts = []
    for cell in past.cells:
        indices = tuple(s.index for s in by_cell.get(cell.number, ()))
        if indices:
            parts.append(Part(cell.number, cell.source, cell.filename, indices))
    sources = {0: source, **{part.number: part.source for part in parts}}
    tree = module_of(source, tuple(parts), False) if parts else own
    return Whole(tree, own, sources, {cell: tuple(found) for cell, found in by_cell.items()})


def unheard(whole: Whole, past: Past) -> list[str]:
    """Notices of marks in cells on which the training cell does not depend, or that failed."""
    there = set(whole.sources)
    left = [(c, "this cell does not depend on it") for c in past.cells if c.number not in there]
    standing = {line for c in past.cells for line in c.source.splitlines() if MARK in line}
    left += [(c, "that cell failed") for c in past.superseded if c.failed]
    said = []
    for cell, why in left:
        # Those of a study were heard by that study, also when it was stopped.
        if MARK not in cell.source or cell.given or cell.study:
            continue
        for spec in read_marks(cell.source)[0]:
            line = cell.source.splitlines()[(spec.line or 1) - 1]
            if not isinstance(spec.body, Fixed) and (not cell.failed or line not in standing):
                said.append(idle_mark(line, cell.number, spec.line, why))
    return list(dict.fromkeys(said))


def marks_of(whole: Whole) -> tuple[dict[int, list[Spec]], list[Problem]]:
    """The marks of each cell and what can't be read. Of what can't be read in earlier cells
    only that counts that stands at statements on which the training cell depends."""
    marks: dict[int, list[Spec]] = {}
    problems: list[Problem] = []
    for cell, source in whole.sources.items():
        specs, wrong = read_marks(source)
        if cell:
            spans = [(r.first_line, r.last_line) for r in whole.reached[cell]]
            wrong = [in_cell(p, cell) for p in wrong if _within(p.line, spans)]
        marks[cell] = specs
        problems += wrong
    return marks, problems


def in_cell(problem: Problem, cell: int) -> Problem:
    """The problem, said of a line of an earlier cell."""
    return replace(problem, cell=cell)


def _within(line: int | None, spans: Sequence[tuple[int, int]]) -> bool:
    return line is not None and any(first <= line <= last for first, last in spans)
