"""Which names a cell binds, reads, and reads before it has bound them.

A walk over the module's statements in the order of the text, with two sets: the names that
are surely bound at a point (they need not travel from the notebook) and those that may be
(reading any other is an error). Bodies of functions run later: what they read from outside
is collected apart.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .scopes import (
    COMPREHENSIONS,
    FUNCTIONS,
    alias_name,
    arguments_of,
    at_once,
    children,
    class_reads,
    comprehension_reads,
    outer_reads,
    own_scope,
    stored,
    stores,
    walk,
)
from .strings import code_in_strings

KNOWN = frozenset(dir(builtins)) | {
    "__annotations__",
    "__builtins__",
    "__doc__",
    "__file__",
    "__name__",
    "__spec__",
    "display",
    "exit",
    "get_ipython",
    "quit",
}
"""Names every cell can read: Python's builtins and what IPython adds to them."""

_DYNAMIC = {"exec", "eval", "globals", "locals", "vars"}
_DATA = re.compile(
    r"[Xxy](?:_?\w{1,6}|_train\w*)?\Z|.*(?:data|dataset|loader|labels|targets|inputs)\Z"
)


@dataclass
class NameUse:
    """What the walk found.

    early: reads at module level of names that nothing before can have bound, (name, line).
    late: reads in functions of names that the cell binds nowhere, (name, line). free: names
    that may be read before the cell binds them, functions included; at_once: those of them
    that not only functions read. hinted: those that only
    strings mention (`!echo {name}`): free if the notebook has them. assigned: bound at the
    top level, in order. modules: those of them bound by an import; definitions: by def or
    class. loaded: every name read anywhere, in strings too. sure: bound for certain at the
    end. trained: objects of the notebook that a top-level call may change. dynamic: star
    imports, exec or globals() make `early` guesswork.
    """

    early: list[tuple[str, int]] = field(default_factory=list)
    late: list[tuple[str, int]] = field(default_factory=list)
    free: set[str] = field(default_factory=set)
    at_once: set[str] = field(default_factory=set)
    hinted: set[str] = field(default_factory=set)
    assigned: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    definitions: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)
    trained: list[str] = field(default_factory=list)
    dynamic: bool = False

    @property
    def variables(self) -> list[str]:
        """Assigned names that are no import, function or class."""
        return [n for n in self.assigned if n not in self.modules | self.definitions]


def use_of_names(tree: ast.Module) -> NameUse:
    """Builtins are left out of `early`, `late` and `free`."""
    walker = _Module(tree)
    walker.block(tree.body)
    return walker.result()


def reads(node: ast.expr) -> set[str]:
    """The outer names an expression reads, builtins left out."""
    walker = _Module(ast.Module([], []))
    walker.expression(node)
    found = {name for name, _ in walker.reads} | {name for name, _ in walker.deferred}
    return {name for name in found if name not in KNOWN}


class _Module:
    """The walk over module scope."""

    def __init__(self, tree: ast.Module) -> None:
        self.reads: list[tuple[str, int]] = []
        self.deferred: list[tuple[str, int]] = []
        self.early: list[tuple[str, int]] = []
        self.free: set[str] = set()
        self.hinted: set[str] = set()
        self.called: set[int] = set()
        self.sure: set[str] = set()
        self.maybe: set[str] = set()
        self.order: dict[str, None] = {}
        self.deleted: set[str] = set()
        self.modules: set[str] = set()
        self.definitions: set[str] = set()
        self.trained: dict[str, None] = {}
        self.dynamic = False
        self.tolerant = 0
        self.in_loop = 0
        self.later_annotations = any(
            isinstance(s, ast.ImportFrom) and s.module == "__future__" for s in tree.body
        )
        self.tree = tree

    def result(self) -> NameUse:
        bound = set(self.order)
        late = [r for r in self.deferred if r[0] not in bound and r[0] not in KNOWN]
        at_once = set(self.free)
        self.free |= {name for name, _ in late}
        loaded: set[str] = set()
        for node in walk(self.tree):
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    loaded.add(node.id)
            elif isinstance(node, ast.AugAssign):
                if isinstance(node.target, ast.Name):
                    loaded.add(node.target.id)
            elif isinstance(node, ast.Call):
                in_strings = _in_strings(node)
                loaded |= in_strings
                if id(node) not in self.called:  # in a function or a comprehension
                    self.hinted |= in_strings - bound
        return NameUse(
            early=self.early,
            late=late,
            free=self.free,
            at_once=at_once,
            hinted=self.hinted - self.free,
            assigned=[name for name in self.order if name not in self.deleted],
            modules=self.modules,
            definitions=self.definitions,
            loaded=loaded,
            sure=self.sure,
            trained=list(self.trained),
            dynamic=self.dynamic,
        )

    # binding and reading --------------------------------------------------------------

    def bind(self, name: str, module: bool = False, definition: bool = False) -> None:
        self.sure.add(name)
        self.maybe.add(name)
        self.order.setdefault(name)
        self.deleted.discard(name)
        for kind, belongs in ((self.modules, module), (self.definitions, definition)):
            if belongs:
                kind.add(name)
            else:
                kind.discard(name)

    def read(self, name: str, line: int) -> None:
        self.reads.append((name, line))
        if name in _DYNAMIC:
            self.dynamic = True
        if name in self.sure:
            return
        if name not in KNOWN:
            self.free.add(name)
            if name not in self.maybe and not self.tolerant:
                self.early.append((name, line))

    def expression(self, node: ast.AST | None) -> None:
        """Reads and walrus bindings of an expression, in the order of evaluation (nearly)."""
        if node is None:
            return
        for inner in own_scope([node]):
            if isinstance(inner, ast.Name):
                if isinstance(inner.ctx, ast.Load):
                    self.read(inner.id, inner.lineno)
            elif isinstance(inner, ast.Call):
                self._may_train(inner)
                self.called.add(id(inner))
                self.hinted |= _in_strings(inner) - self.sure
            elif isinstance(inner, COMPREHENSIONS):
                for name, line in comprehension_reads(inner):
                    self.read(name, line)
            elif isinstance(inner, FUNCTIONS):
                self._defer(inner)
        for name in stores(node):
            self.bind(name)

    def _defer(self, node: ast.AST) -> None:
        found = outer_reads(node)
        self.deferred += found
        if any(name in ("exec", "eval", "globals") for name, _ in found):
            self.dynamic = True
        for inner in walk(node):
            if isinstance(inner, ast.Global):
                self.maybe.update(inner.names)
                self.order.update(dict.fromkeys(inner.names))

    def _may_train(self, call: ast.Call) -> None:
        """Receivers of methods and arguments of calls, but for what is named like data:
        `model` of `model.fit(X)` and of `train(model, loader)`."""
        values: list[ast.expr] = [*call.args, *(k.value for k in call.keywords)]
        receiver = call.func
        while isinstance(receiver, ast.Attribute):
            receiver = receiver.value
        values = [v for v in values if isinstance(v, ast.Name) and not _DATA.match(v.id)]
        if isinstance(call.func, ast.Attribute):
            values.insert(0, receiver)
        for value in values:
            if isinstance(value, ast.Name) and value.id not in KNOWN:
                self.trained.setdefault(value.id)

    # statements -----------------------------------------------------------------------

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            getattr(self, "do_" + type(statement).__name__, self._simple)(statement)

    def _simple(self, node: ast.stmt) -> None:
        for child in children(node):
            self.expression(child)

    def do_Assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self.expression(target)

    def do_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id, node.lineno)
        self.expression(node.value)
        self.expression(node.target)

    def do_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.expression(node.value)
        if not self.later_annotations:
            self.expression(node.annotation)
        if node.value is not None:
            self.expression(node.target)

    def do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.read(target.id, target.lineno)
                self.sure.discard(target.id)
                if not self.in_loop:
                    self.maybe.discard(target.id)
                self.deleted.add(target.id)
            else:
                self.expression(target)

    def do_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.dynamic = True
            else:
                self.bind(alias_name(alias), module=True)

    do_ImportFrom = do_Import

    def do_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in at_once(node):
            annotation = any(part is a.annotation for a in arguments_of(node.args))
            if not (self.later_annotations and (annotation or part is node.returns)):
                self.expression(part)
        self._defer(node)
        self.bind(node.name, definition=True)

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node: ast.ClassDef) -> None:
        for part in at_once(node):
            self.expression(part)
        own = set(stored(node.body))
        for inner in own_scope(list(node.body)):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                if inner.id not in own:
                    self.read(inner.id, inner.lineno)
            elif isinstance(inner, COMPREHENSIONS):
                for name, line in comprehension_reads(inner):
                    if name not in own:
                        self.read(name, line)
            elif isinstance(inner, FUNCTIONS):
                self._defer(inner)
            elif isinstance(inner, ast.ClassDef):
                self.deferred += class_reads(inner)
        self.bind(node.name, definition=True)

    def do_If(self, node: ast.If) -> None:
        self.expression(node.test)
        self._branches([node.body, node.orelse])

    def do_Match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        before, ends, complete = set(self.sure), [], False
        for case in node.cases:
            self.sure = set(before)
            self.expression(case.pattern)
            self.expression(case.guard)
            self.block(case.body)
            if not _leaves(case.body):
                ends.append(self.sure)
            anything = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            complete = complete or (anything and case.guard is None)
        if not complete:
            ends.append(before)
        self.sure = set.intersection(*ends) if ends else before

    def _branches(self, blocks: list[list[ast.stmt]]) -> None:
        """Each from the same start; sure afterwards is what all that go on have bound."""
        before = set(self.sure)
        ends = []
        for block in blocks:
            self.sure = set(before)
            self.block(block)
            if not _leaves(block):
                ends.append(self.sure)
        self.sure = set.intersection(*ends) if ends else before

    def do_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        self.maybe.update(stored([node]))
        self.expression(node.target)
        self._loop(node.body)
        self.block(node.orelse)

    do_AsyncFor = do_For

    def do_While(self, node: ast.While) -> None:
        self.maybe.update(stored([node]))
        self.expression(node.test)
        self._loop(node.body)
        self.block(node.orelse)

    def _loop(self, body: list[ast.stmt]) -> None:
        """A loop counts as turning at least once."""
        self.in_loop += 1
        self.block(body)
        self.in_loop -= 1

    def do_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            self.expression(item.optional_vars)
        self.block(node.body)

    do_AsyncWith = do_With

    def do_Try(self, node: Any) -> None:
        tolerant = any(_catches_name_error(handler) for handler in node.handlers)
        before = set(self.sure)
        self.tolerant += tolerant
        self.block(node.body)
        self.tolerant -= tolerant
        self.block(node.orelse)
        ends = [set(self.sure)]
        for handler in node.handlers:
            self.sure = set(before)
            self.expression(handler.type)
            had = handler.name in self.maybe
            if handler.name:
                self.sure.add(handler.name)
                self.maybe.add(handler.name)
            self.block(handler.body)
            if handler.name:
                self.sure.discard(handler.name)
                if not had:
                    self.maybe.discard(handler.name)
            if not _leaves(handler.body):
                ends.append(self.sure)
        self.sure = set.intersection(*ends)
        self.block(node.finalbody)

    do_TryStar = do_Try


def _in_strings(call: ast.Call) -> set[str]:
    found: set[str] = set()
    for code in code_in_strings(call):
        use = use_of_names(code)
        found |= use.free | use.hinted
    return found


def _leaves(block: list[ast.stmt]) -> bool:
    last = block[-1] if block else None
    return isinstance(last, ast.Raise | ast.Continue | ast.Break | ast.Return)


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        isinstance(n, ast.Name) and n.id in ("NameError", "Exception", "BaseException")
        for n in walk(handler.type)
    )
