"""The session run in the abstract: statement by statement, names bound to objects with versions.

Every object knows which statements made and changed it; every read of a statement records
what it saw. Versions are value numbers (Alpern, Wegman and Zadeck, 1988): what a statement
makes is numbered by its text and by the versions of all it reads. Two machines that share
their numbers can so be compared: one runs the cells as *Restart and run all* would, the other
as the session really went; an object with the same number in both is as it should be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from ..effects import (
    Facts,
    facts_of_calling,
    facts_of_later,
    facts_of_running,
    is_definition,
)
from ..names import KNOWN
from ..scopes import FUNCTIONS, stored, walk
from .bodies import of_definition, of_function, of_statement
from .chance import chance_of
from .flow import NOTHING, Definition, Doing, Surround
from .kinds import Kinds
from .manners import changes
from .objects import RECORDED, Bound, Numbers, Object, Read, Seen, Step
from .syntax import at_once_in, in_loops, syntax_of, unbound
from .values import Known, ObjectKind

_ACTIVE = (
    *(ast.Call, ast.BinOp, ast.Subscript, ast.Compare, ast.For, ast.AsyncFor, ast.With),
    *(ast.AsyncWith, ast.AugAssign, ast.Attribute, ast.UnaryOp, ast.Await, ast.comprehension),
)
_LATER = (*FUNCTIONS.__args__, ast.ClassDef, ast.GeneratorExp)  # type: ignore[attr-defined]
_CODE = ("module", "type", "callable")


class Machine:
    """last: name -> text of the statement that bound it last in the session."""

    def __init__(self, known: Known, numbers: Numbers, kinds: Kinds, origins: dict[str, str]):
        self.known = known
        self.numbers = numbers
        self.kinds = kinds
        self.origins = origins
        self.names: dict[str, Bound] = {}
        self.objects: list[Object] = []
        self.steps: list[Step] = []
        self.binders: dict[str, int] = {}
        self.open = 0  # statements that may bind names unseen: star imports, exec
        self.training = False
        self._late: dict[int, tuple[ast.AST, Facts]] = {}
        self._code: dict[int, ast.AST] = {}
        self.surround = Surround(
            origins, self._definition, self._kind, self._is_library, of_function
        )

    # what is known of names -----------------------------------------------------------

    def _definition(self, name: str) -> Definition | None:
        bound = self.names.get(name)
        if bound is None or len(bound.objects) != 1:
            return None
        return self.objects[bound.objects[0]].node

    def _kind(self, name: str) -> ObjectKind | None:
        bound = self.names.get(name)
        if bound is None:
            return self.known.kinds.get(name)
        if bound.kind is not None:
            return bound.kind
        kinds = {self.objects[i].kind for i in bound.objects}
        return kinds.pop() if len(kinds) == 1 else None

    def _is_library(self, name: str) -> bool:
        return name in KNOWN or self.kinds.is_library(name)

    def look_up(self, name: str) -> Bound:
        """What the name is bound to; what no statement bound stands as the session has it."""
        bound = self.names.get(name)
        if bound is None:
            kind = self.known.kinds.get(name)
            made = self._make(-1, kind, name, self.numbers.of("outside", name))
            behind = self.known.surroundings.behind.get(name)
            made.late = behind
            made.events = self.open
            bound = Bound((made.id,), self.open, made.version, kind)
            self.names[name] = bound
        return bound

    def _make(self, made: int, kind: ObjectKind | None, name: str, version: int) -> Object:
        found = Object(len(self.objects), made, kind, name, version)
        self.objects.append(found)
        return found

    def reach(self, objects: Iterable[int]) -> list[int]:
        """These objects and all that they may hold."""
        stack = list(objects)
        found = dict.fromkeys(stack)
        while stack:
            for held in self.objects[stack.pop()].holds:
                if held not in found:
                    found[held] = None
                    stack.append(held)
        return list(found)

    # a statement ----------------------------------------------------------------------

    def begin(self, number: int) -> None:
        """A cell begins whose random states are recorded."""
        for name in RECORDED:
            version = self.numbers.of("recorded", name, number)
            state = self._make(-1, None, name, version)
            state.start = number
            self.names[name] = Bound((state.id,), 0, version, None)

    def run(
        self, node: ast.stmt, text: Any, cell: int, index: int, *, doubtful: bool = False
    ) -> Step:
        """text: the same for statements that read alike. doubtful: it may have failed."""
        step = Step(cell, index, node)
        ordinal = len(self.steps)
        self.steps.append(step)
        syntax = syntax_of(node)
        nodes, types, use = [node, *syntax.below], syntax.types, syntax.use
        definition = is_definition(node)
        if definition:  # what it does when it is used is known when it is used
            nodes, types = at_once_in(node)
        active = not types.isdisjoint(_ACTIVE)
        calls = ast.Call in types
        doing = Doing()
        if active or not definition:
            doing = (of_definition if definition else of_statement)(node, self.surround)
        own = facts_of_running(node, self.origins) if calls else Facts()
        names = set(use.at_once if definition else use.free) | use.hinted
        fresh = set(use.assigned) - use.free  # its own objects by the time it changes them
        changed = {change for change in doing.changes if change[0] not in fresh}
        names |= {name for name, _ in changed} | doing.holds.keys() - fresh
        late = self._closure(names, active)
        seeds, draws = chance_of(node, own, late, nodes, self.surround) if calls else (set(), set())
        step.draws, step.seeds = frozenset(draws), frozenset(seeds)
        names |= {g for g in draws if g in self.names}
        step.unread = doing.unread
        self._read(step, names)
        inputs = tuple(
            (r.name, r.version, tuple(sorted(s.version for s in r.seen)))
            for r in sorted(step.reads, key=lambda r: r.name)
        )
        version = self.numbers.of(text, inputs, ordinal if doubtful else None)
        self._change(step, ordinal, version, changed, late, draws - seeds)
        if definition:
            self._define(step, ordinal, version, node)
            self._hold(doing)  # a decorator may put it away
        else:
            self._hold(doing)
            self._bind(step, ordinal, version, node, text, use, doing, late, types, doubtful)
        for name in seeds:
            state = self._make(ordinal, None, name, self.numbers.of(version, name))
            self._set(name, Bound((state.id,), 1 << ordinal, state.version, None), ordinal)
        self._unseen(step, ordinal, node, use.dynamic, late)
        step.binds = frozenset(use.assigned) if not definition else frozenset(stored([node]))
        return step

    def _closure(self, names: set[str], active: bool) -> list[Facts]:
        """What code behind the names may do; names that it reads are added to them."""
        for name in list(names):
            if name in KNOWN and name not in self.names and name not in self.known.kinds:
                names.discard(name)
        found: list[Facts] = []
        if not active:
            return found
        todo, seen = list(names), set()
        while todo:
            for one in self.reach(self.look_up(todo.pop()).objects):
                facts = self.objects[one].late
                if facts is None or one in seen:
                    continue
                seen.add(one)
                found.append(facts)
                for name in facts.mentions:
                    if name in names or "." in name or " " in name:
                        continue
                    if name in self.names or (name in self.known.kinds) or name not in KNOWN:
                        names.add(name)
                        todo.append(name)
        return found

    def _read(self, step: Step, names: Iterable[str]) -> None:
        for name in names:
            bound = self.look_up(name)
            seen = []
            for one in self.reach(bound.objects):
                found = self.objects[one]
                seen.append(Seen(one, found.events, found.version, found.holds))
            step.reads.append(Read(name, bound.binders, bound.version, tuple(seen)))

    # changes --------------------------------------------------------------------------

    def _change(
        self,
        step: Step,
        ordinal: int,
        version: int,
        done: set[tuple[str, str]],
        late: list[Facts],
        draws: set[str],
    ) -> None:
        done = done.union(*map(self._changes_of, late))
        changed: dict[int, None] = {}
        for name, how in done:
            changed.update(dict.fromkeys(self._changed(name, how)))
        for name in draws:
            if name in self.names:
                changed.update(dict.fromkeys(self.names[name].objects))
        for one in changed:
            found = self.objects[one]
            step.changed.append((one, found.events))
            found.events |= 1 << ordinal
            if not self.training:
                found.version = self.numbers.of(version, found.version)

    def _changed(self, name: str, how: str) -> Iterator[int]:
        """The objects that this may change."""
        name, part = name.rstrip("."), name[-1] == "."
        if name in KNOWN and name not in self.names:
            return
        bound = self.look_up(name)
        if how == "iterated":
            yield from (i for i in self.reach(bound.objects) if self.objects[i].iterator)
            return
        direct = bound.objects
        if part:
            inner = [i for i in self.reach(direct) if i not in direct]
            direct += tuple(i for i in inner if self.objects[i].kind not in _CODE)
        for one in direct:
            kind = self.objects[one].kind if part else bound.kind or self.objects[one].kind
            if not changes(kind, how):
                continue
            yield one
            if how == "set" or (how[0] == "." and self.surround.is_shallow(how[1:])):
                continue
            for held in self.reach((one,)):
                if how == "stepped" and not self.objects[held].iterator:
                    continue
                if held != one and changes(self.objects[held].kind, "deep"):
                    yield held

    def _changes_of(self, facts: Facts) -> set[tuple[str, str]]:
        """What functions change of the names around them when they are called."""
        node = self._code.get(id(facts))
        if node is None:
            return set()
        methods = [s for s in walk(node) if isinstance(s, FUNCTIONS)]
        if isinstance(node, ast.ClassDef):
            methods = [s for s in node.body if isinstance(s, FUNCTIONS)]
        else:
            methods = methods[:1]
        found: set[tuple[str, str]] = set()
        for method in methods:
            doing = self.surround.of_function(method)
            if doing is not None:
                found |= {c for c in doing.changes if c[0][0] != "@"}
        return found

    def _hold(self, doing: Doing) -> None:
        for name, kept in doing.holds.items():
            held = self._held(kept)
            for one in self._behind((name,)):
                if self.objects[one].kind not in ("constant", *_CODE):
                    self.objects[one].holds |= held - {one}

    def _behind(self, names: Iterable[str]) -> Iterator[int]:
        """The objects that these names, or parts of what they are bound to, may be."""
        for name in names:
            root = name.rstrip(".")
            if root in KNOWN and root not in self.names:
                continue
            objects = self.look_up(root).objects
            yield from self.reach(objects) if name[-1] == "." else objects

    def _held(self, names: Iterable[str], data: bool = False) -> frozenset[int]:
        if data:
            names = [n for n in names if self._kind(n.rstrip(".")) not in ("library", *_CODE)]
        found = set(self._behind(names))
        return frozenset(i for i in found if self.objects[i].kind not in ("constant", "module"))

    # bindings -------------------------------------------------------------------------

    def _set(self, name: str, bound: Bound, ordinal: int) -> None:
        self.names[name] = bound
        self.binders[name] = self.binders.get(name, 0) | 1 << ordinal

    def _define(self, step: Step, ordinal: int, version: int, node: Any) -> None:
        name = stored([node])[0]
        made = self._make(ordinal, None, name, self.numbers.of(version, name))
        made.kind = "type" if isinstance(node, ast.ClassDef) else "callable"
        code: Any = node.value if isinstance(node, ast.Assign) else node
        made.node = code
        made.late = self._facts(node)
        if isinstance(node, ast.ClassDef):
            self.surround.methods |= set(stored(node.body))
        made.holds = frozenset(
            seen.object
            for read in step.reads
            for seen in read.seen
            if self.objects[seen.object].kind not in ("constant", "module")
        )
        self.surround.forget()
        self._set(name, Bound((made.id,), 1 << ordinal, made.version, made.kind), ordinal)
        if self.training:
            made.version = -1
            self.names[name] = Bound((made.id,), 1 << ordinal, -1, made.kind)

    def _facts(self, node: ast.AST) -> Facts:
        known = self._late.get(id(node))
        if known is None:
            known = (node, facts_of_calling(node, self.origins))
            self._late[id(node)] = known
            self._code[id(known[1])] = node
        return known[1]

    def _bind(
        self,
        step: Step,
        ordinal: int,
        version: int,
        node: ast.stmt,
        text: Any,
        use: Any,
        doing: Doing,
        late: list[Facts],
        types: set[type],
        doubtful: bool,
    ) -> None:
        bit = 1 << ordinal
        later = None
        if not types.isdisjoint(_LATER):
            later = facts_of_later(node, self.origins)
        written = {m[7:] for facts in late for m in facts.mentions if m.startswith("global ")}
        names = dict.fromkeys([*doing.binds, *use.assigned, *written])
        sure = use.sure - in_loops(node)
        values: list[tuple[str, Bound]] = []
        for name in names:
            old = self.names.get(name)
            value = doing.binds.get(name, NOTHING)
            kind = self.kinds.of(name, node, text, self.training, self._kind)
            number = -1 if self.training else self.numbers.of(version, name)
            objects: set[int] = set()
            if kind != "constant":
                alias = value.alias
                if kind == "data":  # what an estimator's method gives isn't the estimator
                    alias = frozenset(n for n in alias if self._kind(n) != "library")
                objects.update(self._behind(alias))
            if not objects or value.made:
                made = self._make(ordinal, kind, name, number)
                if kind != "constant":
                    made.holds = self._held(value.made, data=kind == "data")
                made.late = later
                made.iterator = self.kinds.makes_iterator(node, kind, self._definition)
                objects.add(made.id)
            binders = bit
            if (name not in sure or doubtful) and old is not None:
                objects.update(old.objects)
                binders |= old.binders
                if self.training:
                    number = old.version
                else:
                    number = self.numbers.of(number, old.version)
            values.append((name, Bound(tuple(sorted(objects)), binders, number, kind)))
        for name, bound in values:
            if bound.objects and self._definition(name) is not None:
                self.surround.forget()
            self._set(name, bound, ordinal)
        for name in unbound(node):
            number = -1 if self.training else self.numbers.of(version, name, "unbound")
            binders = bit
            old = self.names.get(name)
            if old is not None and not isinstance(node, ast.Delete):
                binders |= old.binders
            self._set(name, Bound((), binders, number, None), ordinal)

    def _unseen(
        self, step: Step, ordinal: int, node: ast.stmt, dynamic: bool, late: list[Facts]
    ) -> None:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            self.open |= 1 << ordinal
            step.opaque = f"`from {node.module} import *` may bind any name"
        elif dynamic:
            self.open |= 1 << ordinal
            step.opaque = "it runs code, or reaches names, that can't be read here"
        elif any("may read or run anything in the notebook" in f.effects for f in late):
            step.opaque = "a function that it calls may reach any name of the notebook"
