"""The objective's own expression, computed in a loop before: at every turn of `fit` stands
`acc = np.mean(self.predict(X_val) == y_val)`, and after `nn.fit(X, y, X_val, y_val)` the same
of `nn` as the objective. That local is the objective so far.

Equal means word for word, once parameters are the arguments of the call; a name that may mean
another object there (rebound in the function, or between the call and the objective) is equal
to nothing.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..scopes import COMPREHENSIONS, arguments_of, copied, own_scope, stored
from .functions import Called, Def, Function, Functions
from .paths import names_in
from .walk import DEPTH, LOOPS, Site, Turn, find_sites, only_looks

Names = Mapping[str, ast.expr | None]
"""Of a function's names what they are at the top level; None for what can't be said there."""

_LOOKS = re.compile(r"_?(?:acc|cost|eval|forward|loss|metric|plot|predict|score|show|test|valid)")
_MODES = {"cpu", "eval", "to", "train", "zero_grad"}


def same_figures(tree: ast.Module, name: str, table: Functions) -> list[Site]:
    """Where the call that trained last, before the objective `name` is computed at the top
    level, computes it in a loop. Each site's expression is a local of its function."""
    found = _definition(tree, name)
    if found is None:
        return []
    index, value = found
    figure = _bare(value)
    shared = {n for g in ast.walk(tree) if isinstance(g, ast.Global) for n in g.names}
    if not any(isinstance(n, ast.Call) for n in ast.walk(figure)) or names_in([figure]) & shared:
        return []
    search = _Search(tree, table, figure)
    for statement in reversed(tree.body[:index]):
        if set(stored([statement])) & names_in([figure]):
            return []
        sites = list(search.trained(statement))
        if sites or search.changes(statement):
            return sites
    return []


def _definition(tree: ast.Module, name: str) -> tuple[int, ast.expr] | None:
    """The one statement that binds a name, and its value; None when there are more."""
    if sum(name in stored([statement]) for statement in tree.body) != 1:
        return None
    for i, statement in enumerate(tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return i, value
    return None


class _Search:
    def __init__(self, tree: ast.Module, table: Functions, figure: ast.expr) -> None:
        self.tree, self.table, self.figure = tree, table, figure
        self.read, self.bound = Counter[str](), Counter[str]()
        self.receivers: dict[str, list[ast.expr]] = {}
        self.given: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    self.read[name] += 1
                case ast.Name(id=name) | ast.arg(arg=name):
                    self.bound[name] += 1
                case ast.Attribute(value=receiver, attr=name):
                    self.receivers.setdefault(name, []).append(receiver)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.given.setdefault(name, []).append(value)
        self.wanted = ast.dump(figure)
        top = list(own_scope(tree.body))
        methods = [n for c in top if isinstance(c, ast.ClassDef) for n in c.body]
        self.top = {id(n) for n in (*top, *methods) if isinstance(n, Def)}

    def changes(self, statement: ast.stmt) -> bool:
        """Whether the figure may be another after a statement that doesn't bind its names;
        what only looks (`predict`, `evaluate`) is taken at its word."""
        called = [c for n in ast.walk(statement) for c in self.table.called(n, None)]
        looking = bool(called) and all(_LOOKS.match(c.function.node.name) for c in called)
        for site in find_sites(ast.Module([statement], []), self.figure, self.table):
            func = site.node.func if isinstance(site.node, ast.Call) else None
            mode = isinstance(func, ast.Attribute) and func.attr in _MODES
            if not mode and (site.function is None or not looking):
                return True
        return False

    def trained(self, statement: ast.stmt) -> Iterator[Site]:
        if isinstance(statement, ast.Expr | ast.Assign):
            for call in _calls(statement):
                for called in self.table.called(call, None):
                    yield from self._into(called, {}, (), None, ())

    def _into(
        self,
        called: Called,
        names: Names,
        turns: tuple[Turn, ...],
        caller: Function | None,
        entered: tuple[Function, ...],
    ) -> Iterator[Site]:
        function = called.function
        inner = caller is not None and any(n is function.node for n in ast.walk(caller.node))
        if (
            called.call is None
            or function in entered
            or len(entered) >= DEPTH
            or not (inner or id(function.node) in self.top)
            or not self._called_once(function)
            or not _runs_as_written(function, called.call)
        ):
            return
        mine = _names(called, names, inner)
        entered = (*entered, function)
        yield from self._computed(function, mine, turns)
        for statement, loops, looks in _statements(function.node.body):
            around = (*turns, *(Turn(loop, function, None, looks) for loop in loops))
            for call in _calls(statement):
                for further in self.table.called(call, function):
                    yield from self._into(further, mine, around, function, entered)

    def _called_once(self, function: Function) -> bool:
        """Whether the tree names the function once: its loop turns for no other data."""
        name = function.node.name
        if not function.owner:
            return self.read[name] == 1
        others = [r for r in self.receivers.get(name, ()) if not self._of_a_library(r)]
        return len(others) == 1

    def _of_a_library(self, receiver: ast.expr) -> bool:
        """Whether an object is made by a class that is none of the person's: `scaler.fit(X)`."""
        match receiver:
            case ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made)) if made[:1].isupper():
                return made not in self.table.classes
            case ast.Call(func=ast.Attribute(value=made, attr="fit")):
                return self._of_a_library(made)
            case ast.Name(id=name):
                given = self.given.get(name, [])
                return len(given) == self.bound[name] > 0 and all(
                    isinstance(value, ast.Call) and self._of_a_library(value) for value in given
                )
        return False

    def _computed(
        self, function: Function, names: Names, turns: tuple[Turn, ...]
    ) -> Iterator[Site]:
        equal: dict[str, list[Site]] = {}
        for statement, loops, looks in _statements(function.node.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=local) as target], value=value):
                    said = _said(_bare(value), names)
                    if said is not None and ast.dump(said) == self.wanted:
                        read = ast.Name(local, ast.Load())
                        own = (Turn(loop, function, read, looks) for loop in loops)
                        around = (*turns, *own)
                        site = Site(around, target, function, read, value, False, False)
                        equal.setdefault(local, []).append(site)
        inner = {
            name
            for node in ast.walk(function.node)
            if isinstance(node, ast.Nonlocal)
            for name in node.names
        }
        for local, sites in equal.items():
            stores = [
                n
                for n in own_scope(function.node.body)
                if isinstance(n, ast.Name) and n.id == local and not isinstance(n.ctx, ast.Load)
            ]
            if local in function.local - inner and len(stores) == len(sites):
                yield from sites


def _names(called: Called, caller: Names, inner: bool) -> dict[str, ast.expr | None]:
    """What a function's names are, by the arguments of its call and constant defaults."""
    function, call = called.function, called.call
    assert call is not None
    names: dict[str, ast.expr | None] = dict(caller) if inner else {}
    names |= dict.fromkeys(function.local)
    given = dict(called.arguments())
    if not any(isinstance(a, ast.Starred) for a in call.args) and all(k.arg for k in call.keywords):
        given = _defaults(function) | given
    rebound = set(stored(function.node.body))
    for node in ast.walk(function.node):
        if isinstance(node, ast.Nonlocal):
            rebound.update(node.names)
    for parameter, argument in given.items():
        computed = any(isinstance(n, ast.Call | ast.NamedExpr) for n in ast.walk(argument))
        if parameter not in rebound and not computed:
            names[parameter] = _said(argument, caller)
    return names


def _defaults(function: Function) -> dict[str, ast.expr]:
    arguments = function.node.args
    last = len(function.parameters) - len(arguments.defaults)
    pairs = [
        *zip(function.parameters[last:], arguments.defaults, strict=True),
        *zip((a.arg for a in arguments.kwonlyargs), arguments.kw_defaults, strict=True),
    ]
    return {name: value for name, value in pairs if isinstance(value, ast.Constant)}


def _said(expression: ast.expr, names: Names) -> ast.expr | None:
    """An expression of a function in the words of the top level."""
    own: set[str] = set()  # names that are bound in the expression itself
    for node in ast.walk(expression):
        if isinstance(node, ast.Lambda):
            own.update(a.arg for a in arguments_of(node.args))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    mentioned = {n.id for n in ast.walk(expression) if isinstance(n, ast.Name)}
    if own & names.keys() or any(names.get(n, expression) is None for n in mentioned):
        return None

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            there = names.get(node.id)
            return node if there is None else copied(there)

    said = Put().visit(copied(expression))
    assert isinstance(said, ast.expr)
    return said


def _bare(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="float" | "round"), args=[value, *_]):
            return _bare(value)
        case ast.Call(func=ast.Attribute(value=value, attr="item"), args=[]):
            return _bare(value)
    return node


def _runs_as_written(function: Function, call: ast.Call) -> bool:
    """Whether the call runs the body with just these arguments: no `partial` of it under
    another name, no decorator, no generator."""
    named = call.func.id if isinstance(call.func, ast.Name) else function.node.name
    static = all(isinstance(d, ast.Name) and d.id == "staticmethod"
                 for d in function.node.decorator_list)  # fmt: skip
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_scope(function.node.body))
    return named in (function.node.name, function.owner) and static and not yields


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """Calls that a statement makes itself, not those of the statements in it."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not isinstance(child, COMPREHENSIONS):
            nodes: list[ast.AST] = [child]
            yield from (n for n in own_scope(nodes) if isinstance(n, ast.Call))


def _statements(
    body: Sequence[ast.stmt],
    loops: tuple[ast.For | ast.AsyncFor | ast.While, ...] = (),
    looks: bool = False,
) -> Iterator[tuple[ast.stmt, tuple[ast.For | ast.AsyncFor | ast.While, ...], bool]]:
    """Statements of a scope with the loops around each, and whether they only look."""
    for statement in body:
        if isinstance(statement, Def | ast.ClassDef):
            continue
        yield statement, loops, looks
        within, quiet = loops, looks
        if isinstance(statement, LOOPS):
            within = (*loops, statement)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            quiet = looks or any(only_looks(i.context_expr) for i in statement.items)
        yield from _statements(getattr(statement, "body", []), within, quiet)
        for name in ("orelse", "finalbody"):
            yield from _statements(getattr(statement, name, []), loops, looks)
        for name in ("handlers", "cases"):
            for group in getattr(statement, name, []):
                yield from _statements(group.body, loops, looks)
