"""What the training cell depends on, and which of it a trial runs again.

`trace` runs the cells in the abstract (`machine`): once in the order of *Restart and run all*,
and, where the session went another way, once as it went. A trial may inherit what a statement
reads when no tuned value reaches it, when the session's object has the version that the
statement would see, and when nothing that runs again makes or changes it. Else the statements
that make it run again, and what they read is looked at in the same way, until nothing is added.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from ..captured import Place, Rerun
from ..effects import origins_in
from ..scopes import stored, walk
from ..source import parsed
from .kinds import Kinds
from .machine import GENERATORS, Bound, Machine, Numbers, Read, Seen, Step
from .order import given_back, in_order, with_given
from .reasons import effects_of, names_in, notices_of, place_in
from .values import Executed, Known, Past, Reached, Slice


def trace(past: Past, tree: ast.Module, known: Known) -> Trace:
    """Read the session and the training cell (cell 0) once; raises nothing for code that
    parses. Near linear in the number of statements."""
    return Trace(past, tree, known)


class Trace:
    """reached: the statements of earlier cells on which the training cell depends, in order.
    `rerun` may be asked several times."""

    def __init__(self, past: Past, tree: ast.Module, known: Known) -> None:
        self._past = past
        self._known = known
        cells = with_given(in_order(past.cells), past.superseded)
        history = sorted([*past.cells, *past.superseded], key=lambda cell: cell.number)
        origins, kinds = _read_ahead(cells, history, tree, known)
        numbers = Numbers()
        self._machine = Machine(known, numbers, kinds, origins)
        _run_cells(self._machine, cells)
        self._live = self._machine.names
        self._live_machine = self._machine
        self._live_versions: dict[str, tuple[int, frozenset[int]]] = {}
        if history != list(cells):
            self._live_machine = Machine(known, numbers, kinds, origins)
            _run_cells(self._live_machine, history)
        else:
            for name in list(self._machine.names):
                self._live_of(name)
        self._before = dict(self._machine.names)
        self._held: dict[str, frozenset[int]] = {}
        self._holds = {found.id: found.holds for found in self._machine.objects}
        self._first = len(self._machine.steps)
        self._machine.training = True
        if past.seeded:
            self._machine.begin(0)
        for index, node in enumerate(tree.body):
            self._machine.run(node, ("training", index), 0, index)
        self._steps = self._machine.steps
        studies = {cell.number for cell in cells if cell.given}
        self._given_mask = sum(1 << i for i, s in enumerate(self._steps) if s.cell in studies)
        self._past_mask = ((1 << self._first) - 1) & ~self._given_mask
        self._training_mask = ((1 << len(self._steps)) - 1) & ~((1 << self._first) - 1)

    @cached_property
    def reached(self) -> tuple[Reached, ...]:
        """All of them, whether a trial runs them again or not."""
        return tuple(
            Reached(step.cell, step.index, *_lines(step.node), step.binds)
            for i, step in enumerate(self._steps[: self._first])
            if self._reached_mask & self._past_mask & 1 << i
        )

    @cached_property
    def _reached_mask(self) -> int:
        return self._behind(self._training_mask)

    def _behind(self, mask: int) -> int:
        """These statements and all that they depend on."""
        for i in range(len(self._steps) - 1, -1, -1):
            if mask >> i & 1:
                for read in self._steps[i].reads:
                    mask |= _producers(read)
        return mask

    def rerun(
        self,
        tuned: Collection[Place],
        also_reads: Collection[str] = (),
        told: Collection[Place] = (),
    ) -> Slice:
        """The slice of a study in which the values at these places are searched. also_reads:
        names that choices or objectives mention. told: places of the loops and expressions
        that report, which are changed in trials too."""
        return _Rerun(self, tuned, also_reads, told).slice()

    def _live_of(self, name: str) -> tuple[int, frozenset[int]]:
        """The versions that the session has: of the binding, of the objects behind it."""
        found = self._live_versions.get(name)
        if found is None:
            machine = self._live_machine
            bound = machine.look_up(name)
            versions = frozenset(machine.objects[i].version for i in machine.reach(bound.objects))
            found = (bound.version, versions)
            self._live_versions[name] = found
        return found

    def _held_before(self, name: str) -> frozenset[int]:
        """The objects behind a name when the training cell begins. What only that cell puts
        into them it reads under another name."""
        found = self._held.get(name)
        if found is None:
            bound = self._before.get(name)
            objects = () if bound is None else bound.objects
            found = frozenset(i for one in objects for i in _reached_from(one, self._holds))
            self._held[name] = found
        return found


class _Rerun:
    """The least set of statements, found by going round until it grows no more."""

    def __init__(
        self,
        traced: Trace,
        tuned: Collection[Place],
        also: Collection[str],
        told: Collection[Place],
    ) -> None:
        self.traced = traced
        self.machine = traced._machine
        self.steps = traced._steps
        self.past = traced._past_mask
        self.also = self._also(also)
        reached = traced._reached_mask
        for read in self.also:
            reached |= traced._behind(_producers(read))
        self.reached = reached
        self.chosen = 0
        self.why: dict[int, str] = {}
        self.starts: set[int] = set()
        self.outside: dict[str, None] = {}
        values = self._with_places(tuned)
        self.by: dict[int, int] = {}
        self.differs = self._tainted(values)
        self.tuned = {**self._with_places(told), **values}
        self.told = self.tuned.keys() - values.keys()
        self.tainted = self._tainted(self.tuned)

    def _also(self, names: Collection[str]) -> list[Read]:
        found = []
        for name in sorted(names):
            for bound in (self.traced._before.get(name), self.machine.names.get(name)):
                if bound is not None:
                    found.append(self._read_now(name, bound))
        return found

    def _read_now(self, name: str, bound: Bound) -> Read:
        seen = []
        for one in self.machine.reach(bound.objects):
            found = self.machine.objects[one]
            seen.append(Seen(one, found.events, found.version, found.holds))
        return Read(name, bound.binders, bound.version, tuple(seen))

    # taint ----------------------------------------------------------------------------

    def _with_places(self, tuned: Collection[Place]) -> dict[int, Place]:
        by_cell: dict[int, list[Place]] = {}
        for place in tuned:
            by_cell.setdefault(place.cell, []).append(place)
        found: dict[int, Place] = {}
        for i, step in enumerate(self.steps):
            first, last = _lines(step.node)
            for place in by_cell.get(step.cell, ()):
                if first <= place.line <= last and _within(place, step.node):
                    found.setdefault(i, place)
        return found

    def _tainted(self, sources: Collection[int]) -> int:
        tainted = 0
        for i, step in enumerate(self.steps):
            if i in sources:
                tainted |= 1 << i
                self.by[i] = i
                continue
            for read in step.reads:
                hit = _producers(read) & tainted
                if hit:
                    tainted |= 1 << i
                    self.by[i] = self.by[hit.bit_length() - 1]
                    break
        return tainted

    # the fixpoint ---------------------------------------------------------------------

    def slice(self) -> Slice:
        for i, place in self.tuned.items():
            if i < self.traced._first and self.reached >> i & 1:
                what = "what reports" if i in self.told else "a tuned value"
                self._choose(1 << i, f"{what} stands here: {place_in(place, place.cell)}")
        before = -1
        while before != self._state():
            before = self._state()
            self._go_round()
        return self._said()

    def _state(self) -> int:
        return (self.chosen << 1 | 1) << len(self.starts)

    def _choose(self, mask: int, why: str) -> None:
        new = mask & self.past & ~self.chosen
        self.chosen |= new
        while new:
            i = new.bit_length() - 1
            new &= ~(1 << i)
            reason = why
            if self.tainted >> i & 1 and i not in self.tuned:
                what = (
                    "uses what reports" if self.by[i] in self.told else "a tuned value reaches it"
                )
                reason = f"{what}: {self._origin(i)}"
            self.why.setdefault(i, reason)

    def _origin(self, i: int) -> str:
        source = self.by[i]
        binds = sorted(self.steps[source].binds)
        place = self.tuned[source]
        at = place_in(place, self.steps[i].cell)
        return f"{names_in(binds, 2)} ({at})" if binds else at

    def _go_round(self) -> None:
        for read in self.also:
            self._inherit_or_choose(read, len(self.steps))
        for i in range(len(self.steps) - 1, -1, -1):
            if not (i >= self.traced._first or self.chosen >> i & 1):
                continue
            step = self.steps[i]
            for one, events in step.changed:
                self._afresh(one, events, i, step)
            for read in step.reads:
                self._inherit_or_choose(read, i)

    def _afresh(self, one: int, events: int, i: int, step: Step) -> None:
        """What runs changes this object, so a trial builds it."""
        found = self.machine.objects[one]
        trained = i >= self.traced._first
        if found.name in GENERATORS or found.kind in ("module", "constant"):
            return
        if trained and found.kind == "data":
            return  # each trial has its own, and it stands as the cell would see it
        if found.made < 0 and trained and found.kind in ("library", "other"):
            self.outside[found.name] = None
        whom = "this cell" if trained else f"In[{step.cell}], line {step.node.lineno},"
        self._choose(events, f"builds `{found.name}`, which {whom} changes")

    def _inherit_or_choose(self, read: Read, i: int) -> None:
        if read.name in GENERATORS:
            self._chance(read, i)
            return
        live, versions = self.traced._live_of(read.name)
        below = (1 << min(i, self.traced._first)) - 1
        hot: set[int] = set()
        why = ""
        trained = i >= self.traced._first
        before = self.traced._held_before(read.name)
        for seen in read.seen:
            events = seen.events & self.past
            made = self.machine.objects[seen.object].made
            if events & self.tainted:
                why = why or "made of what a tuned value reaches"
            elif events & self.chosen:
                why = why or f"part of `{read.name}`, which is built afresh"
            elif (
                seen.version >= 0
                and seen.version not in versions
                and made < self.traced._first
                and not (trained and seen.object not in before)
            ):
                why = why or self._stale(read.name, i)
            else:
                continue
            hot.add(seen.object)
        if hot:
            holds = {seen.object: seen.holds for seen in read.seen}
            for seen in read.seen:
                if seen.object in hot or hot & _reached_from(seen.object, holds):
                    self._choose(seen.events & self.past, why)
            self._choose(read.binders, why)
            return
        binders = read.binders & self.past
        if binders & self.tainted or binders & self.chosen:
            self._choose(binders, f"binds `{read.name}`, which is built afresh")
        elif read.version >= 0 and read.version != live:
            self._choose(binders, self._stale(read.name, i))
        elif self.machine.binders.get(read.name, 0) & self.chosen & below:
            self._choose(binders, f"binds `{read.name}` anew, as the cells do")

    def _stale(self, name: str, i: int) -> str:
        who = "this cell" if i >= self.traced._first else self._at(i)
        return f"builds `{name}` as {who} sees it: it has changed since, or was run otherwise"

    def _at(self, i: int) -> str:
        return f"In[{self.steps[i].cell}], line {self.steps[i].node.lineno},"

    def _chance(self, read: Read, i: int) -> None:
        """A draw needs those before it, back to the seed or to recorded states."""
        if not read.seen:
            return
        seen = read.seen[0]
        state = self.machine.objects[seen.object]
        if i >= self.traced._first:
            if read.version < 0 or state.made >= self.traced._first:
                return
            _, versions = self.traced._live_of(read.name)
            used = seen.events & self.past & self.tainted
            if not used and seen.version in versions and not self._disturbed(read.name):
                return
        self._choose(seen.events & self.past, "draws random numbers before others that run again")
        if state.start:
            self.starts.add(state.start)

    def _disturbed(self, name: str) -> bool:
        """Whether something that runs again draws, seeds, or begins with recorded states."""
        seeded = {cell.number for cell in self.traced._past.cells if cell.seeded}
        for i, step in enumerate(self.steps[: self.traced._first]):
            if self.chosen >> i & 1 and (
                name in step.draws or name in step.seeds or step.cell in seeded
            ):
                return True
        return False

    # what is said ---------------------------------------------------------------------

    def _said(self) -> Slice:
        statements = tuple(
            Rerun(
                step.cell,
                step.index,
                *_lines(step.node),
                self.why[i],
                effects_of(step, self.machine),
                bool(self.differs >> i & 1),
            )
            for i, step in enumerate(self.steps[: self.traced._first])
            if self.chosen >> i & 1
        )
        concerned = [
            step
            for i, step in enumerate(self.steps)
            if self.reached >> i & 1 or i >= self.traced._first
        ]
        notices = notices_of(concerned)
        for name in self.outside:
            notices.append(
                f"`{name}` is changed here, and no cell that has run says how it is built: every "
                "trial begins with it as it stands."
            )
        notices += self._from_studies()
        with_part = {s.cell for s in statements}
        return Slice(
            statements,
            tuple(notices),
            tuple(sorted(self._inherited())),
            tuple(sorted(self.starts - with_part)),
        )

    def _from_studies(self) -> list[str]:
        """What came back from studies of other cells."""
        found: dict[tuple[str, int], None] = {}
        for i, step in enumerate(self.steps):
            if i >= self.traced._first or self.chosen >> i & 1:
                for read in step.reads:
                    given = read.binders & self.traced._given_mask
                    if given:
                        found[read.name, self.steps[given.bit_length() - 1].cell] = None
        return [
            f"`{name}` came back from the study in In[{cell}]: every trial takes it as it stands."
            for name, cell in sorted(found)
        ]

    def _inherited(self) -> set[str]:
        found: set[str] = set()
        for i, step in enumerate(self.steps):
            if i >= self.traced._first or self.chosen >> i & 1:
                found |= {r.name for r in step.reads if not r.binders & ~self.past | 0}
        found |= {read.name for read in self.also}
        return {
            name
            for name in found
            if name not in GENERATORS
            and not self.machine.binders.get(name, 0) & self.chosen
            and not (name not in self.traced._before)
        }


# helpers ----------------------------------------------------------------------------------


def _producers(read: Read) -> int:
    mask = read.binders
    for seen in read.seen:
        mask |= seen.events
    return mask


def _reached_from(one: int, holds: dict[int, frozenset[int]]) -> set[int]:
    stack, found = [one], {one}
    while stack:
        for held in holds.get(stack.pop(), ()):
            if held not in found:
                found.add(held)
                stack.append(held)
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
        first, last = _lines(node)
        yield node, ("\n".join(lines[first - 1 : last]), node.col_offset, node.end_col_offset)


def _lines(node: Any) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", None) or ()
    return min([node.lineno, *(d.lineno for d in decorators)]), node.end_lineno or node.lineno


def _within(place: Place, node: Any) -> bool:
    first, last = _lines(node)
    begin = (first, 0 if first < node.lineno else node.col_offset)
    end = (last, node.end_col_offset or 0)
    return begin <= (place.line, place.col) and (place.end_line, place.end_col) <= end


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
    return {**origins, **known.surroundings.origins}, kinds
