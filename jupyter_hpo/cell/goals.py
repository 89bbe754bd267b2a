"""What is asked of a cell beyond its own names: measured figures, and constraints."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import Problem
from ..space.marks import nearest
from ..study.constraints import Constraint, ConstraintError, parse_constraints
from ..study.figures import FIGURES, figures_in
from ..study.goals import Goals
from ..study.objective import Objective
from .names import NameUse, reads


@dataclass(frozen=True)
class Asked:
    """own: the objectives that the cell itself gives; goals: the rest of what is asked."""

    own: tuple[Objective, ...]
    goals: Goals
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def names_sought(self) -> set[str]:
        """Names of the cell that measured objectives read."""
        texts = [o.source for _, o in self.goals.measured]
        return self._of_the_cell(name for text in texts for name in names_in(text))

    @property
    def names_bounded(self) -> set[str]:
        """Names of the cell that constraints read."""
        return self._of_the_cell(name for c in self.goals.constraints for name in c.names)

    def _of_the_cell(self, names: Iterable[str]) -> set[str]:
        return {n for n in names if n not in FIGURES or n in self.goals.assigned}

    def all(self, own: Sequence[Objective]) -> tuple[Objective, ...]:
        """The study's objectives in the order asked for. own: those of the cell, as found."""
        found = list(own)
        for place, objective in self.goals.measured:
            found.insert(place, objective)
        return tuple(found)


def split(
    objectives: Sequence[Objective],
    constraints: Sequence[str],
    use: NameUse,
    names: Collection[str],
) -> Asked:
    """What the cell gives, and what is measured. use: of the cell's names; names: of the
    notebook. A name that the cell assigns goes before a figure's."""
    assigned = frozenset(name for name in FIGURES if name in use.assigned)
    measured, own = [], []
    for place, objective in enumerate(objectives):
        figures = [] if objective.printed is not None else figures_in(objective.source)
        if set(figures) - assigned:
            measured.append((place, objective))
        else:
            own.append(objective)
    found, problems = _parsed(constraints)
    for one in found:
        problems += _unknown(one.text, one.names, use, names)
    for _, objective in measured:
        text = f"the objective {objective.source!r}"
        problems += _unknown(objective.source, names_in(objective.source), use, names, text)
    lasting = tuple(c for c in found if c.stays_broken and not set(c.names) & assigned)
    goals = Goals(tuple(measured), tuple(found), lasting, assigned)
    return Asked(tuple(own), goals, tuple(problems), tuple(_own_names(objectives, goals)))


def names_in(source: str) -> list[str]:
    """The names an expression reads, but for builtins."""
    try:
        return sorted(reads(ast.parse(source.strip(), mode="eval").body))
    except (SyntaxError, ValueError):
        return []


def meant(name: str, assigned: Collection[str]) -> str:
    """A fix for a name that is neither assigned nor measured: the nearest, or what there is."""
    close = get_close_matches(name, [*assigned, *FIGURES], n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"{nearest(name, assigned, 'Assigned here')} Measured: {', '.join(FIGURES)}."


def meant_by(name: str, assigned: Collection[str]) -> str:
    """As `meant`, for an objective: what is measured is named where it is near alone."""
    near = get_close_matches(name, [*assigned, *FIGURES], n=1, cutoff=0.6)
    return meant(name, assigned) if near else nearest(name, assigned, "Assigned here")


def _parsed(texts: Sequence[str]) -> tuple[list[Constraint], list[Problem]]:
    found: dict[str, Constraint] = {}
    problems = []
    for text in texts:
        try:
            found |= {one.text: one for one in parse_constraints(text)}
        except ConstraintError as error:
            problems.append(Problem("constraint_syntax", f"--constraint {error}", "", 1, text))
    return list(found.values()), problems


def _unknown(
    source: str,
    read: Collection[str],
    use: NameUse,
    names: Collection[str],
    what: str = "",
) -> list[Problem]:
    if use.dynamic:
        return []
    what = what or f"the constraint {source!r}"
    bound = {*use.assigned, *names, *FIGURES}
    return [
        Problem(
            "constraint_name" if what.startswith("the constraint") else "objective_name",
            f"{what} reads {name!r}, which nothing assigns and nothing measures.",
            meant(name, use.assigned),
            1,
            name,
        )
        for name in read
        if name not in bound
    ]


def _own_names(objectives: Sequence[Objective], goals: Goals) -> list[str]:
    read = [name for o in objectives for name in figures_in(o.source)]
    read += [name for c in goals.constraints for name in c.names]
    return [
        f"`{name}` is assigned in this cell: that is what is meant, not the measured figure "
        f"({FIGURES[name].what})."
        for name in dict.fromkeys(read)
        if name in goals.assigned
    ]
