"""Where an expression over the cell's names changes, loops and calls on the way.

A walk through the statements in their order, into the person's own functions where they are
called. In a function the expression is put in the function's own words: an argument's name for
what was handed over, `self` for the receiver, what is returned for what it is assigned to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..scopes import COMPREHENSIONS, alias_name, own_scope, stored
from ..source import from_magic
from .functions import Called, Function, Functions
from .paths import (
    Change,
    Path,
    bound_by,
    changes_of,
    is_figure,
    is_reset,
    names_in,
    path_of,
    read_paths,
    substitute,
    touches,
)

LOOPS = ast.For | ast.AsyncFor | ast.While
DEPTH = 5
"""Calls within calls that are followed."""

FOLLOWED = 3
"""Assignments of one value to the next that are followed in one scope."""

LATEST = 6
"""Of the assignments in one scope that take a figure, how many of the last are followed: each
is a walk of its own, in which others are found."""

MODULES = {"F", "jnp", "math", "metrics", "nn", "np", "pd", "plt", "sklearn", "tf", "torch"}
"""Names that are modules in cells whose imports stand elsewhere."""

_NO_TRAINING = {"no_grad", "inference_mode"}


@dataclass(frozen=True, eq=False)
class Turn:
    """A loop around a change. function: it stands in, None at the top level. expression: the
    objective in the words of that place; None when it can't be said there. looks: under
    `no_grad` and the like, so nothing is trained in it."""

    loop: ast.For | ast.AsyncFor | ast.While
    function: Function | None
    expression: ast.expr | None
    looks: bool


@dataclass(frozen=True, eq=False)
class Site:
    """A change of the objective. turns: the loops around it, the outermost first. node: what
    changes it. value: what it becomes, if a statement says so. expression: the objective in
    the words of that place. resets: it only starts anew."""

    turns: tuple[Turn, ...]
    node: ast.AST
    function: Function | None
    expression: ast.expr
    value: ast.expr | None
    adds: bool
    resets: bool


@dataclass(frozen=True)
class _At:
    """Where the walk is. floating: the objective is a name of some function not yet entered."""

    expression: ast.expr
    function: Function | None = None
    turns: tuple[Turn, ...] = ()
    looks: bool = False
    floating: bool = False
    entered: tuple[Function, ...] = ()


def find_sites(
    tree: ast.Module, expression: ast.expr, table: Functions, *, floating: bool = False
) -> list[Site]:
    """Every change of an expression over the module's names, in the order of execution as far
    as the text tells. floating: it is one over the names of a function that the cell calls."""
    modules = {
        alias_name(alias)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    walk = _Walk(table, frozenset(modules | MODULES))
    return list(walk.scope(tree.body, _At(table.expanded(expression), floating=floating)))


class _Walk:
    def __init__(self, table: Functions, modules: frozenset[str]) -> None:
        self.table, self.modules = table, modules
        self.known: dict[tuple[int, str, bool, bool], list[Site]] = {}
        self.reads: dict[int, tuple[ast.expr, set[Path]]] = {}

    def scope(self, body: Sequence[ast.stmt], at: _At, followed: int = 0) -> Iterator[Site]:
        """The module or a function's body. Where after its loops the objective is taken from
        other values (`best = max(accs)`), those are followed in its stead."""
        sites = list(self.block(body, at))
        yield from sites
        figures = [
            site
            for site in sites
            if site.function is at.function
            and len(site.turns) == len(at.turns)
            and is_figure(site.value)
        ]
        for site in figures[-LATEST:] if followed < FOLLOWED else ():
            assert site.value is not None
            assert isinstance(site.node, ast.expr)
            expression = self.table.expanded(
                substitute(site.expression, site.node, site.value), at.function
            )
            if ast.dump(expression) != ast.dump(site.expression):
                moved = self.scope(body, _moved(at, expression=expression), followed + 1)
                yield from (other for other in moved if not other.adds)

    def block(self, body: Sequence[ast.stmt], at: _At) -> Iterator[Site]:
        for statement in body:
            if not from_magic(statement):
                yield from self.statement(statement, at)

    def statement(self, node: ast.stmt, at: _At) -> Iterator[Site]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return
            case ast.For(target=target, iter=iterable) | ast.AsyncFor(target=target, iter=iterable):
                yield from self.simple(iterable, at)
                within = self._inside(node, at)
                for change in bound_by(target):
                    yield from self._direct(change, within)
                yield from self.block(node.body, within)
                yield from self.block(node.orelse, at)
            case ast.While(test=test):
                within = self._inside(node, at)
                yield from self.simple(test, within)
                yield from self.block(node.body, within)
                yield from self.block(node.orelse, at)
            case ast.If(test=test):
                yield from self.simple(test, at)
                yield from self.block(node.body, at)
                yield from self.block(node.orelse, at)
            case ast.With() | ast.AsyncWith():
                within = at
                for item in node.items:
                    yield from self.simple(item.context_expr, at)
                    if item.optional_vars is not None:
                        for change in bound_by(item.optional_vars):
                            yield from self._direct(change, at)
                    if only_looks(item.context_expr):
                        within = _moved(at, looks=True)
                yield from self.block(node.body, within)
            case ast.Try() | ast.Match():
                yield from self._groups(node, at)
            case _ if hasattr(ast, "TryStar") and isinstance(node, ast.TryStar):
                yield from self._groups(node, at)
            case _:
                yield from self.simple(node, at)

    def _groups(self, node: ast.stmt, at: _At) -> Iterator[Site]:
        for name in ("body", "handlers", "cases", "orelse", "finalbody"):
            for inner in getattr(node, name, []):
                if isinstance(inner, ast.stmt):
                    yield from self.statement(inner, at)
                else:
                    yield from self.block(inner.body, at)

    def simple(self, node: ast.AST, at: _At) -> Iterator[Site]:
        """A statement without a body, or an expression: what it changes, then its calls."""
        for change in changes_of(node):
            own = any(called.receiver for called in self.table.called(change.node, at.function))
            if not own:  # a method of the person's is looked into instead
                yield from self._direct(change, at)
        for inner in _nodes(node):
            for called in self.table.called(inner, at.function):
                yield from self._into(called, node, at)

    def _direct(self, change: Change, at: _At) -> Iterator[Site]:
        if at.floating:
            return
        expression = at.expression
        _, reads = self.reads.setdefault(id(expression), (expression, set()))
        if not reads:
            reads.update(read_paths(expression))
        if not change.stored and (
            isinstance(expression, ast.Name)
            or (len(change.path) == 1 and change.path[0] in self.modules)
        ):
            return  # `loss.backward()` changes no number, `np.mean(x)` no np
        if any(touches(change.path, read) for read in reads):
            resets = is_reset(change.value) and change.stored
            yield Site(
                at.turns, change.node, at.function, expression, change.value, change.adds, resets
            )

    # into functions -------------------------------------------------------------------

    def _into(self, called: Called, statement: ast.AST, at: _At) -> Iterator[Site]:
        function = called.function
        if function in at.entered or len(at.entered) >= DEPTH:
            return
        looks = at.looks or any(map(only_looks, function.node.decorator_list))
        seen = set()
        for expression, floating in self._in_its_words(called, statement, at):
            key = (id(function), ast.dump(expression), floating, looks)
            if key in seen:
                continue
            seen.add(key)
            if key not in self.known:
                inside = _At(expression, function, (), looks, floating, (*at.entered, function))
                self.known[key] = list(self.scope(function.node.body, inside))
            for site in self.known[key]:
                yield replace(site, turns=(*at.turns, *site.turns))

    def _in_its_words(
        self, called: Called, statement: ast.AST, at: _At
    ) -> Iterator[tuple[ast.expr, bool]]:
        """The expression as the function's names say it, and whether it is still floating."""
        function, expression = called.function, at.expression
        if at.floating:
            bound = {p[0] for p in read_paths(expression)} & function.local
            yield expression, not bound
            return
        foreign = at.function.local if at.function is not None else frozenset()
        if at.function is not None and any(n is function.node for n in ast.walk(at.function.node)):
            foreign = frozenset()  # defined in the caller, it sees the caller's names
        mine = expression
        for parameter, argument in called.arguments():
            if path_of(argument) is not None:
                mine = substitute(mine, argument, ast.Name(parameter, ast.Load()))
        known = {parameter for parameter, _ in called.arguments()}
        if self._valid(mine, foreign, function, known):
            yield mine, False
        if called.call is None:
            return
        for target, returned in _results(statement, called.call, function):
            path = path_of(target)
            if path is not None:
                if not any(touches(path, read) for read in read_paths(expression)):
                    continue
            elif not _stands_in(target, expression):
                continue
            theirs = substitute(expression, target, returned)
            if self._valid(theirs, foreign, function, names_in([returned])):
                yield theirs, False

    def _valid(
        self, node: ast.expr, foreign: frozenset[str], function: Function, own: set[str]
    ) -> bool:
        """Whether every name means, inside function, what it is meant to: the function's own
        (parameters or what is returned), or the module's."""
        names = {path[0] for path in read_paths(node)}
        rest = names - own
        return bool(names) and not rest & foreign and not rest & function.local

    def _inside(self, loop: ast.For | ast.AsyncFor | ast.While, at: _At) -> _At:
        turn = Turn(loop, at.function, None if at.floating else at.expression, at.looks)
        return _moved(at, turns=(*at.turns, turn))


def _results(
    statement: ast.AST, call: ast.Call, function: Function
) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(what the result is assigned to, what of the function's it is)."""
    targets: list[ast.expr] = []
    match statement:
        case ast.Assign(targets=found, value=value) if _is_result(value, call):
            targets = list(found)
        case ast.AnnAssign(target=one, value=value) if value and _is_result(value, call):
            targets = [one]
        case ast.Expr() | ast.Return():
            targets = [call]
    own: list[ast.expr] = list(function.returned)
    if function.owner and function.node.name == "__init__" and function.parameters:
        own = [ast.Name(function.parameters[0], ast.Load())]  # what is made is self in there
    for returned in own:
        for target in targets:
            if isinstance(target, ast.Tuple | ast.List):
                if isinstance(returned, ast.Tuple) and len(returned.elts) == len(target.elts):
                    yield from zip(target.elts, returned.elts, strict=True)
            else:
                yield target, returned


def _stands_in(node: ast.expr, expression: ast.expr) -> bool:
    wanted = ast.dump(node)
    return any(ast.dump(inner) == wanted for inner in ast.walk(expression))


def _is_result(value: ast.expr, call: ast.Call) -> bool:
    return value is call or (isinstance(value, ast.Await) and value.value is call)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run in place; comprehensions are entered, bodies of lambdas are not."""
    for inner in own_scope([node]):
        yield inner
        if isinstance(inner, COMPREHENSIONS):
            yield from (n for n in ast.walk(inner) if isinstance(n, ast.Call))


def only_looks(node: ast.expr) -> bool:
    """Whether an expression is `torch.no_grad()` or the like."""
    named = node.func if isinstance(node, ast.Call) else node
    return isinstance(named, ast.Attribute) and named.attr in _NO_TRAINING


def _moved(at: _At, **changes: Any) -> _At:
    return replace(at, **changes)


def bound_names(tree: ast.Module) -> set[str]:
    """Names bound at the module's top level, by `global` in functions too."""
    found = set(stored(tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found.update(node.names)
    return found
