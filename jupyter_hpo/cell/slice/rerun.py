"""The least set of statements that a trial runs again.

A trial may inherit what a statement reads when no tuned value reaches it, when the session's
object has the version that the statement would see, and when nothing that runs again makes or
changes it. Else the statements that make it run again, and what they read is looked at in the
same way, until nothing is added.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..captured import Place, Rerun
from ..program import contains
from .objects import GENERATORS, Bound, Read, Seen, Step, producers, reached_from
from .reasons import effects_of, names_in, notices_of, place_in
from .syntax import lines_of
from .values import Slice

if TYPE_CHECKING:
    from .trace import Trace


def came_back(name: str) -> str:
    """How the notice of a name begins that an earlier study bound."""
    return f"`{name}` came back from the study in"


class RunAgain:
    """Finds it by going round until it grows no more; asked once."""

    def __init__(
        self,
        traced: Trace,
        tuned: Collection[Place],
        also: Collection[str],
        told: Collection[Place],
        unfit: Collection[str],
    ) -> None:
        self.traced = traced
        self.machine = traced.machine
        self.steps = traced.steps
        self.past = traced.past_mask
        self.also = self._also(also)
        reached = traced.reached_mask
        for read in self.also:
            reached |= traced.behind(producers(read))
        self.reached = reached
        self.chosen = 0
        self.why: dict[int, str] = {}
        self.starts: set[int] = set()
        self.outside: dict[str, None] = {}
        self.trained: dict[str, None] = {}
        self.unfit = frozenset(unfit)
        values = self._with_places(tuned)
        self.by: dict[int, int] = {}
        self.differs = self._tainted(values)
        self.tuned = {**self._with_places(told), **values}
        self.told = self.tuned.keys() - values.keys()
        self.tainted = self._tainted(self.tuned)

    def _also(self, names: Collection[str]) -> list[Read]:
        found = []
        for name in sorted(names):
            for bound in (self.traced.before.get(name), self.machine.names.get(name)):
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
            for place in by_cell.get(step.cell, ()):
                if contains(step.node, place):
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
                hit = producers(read) & tainted
                if hit:
                    tainted |= 1 << i
                    self.by[i] = self.by[hit.bit_length() - 1]
                    break
        return tainted

    # the fixpoint ---------------------------------------------------------------------

    def slice(self) -> Slice:
        for i, place in self.tuned.items():
            if i < self.traced.first and self.reached >> i & 1:
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
            if not (i >= self.traced.first or self.chosen >> i & 1):
                continue
            step = self.steps[i]
            for one, events in step.changed:
                self._afresh(one, events, i, step)
            for read in step.reads:
                self._inherit_or_choose(read, i)

    def _afresh(self, one: int, events: int, i: int, step: Step) -> None:
        """What runs changes this object, so a trial builds it."""
        found = self.machine.objects[one]
        trained = i >= self.traced.first
        if found.name in GENERATORS or found.kind in ("module", "constant"):
            return
        if trained and found.kind == "data":
            return  # each trial has its own, and it stands as the cell would see it
        if found.made < 0 and trained and found.kind in ("library", "other"):
            self.outside[found.name] = None
        if trained and events & self.past:
            self.trained[found.name] = None
        whom = "this cell" if trained else f"In[{step.cell}], line {step.node.lineno},"
        self._choose(events, f"builds `{found.name}`, which {whom} changes")

    def _inherit_or_choose(self, read: Read, i: int) -> None:
        if read.name in GENERATORS:
            self._chance(read, i)
            return
        if read.name in self.unfit and read.binders & self.past:
            why = f"builds `{read.name}`, which can't travel to a worker"
            for seen in read.seen:
                self._choose(seen.events & self.past, why)
            self._choose(read.binders, why)
            return
        live, versions = self.traced.live_of(read.name)
        below = (1 << min(i, self.traced.first)) - 1
        hot: set[int] = set()
        why = ""
        trained = i >= self.traced.first
        before = self.traced.held_before(read.name)
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
                and made < self.traced.first
                and not (trained and seen.object not in before)
            ):
                why = why or self._stale(read.name, i)
            else:
                continue
            hot.add(seen.object)
        if hot:
            holds = {seen.object: seen.holds for seen in read.seen}
            for seen in read.seen:
                if seen.object in hot or hot & reached_from(seen.object, holds):
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
        who = "this cell" if i >= self.traced.first else self._at(i)
        return f"builds `{name}` as {who} sees it: it has changed since, or was run otherwise"

    def _at(self, i: int) -> str:
        return f"In[{self.steps[i].cell}], line {self.steps[i].node.lineno},"

    def _chance(self, read: Read, i: int) -> None:
        """A draw needs those before it, back to the seed or to recorded states."""
        if not read.seen:
            return
        seen = read.seen[0]
        state = self.machine.objects[seen.object]
        if i >= self.traced.first:
            if read.version < 0 or state.made >= self.traced.first:
                return
            _, versions = self.traced.live_of(read.name)
            used = seen.events & self.past & self.tainted
            if not used and seen.version in versions and not self._disturbed(read.name):
                return
        self._choose(seen.events & self.past, "draws random numbers before others that run again")
        if state.start:
            self.starts.add(state.start)

    def _disturbed(self, name: str) -> bool:
        """Whether something that runs again draws, seeds, or begins with recorded states."""
        seeded = {cell.number for cell in self.traced.past.cells if cell.seeded}
        for i, step in enumerate(self.steps[: self.traced.first]):
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
                *lines_of(step.node),
                self.why[i],
                effects_of(step, self.machine),
                bool(self.differs >> i & 1),
            )
            for i, step in enumerate(self.steps[: self.traced.first])
            if self.chosen >> i & 1
        )
        concerned = [
            step
            for i, step in enumerate(self.steps)
            if self.reached >> i & 1 or i >= self.traced.first
        ]
        known = self.machine.binders.keys() | self.machine.known.kinds.keys()
        notices = notices_of(concerned, known)
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
            tuple(name for name in self.trained if name),
        )

    def _from_studies(self) -> list[str]:
        """What came back from studies of other cells."""
        found: dict[tuple[str, int], None] = {}
        for i, step in enumerate(self.steps):
            if i >= self.traced.first or self.chosen >> i & 1:
                for read in step.reads:
                    given = read.binders & self.traced.given_mask
                    if given:
                        found[read.name, self.steps[given.bit_length() - 1].cell] = None
        return [
            f"{came_back(name)} In[{cell}]: every trial takes it as it stands."
            for name, cell in sorted(found)
        ]

    def _inherited(self) -> set[str]:
        found: set[str] = set()
        for i, step in enumerate(self.steps):
            if i >= self.traced.first or self.chosen >> i & 1:
                found |= {r.name for r in step.reads if not r.binders & ~self.past}
        found |= {read.name for read in self.also}
        return {
            name
            for name in found
            if name not in GENERATORS
            and not self.machine.binders.get(name, 0) & self.chosen
            and name in self.traced.before
        }
