"""Paths: `history["val"]` is ("history", "['val']"), `self.best` is ("self", ".best").

A path ends where a subscript is no constant string; two paths touch when one begins the other.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..scopes import COMPREHENSIONS, copied, own_scope, stored

Path = tuple[str, ...]

_LOOKING = {
    *("argmax", "argmin", "astype", "clone", "copy", "count", "cpu", "cuda", "detach", "dim"),
    *("dropna", "endswith", "flatten", "float", "format", "get", "get_params", "groupby", "head"),
    *("index", "int", "isnull", "item", "items", "join", "keys", "long", "lower", "max", "mean"),
    *("min", "named_parameters", "nelement", "norm", "numel", "numpy", "parameters", "predict"),
    *("predict_proba", "decision_function", "ravel", "repeat", "replace", "reshape", "round"),
    *("score", "size", "sort_values", "split", "squeeze", "startswith", "state_dict", "std"),
    *("strip", "sum", "tail", "to", "tolist", "transform", "transpose", "unsqueeze", "upper"),
    *("value_counts", "values", "var", "view"),
}
"""Methods that don't change their object (but pandas' with inplace, which nobody reports)."""


class Change(NamedTuple):
    """path: what changes. value: what it becomes, where a statement says so. adds: by an
    augmented assignment only. stored: the name or place is bound anew (else changed inside)."""

    path: Path
    node: ast.AST
    value: ast.expr | None
    adds: bool
    stored: bool


def path_of(node: ast.AST | None) -> Path | None:
    """The path of a name with its attributes and items; None for any other expression."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=attr):
            before = path_of(value)
            return None if before is None else (*before, f".{attr}")
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            before = path_of(value)
            return None if before is None else (*before, f"[{key!r}]")
        case ast.Subscript(value=value):
            before = path_of(value)
            return None if before is None else (*before, "[]")
    return None


def _ended(path: Path) -> Path:
    """The path up to its first subscript that is no constant string."""
    return path[: path.index("[]")] if "[]" in path else path


def touches(a: Path, b: Path) -> bool:
    """Whether one path begins the other: then a change of the one is one of the other."""
    return all(x == y for x, y in zip(a, b, strict=False))


def read_paths(node: ast.expr) -> set[Path]:
    """What an expression reads, names bound by its comprehensions left out."""
    bound = {n for inner in ast.walk(node) if isinstance(inner, COMPREHENSIONS)
             for n in stored(g.target for g in inner.generators)}  # fmt: skip
    found: set[Path] = set()

    def visit(inner: ast.AST) -> None:
        path = path_of(inner)
        if path is not None:
            found.add(_ended(path))
            while isinstance(inner, ast.Attribute | ast.Subscript):
                if isinstance(inner, ast.Subscript):
                    visit(inner.slice)
                inner = inner.value
            return
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            visit(inner.func.value)  # of `clf.score(X)` it is clf that is read
            for part in [*inner.args, *inner.keywords]:
                visit(part)
            return
        for child in ast.iter_child_nodes(inner):
            visit(child)

    visit(node)
    return {path for path in found if path[0] not in bound}


def changes_of(statement: ast.AST) -> Iterator[Change]:
    """What a simple statement or an expression itself changes; functions it calls apart."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _bound(target, value)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield from _bound(target, value)
        case ast.AugAssign(target=target, value=value):
            path = path_of(target)
            if path is not None:
                adds = not isinstance(value, ast.List)  # `losses += [loss]` appends
                yield Change(_ended(path), target, None, adds, isinstance(target, ast.Name))
    for node in own_scope([statement]):
        if isinstance(node, ast.NamedExpr):
            yield from _bound(node.target, node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            path = path_of(node.func.value)
            if path is not None and node.func.attr not in _LOOKING:
                only = node.args[0] if node.func.attr == "append" and node.args else None
                yield Change(_ended(path), node, only, False, False)


def bound_by(target: ast.expr) -> Iterator[Change]:
    """What binding a loop's or a with's target changes."""
    yield from _bound(target, None)


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[Change]:
    if isinstance(target, ast.Tuple | ast.List):
        values: list[ast.expr | None] = [None] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            values = list(value.elts)
        for inner, one in zip(target.elts, values, strict=True):
            yield from _bound(inner, one)
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value, None)
    else:
        path = path_of(target)
        if path is not None:
            yield Change(_ended(path), target, value, False, "[]" not in path)


def is_reset(value: ast.expr | None) -> bool:
    """Whether a value is where something starts: 0, None, [], float("inf"), {...: []}."""
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return is_reset(operand)
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return all(map(is_reset, elts))
        case ast.Dict(values=values):
            return all(map(is_reset, values))
        case ast.Call(func=ast.Name(id="float" | "int" | "list" | "dict"), args=args):
            return all(map(is_reset, args))
        case ast.Attribute(attr="inf" | "Inf" | "nan"):
            return True
        case ast.Call(func=ast.Attribute(attr="zeros" | "empty" | "ones" | "full")):
            return True
        case ast.Call(func=ast.Name(id="defaultdict")):
            return True
    return False


_FIGURES = {"abs", "float", "int", "len", "max", "mean", "median", "min", "round", "sorted", "sum"}
_FIGURES |= {
    "amax",
    "amin",
    "cpu",
    "detach",
    "item",
    "last",
    "nanmax",
    "nanmean",
    "nanmin",
    "numpy",
}
_FIGURES |= {"sqrt", "exp", "log", "values", "tolist", "tensor", "array", "asarray", "iloc"}


def is_figure(node: ast.expr | None) -> bool:
    """Whether an expression only takes a figure from values that are there: `max(accs)`,
    `log["val"][-1]`, `np.mean(scores)`; computing it changes nothing and costs nothing."""
    if node is None or is_reset(node):
        return False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            func = inner.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name not in _FIGURES:
                return False
        elif isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.Lambda):
            return False
    return True


def substitute(node: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """A copy of node with new wherever the same expression as old stands; `{"a": x}["a"]` and
    `(x, y)[1]` made by that become x and y."""
    wanted = ast.dump(_loaded(old))

    class Put(ast.NodeTransformer):
        def visit(self, inner: ast.AST) -> ast.AST:
            if isinstance(inner, ast.expr) and ast.dump(_loaded(inner)) == wanted:
                return copied(new)
            inner = self.generic_visit(inner)
            return _picked(inner) if isinstance(inner, ast.Subscript) else inner

    changed = Put().visit(copied(node))
    assert isinstance(changed, ast.expr)
    return changed


def _loaded(node: ast.expr) -> ast.expr:
    named = isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    if not named or isinstance(node.ctx, ast.Load):  # type: ignore[attr-defined]
        return node
    loaded = copy.copy(node)
    loaded.ctx = ast.Load()  # type: ignore[attr-defined]
    return loaded


def _picked(node: ast.Subscript) -> ast.expr:
    match node:
        case ast.Subscript(value=ast.Dict(keys=keys, values=values), slice=ast.Constant(value=key)):
            for one, value in zip(keys, values, strict=True):
                if isinstance(one, ast.Constant) and one.value == key:
                    return value
        case ast.Subscript(value=ast.Tuple(elts=elts), slice=ast.Constant(value=int(index))):
            if -len(elts) <= index < len(elts):
                return elts[index]
    return node


def names_in(nodes: Iterable[ast.expr]) -> set[str]:
    """Every name that expressions mention."""
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
