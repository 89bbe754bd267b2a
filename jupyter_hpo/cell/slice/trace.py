"""What the training cell depends on, and which of it a trial runs again.

`trace` runs the cells in the abstract (`machine`): once in the order of *Restart and run all*,
and, where the session went another way, once as it went. `RunAgain` compares the two.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from ..captured import Place
from ..effects import origins_in
from ..scopes import stored, walk
from ..source import parsed
from .kinds import Kinds
from .machine import Machine
from .objects import Numbers, producers, reached_from
from .order import given_back, in_order, with_given
from .rerun import RunAgain
from .syntax import lines_of
from .values import Executed, Known, Past, Reached, Slice


def trace(past: Past, tree: ast.Module, known: Known) -> Trace:
    """Read the session and the training cell (cell 0) once; raises nothing for code that
    parses but RecursionError, when it is nested deeper than the interpreter goes. Near linear
    in the number of statements."""
    return Trace(past, tree, known)


class Trace:
    """steps: of the earlier cells in order, then of the training cell, whose first is number
    `first`; masks are of their numbers. before: what names are bound to as that cell begins.
    past_mask: steps that code makes again; given_mask: studies, whose results stand.
    `rerun` may be asked several times."""

    def __init__(self, past: Past, tree: ast.Module, known: Known) -> None:
        self.past = past
        cells = with_given(in_order(past.cells), past.superseded)
        history = sorted([*past.cells, *past.superseded], key=lambda cell: cell.number)
        origins, kinds = _read_ahead(cells, history, tree, known)
        numbers = Numbers()
        self.machine = Machine(known, numbers, kinds, origins)
        _run_cells(self.machine, cells)
        self._live_machine = self.machine
        self._live_versions: dict[str, tuple[int, frozenset[int]]] = {}
        if history != list(cells):
            self._live_machine = Machine(known, numbers, kinds, origins)
            _run_cells(self._live_machine, history)
        else:
            for name in list(self.machine.names):
                self.live_of(name)
        self.before = dict(self.machine.names)
        self._held: dict[str, frozenset[int]] = {}
        self._holds = {found.id: found.holds for found in self.machine.objects}
        self.first = len(self.machine.steps)
        self.machine.training = True
        if past.seeded:
            self.machine.begin(0)
        for index, node in enumerate(tree.body):
            self.machine.run(node, ("training", index), 0, index)
        self.steps = self.machine.steps
        studies = {cell.number for cell in cells if cell.given}
        self.given_mask = sum(1 << i for i, s in enumerate(self.steps) if s.cell in studies)
        self.past_mask = ((1 << self.first) - 1) & ~self.given_mask
        self._training_mask = ((1 << len(self.steps)) - 1) & ~((1 << self.first) - 1)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """The statements of earlier cells on which the training cell depends, in order, whether
        a trial runs them again or not."""
        return tuple(
            Reached(step.cell, step.index, *lines_of(step.node), step.binds)
            for i, step in enumerate(self.steps[: self.first])
            if self.reached_mask & self.past_mask & 1 << i
        )

    @cached_property
    def reached_mask(self) -> int:
        return self.behind(self._training_mask)

    def behind(self, mask: int) -> int:
        """These statements and all that they depend on."""
        for i in range(len(self.steps) - 1, -1, -1):
            if mask >> i & 1:
                for read in self.steps[i].reads:
                    mask |= producers(read)
        return mask

    def rerun(
        self,
        tuned: Collection[Place],
        also_reads: Collection[str] = (),
        told: Collection[Place] = (),
        unfit: Collection[str] = (),
    ) -> Slice:
        """The slice of a study in which the values at these places are searched. also_reads:
        names that choices or objectives mention. told: places of the loops and expressions
        that report, which are changed in trials too. unfit: names whose objects can't be
        inherited, so that they are built anew where that is possible."""
        return RunAgain(self, tuned, also_reads, told, unfit).slice()

    def live_of(self, name: str) -> tuple[int, frozenset[int]]:
        """The versions that the session has: of the binding, of the objects behind it."""
        found = self._live_versions.get(name)
        if found is None:
            machine = self._live_machine
            bound = machine.look_up(name)
            versions = frozenset(machine.objects[i].version for i in machine.reach(bound.objects))
            found = (bound.version, versions)
            self._live_versions[name] = found
        return found

    def held_before(self, name: str) -> frozenset[int]:
        """The objects behind a name when the training cell begins. What only that cell puts
        into them it reads under another name."""
        found = self._held.get(name)
        if found is None:
            bound = self.before.get(name)
            objects = () if bound is None else bound.objects
            found = frozenset(i for one in objects for i in reached_from(one, self._holds))
            self._held[name] = found
        return found


def _run_cells(machine: Machine, cells: Iterable[Executed]) -> None:
    for cell in cells:
        if cell.seeded:
            machine.begin(cell.number)
        if cell.given:
            machine.run(
                given_back(cell, machine.known.kinds), ("given", cell.number), cell.number, 0
            )
            continue
        for index, (node, text) in enumerate(_statements(cell)):
            machine.run(node, text, cell.number, index, doubtful=cell.failed)


def _statements(cell: Executed) -> Iterator[tuple[ast.stmt, Any]]:
    """Each with a text that is the same for statements that read alike."""
    try:
        body = parsed(cell.source, cell.number).body
    except (SyntaxError, ValueError):  # a failed execution may be anything
        return
    lines = cell.source.split("\n")
    for node in body:
        first, last = lines_of(node)
        yield node, ("\n".join(lines[first - 1 : last]), node.col_offset, node.end_col_offset)


def _read_ahead(
    cells: Collection[Executed], history: Collection[Executed], tree: ast.Module, known: Known
) -> tuple[dict[str, str], Kinds]:
    """Origins of imported names, and which names have which statement last."""
    origins: dict[str, str] = {}
    last: dict[str, Any] = {}
    several: set[str] = set()
    for cell in history:
        for node, text in _statements(cell):
            if isinstance(node, ast.Import | ast.ImportFrom):
                origins.update(origins_in([node]))
            elif not isinstance(node, ast.Assign | ast.Expr):
                origins.update(origins_in(walk(node)))
            for name in stored([node]):
                if last.get(name, text) != text:
                    several.add(name)
                last[name] = text
    origins.update(origins_in(walk(tree)))
    kinds = Kinds(known, last, several, set(sys.stdlib_module_names))
    kinds.imported = dict(origins)
    earlier = [node for cell in history for node, _ in _statements(cell)]
    kinds.note_made([*earlier, *tree.body])
    return {**origins, **known.surroundings.origins}, kinds
