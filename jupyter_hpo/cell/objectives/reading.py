"""What an expression speaks of: its name, the split it is computed from, whether it can be a
number at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..flow.functions import Function
from ..scopes import own_scope, stored
from .directions import direction_of, words_of

RANKS = {"test": 3, "train": 5}
"""Ranks of what is computed from a split's data; 0 for all others."""

_CRITERIA = {"criterion", "loss_fn", "loss_func", "loss_function", "lossfn", "cost_fn"}
SPLITS = ("test", "val", "valid", "validation", "dev", "holdout", "oof", "eval", "train")
_FOLD = {"index", "idx", "indices", "ids", "fold"}


def bare(node: ast.expr) -> ast.expr:
    """The name in `loss.item()`, `float(loss)`, `100 * acc`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="item" | "numpy" | "cpu" | "detach")):
            return bare(value)
        case ast.Call(func=ast.Name(id="float" | "round" | "str"), args=[value, *_]):
            return bare(value)
        case ast.Call(func=ast.Attribute(value=value, attr="result"), args=[]):
            return bare(value)
        case ast.BinOp(left=left, op=ast.Mult(), right=ast.Constant()):
            return bare(left)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right):
            return bare(right)
    return node


def named(node: ast.AST) -> str:
    """The name that speaks of a value: its own, its attribute's, the called function's."""
    match bare(node) if isinstance(node, ast.expr) else node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(value=value):
            return named(value)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "torch")), args=[first, *_]):
            return named(first)
        case ast.Call(func=ast.Name(id="max" | "min" | "sum" | "mean"), args=[first, *_]):
            return named(first)
        case ast.Call(func=ast.Attribute(value=value, attr="mean" | "max" | "min" | "compute")):
            return named(value)
        case ast.Call(func=func):
            name = named(func)
            return "loss" if name in _CRITERIA else name
        case ast.BinOp(left=left, op=ast.Div()):
            return named(left)
        case ast.Tuple(elts=[first, *_]):
            return named(first)
    return ""


def is_metric(name: str) -> bool:
    return name == "score" or direction_of(name) is not None


def split_of(values: list[ast.expr], *, whole: bool = False) -> str:
    """The split that values are computed from, by the names that they read; '' if none.
    whole: a whole training is called, which is given training and validation data: then only
    training data alone says something."""
    names = [
        words_of(node.id if isinstance(node, ast.Name) else node.attr)
        for value in values
        for node in ast.walk(value)
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    words = {word for name in names for word in name}
    if any("test" in name and _FOLD & set(name) for name in names):
        return "val"  # `test_index` of a fold
    if whole:
        return "train" if "train" in words and not words & set(SPLITS[:-1]) else ""
    for split in ("test", "val", "valid", "validation", "dev", "holdout", "eval", "train"):
        if split in words and not (split == "eval" and "model" in words):
            return split
    return ""


def values_of(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """What the names of a scope are assigned; None stands for what can't be said."""
    found: dict[str, list[ast.expr]] = {}
    for node in own_scope(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in stored([target]):
                    found.setdefault(name, []).append(node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            for name in stored([node.target]):
                found.setdefault(name, []).append(node.target)
    return found


def value_at(function: ast.AST, target: ast.AST) -> ast.expr | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and target in node.targets:
            return node.value
    return None


def is_no_number(value: ast.expr | None) -> bool:
    """Whether a value is surely no metric: a criterion, a string, a collection."""
    match value:
        case ast.Constant(value=str() | None):
            return True
        case ast.List() | ast.Dict() | ast.Set() | ast.Lambda() | ast.ListComp() | ast.DictComp():
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "defaultdict" | "deque" | "partial")):
            return True
        case ast.Call(func=ast.Attribute(attr="load_metric" | "compile" | "load" | "partial")):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name[:1].isupper() and any(c.islower() for c in name)
    return False


def is_list(name: str, function: Function) -> bool:
    values = values_of(function.node.body).get(name, [])
    return any(isinstance(v, ast.List) for v in values) or any(
        isinstance(v, ast.Call) and isinstance(v.func, ast.Name) and v.func.id == "list"
        for v in values
    )


def elements(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What of a result can be a number: ('', x), ('[1]', x), ('["val_acc"]', x)."""
    if isinstance(node, ast.Tuple):
        for i, element in enumerate(node.elts):
            yield f"[{i}]", element
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield f'["{key.value}"]', value
    else:
        yield "", node


def differentiated(tree: ast.AST) -> set[str]:
    """Names on which `.backward()` is called, and what the gradient is taken of."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="backward")):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="gradient" | "backward"), args=[
                ast.Name(id=name), *_
            ]):  # fmt: skip
                found.add(name)
    return found


def is_mean(node: ast.expr, listed: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="float" | "round"), args=[inner, *_]):
            return is_mean(inner, listed)
        case ast.Call(func=ast.Name(id="mean") | ast.Attribute(attr="mean"), args=[inner, *_]):
            return ast.dump(inner) == listed
        case ast.Call(func=ast.Attribute(value=inner, attr="mean")):
            return ast.dump(inner) == listed
        case ast.BinOp(left=ast.Call(func=ast.Name(id="sum"), args=[inner]), op=ast.Div()):
            return ast.dump(inner) == listed
    return False


def has_call(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) for n in ast.walk(node))


def summands(tree: ast.Module) -> dict[str, str]:
    """Names that are parts of another: of `loss = data_loss + reg_loss` the last two."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=whole)], value=ast.BinOp(op=ast.Add()) as value):
                terms: list[ast.expr] = [value]
                while terms:
                    term = terms.pop()
                    if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Add | ast.Mult):
                        terms += [term.left, term.right]
                    elif isinstance(term, ast.Name) and term.id != whole:
                        found[term.id] = whole
    return found


def first_stores(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, node)
    return found
