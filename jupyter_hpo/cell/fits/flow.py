"""Where names get their values, and where the fits stand: a trial's code in its order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..source import cell_of, from_magic

LOOPS = ast.For | ast.AsyncFor | ast.While
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
FITS = ("fit", "train", "cv", "fit_generator", "partial_fit")
FOLDS = ("cross_val_score", "cross_validate")
BOOSTING = ("evals", "evals_result", "valid_sets", "valid_names", "num_boost_round", "nfold")
WRAPPERS = (
    *("DMatrix", "QuantileDMatrix", "Dataset", "asarray", "array", "tensor", "as_tensor"),
    *("from_numpy", "values", "to_numpy", "astype", "to_frame", "float", "copy"),
)
"""Calls and attributes that hand the same data on in another form."""


Branch = tuple[int, ...]


@dataclass(frozen=True)
class FitCall:
    """A call that trains. receiver: what stands before `.fit`, as text; '' for a function.
    order: of its top-level statement among all. looped: it stands in a loop. line, end_line:
    in its cell."""

    node: ast.Call
    receiver: str
    order: int
    looped: bool
    cell: int
    line: int
    end_line: int

    @property
    def name(self) -> str:
        """`model.fit`, for a person."""
        return ast.unparse(self.node.func)


@dataclass
class Flow:
    """definitions: name -> (order, expression; None when nobody can say, as in a loop).
    branches: by order, the branches that a statement stands in, the outermost first. fits: at
    the top level. functions: defined at the top level."""

    definitions: dict[str, list[tuple[int, ast.expr | None]]] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    fits: list[FitCall] = field(default_factory=list)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)

    def before(self, name: str, order: int) -> tuple[int, ast.expr | None] | None:
        """The last definition of name before the statement `order`; None when there is none.
        Where it stands in a branch that may not be taken, another may count: nobody can say."""
        found = [d for d in self.definitions.get(name, ()) if d[0] < order]
        if not found:
            return None
        *others, last = found
        branch = self.branches[last[0]]
        if order < len(self.branches) and _within(self.branches[order], branch):
            return last
        sure = all(_within(self.branches[at], branch) for at, _ in others)
        return last if sure else (last[0], None)

    def texts(self, node: ast.expr, order: int) -> frozenset[str]:
        """How the data in `node` is written, here and where it comes from: `dval`, and `X_val`
        after `dval = xgb.DMatrix(X_val, label=y_val)`."""
        found: set[str] = set()
        at: ast.expr | None = node
        while at is not None and len(found) < 16:
            text = ast.unparse(at)
            if text in found:
                break
            found.add(text)
            match at:
                case ast.Name(id=name):
                    place = self.before(name, order)
                    order, at = place if place is not None else (order, None)
                case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in WRAPPERS:
                    at = _first(at) if self._is_module(value) else value
                case ast.Call(func=ast.Name(id=name)) if name in WRAPPERS:
                    at = _first(at)
                case ast.Attribute(value=value, attr="values"):
                    at = value
                case ast.Tuple(elts=[first, *_]) | ast.List(elts=[first, *_]):
                    at = first
                case _:
                    break
        return frozenset(found)

    def _is_module(self, node: ast.expr) -> bool:
        """Whether `node` is what an import bound (or a dotted name of it), as far as seen."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and (
            node.id in self.modules or node.id in ("np", "xgb", "lgb", "torch", "tf", "pd")
        )


def flow_of(body: Sequence[ast.stmt]) -> Flow:
    """The flow of a trial's code (`program.tree_of`), or of a function's body."""
    flow = Flow()
    for order, (statement, looped, branch) in enumerate(_statements(body, False, ())):
        flow.branches.append(branch)
        _define(flow, statement, order, looped)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            flow.functions[statement.name] = statement
        elif not isinstance(statement, SCOPES):
            flow.fits += _fits(_own(statement), order, looped)
    return flow


def tail(node: ast.expr) -> str:
    """The last name of a dotted one: `train` of `xgb.train`; '' for another expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_fit(node: ast.AST) -> bool:
    """Whether a node is a call that trains, by its name."""
    if not isinstance(node, ast.Call):
        return False
    name = tail(node.func)
    if name in FOLDS:
        return True
    # `from xgboost import train`: a `train` of the person's own takes other arguments.
    boosts = any(keyword.arg in BOOSTING for keyword in node.keywords)
    return name in FITS and (isinstance(node.func, ast.Attribute) or boosts)


def _statements(
    block: Sequence[ast.stmt], looped: bool, branch: Branch
) -> Iterator[tuple[ast.stmt, bool, Branch]]:
    """Simple statements in order, and the heads of compound ones before what they hold."""
    for statement in block:
        if from_magic(statement):
            continue
        yield statement, looped, branch
        if isinstance(statement, SCOPES):
            continue
        inside = looped or isinstance(statement, LOOPS)
        for name in ("body", "orelse", "finalbody"):
            held = getattr(statement, name, [])
            taken = (*branch, id(held)) if isinstance(statement, ast.If) else branch
            yield from _statements(held, inside, taken)
        for group in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from _statements(group.body, looped, (*branch, id(group)))


def _within(inner: Branch, outer: Branch) -> bool:
    """Whether whoever is in `inner` has been in `outer`."""
    return inner[: len(outer)] == outer


def _own(statement: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that are no statements of their own."""
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            found.append(child)
    return found


def _fits(nodes: Sequence[ast.AST], order: int, looped: bool) -> Iterator[FitCall]:
    for node in nodes:
        if isinstance(node, SCOPES):
            continue
        if is_fit(node):
            assert isinstance(node, ast.Call)
            func = node.func
            receiver = ast.unparse(func.value) if isinstance(func, ast.Attribute) else ""
            end = node.end_lineno or node.lineno
            yield FitCall(node, receiver, order, looped, cell_of(node), node.lineno, end)
        inside = looped or isinstance(node, LOOPS | COMPREHENSIONS)
        yield from _fits(list(ast.iter_child_nodes(node)), order, inside)


def _define(flow: Flow, statement: ast.stmt, order: int, looped: bool) -> None:
    def put(target: ast.AST, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            known = None if looped else value
            flow.definitions.setdefault(target.id, []).append((order, known))
        elif isinstance(target, ast.Tuple | ast.List):
            for i, one in enumerate(target.elts):
                starred = any(isinstance(e, ast.Starred) for e in target.elts[: i + 1])
                put(
                    one.value if isinstance(one, ast.Starred) else one,
                    None if value is None or starred else _item(value, i),
                )

    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                put(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            put(target, value)
        case ast.AugAssign(target=target, op=op, value=value):
            if isinstance(target, ast.Name):
                old = ast.copy_location(ast.Name(target.id, ast.Load()), target)
                put(target, ast.copy_location(ast.BinOp(old, op, value), statement))
        case ast.For(target=target) | ast.AsyncFor(target=target):
            put(target, None)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    put(item.optional_vars, None)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            flow.modules |= {alias.asname or alias.name.partition(".")[0] for alias in names}
    for part in _own(statement):
        for node in ast.walk(part):
            if isinstance(node, ast.NamedExpr):
                put(node.target, node.value)


def _item(value: ast.expr, index: int) -> ast.expr:
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) > index:
        return value.elts[index]
    return ast.copy_location(ast.Subscript(value, ast.Constant(index), ast.Load()), value)


def _first(call: ast.Call) -> ast.expr | None:
    return call.args[0] if call.args else next((k.value for k in call.keywords), None)
