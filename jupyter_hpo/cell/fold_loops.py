"""Loops whose turns are folds (or seeds): the same training on other rows, scored each time.

The objective is usually the mean, taken behind the loop, of what each turn adds to a list. A
fold's own value is then the objective over the last element of the list alone. Where each turn
assigns the objective itself, the last fold's value would be left: then its value is the mean.
"""

from __future__ import annotations

import ast
import re

from .flow import Site, Turn
from .flow.paths import substitute
from .folds import role_of

_COUNTED = re.compile(
    r"k?folds?(?:_?(?:idx|index|i|n|no|id))?|seed|repeat|repetition", re.IGNORECASE
)
_SPLITS = ("split", "folds")
_WRAPPERS = {"enumerate", "list", "progress_bar", "sorted", "tqdm", "track", "tuple", "zip"}
_HELD = re.compile(r"(?:\w+_)?(?:folds|splits)", re.IGNORECASE)


def is_fold_loop(loop: ast.stmt) -> bool:
    """Whether the turns of a loop are folds or repeats: it goes over what a splitter splits, or
    names its turns so."""
    if not isinstance(loop, ast.For):
        return False
    names = _targets(loop.target)
    if {role_of(name) for name in names} >= {"train", "validation"}:
        return True
    if any(_COUNTED.fullmatch(name) for name in names):
        return True
    if len(names) < 2:
        return False
    held = _unwrapped(loop.iter)
    if isinstance(held, ast.Name) and _HELD.fullmatch(held.id):
        return True  # folds = pieces.folds(X, y), splits = list(kf.split(X))
    return any(_splits(node) for node in ast.walk(loop.iter))


def own_value(site: Site, turn: Turn, so_far: ast.expr) -> tuple[ast.expr, bool] | None:
    """What to evaluate for the objective of one turn alone, and whether the objective's value is
    the mean of that; None when it can't be told. so_far: the objective at the loop's place."""
    node = site.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if not appended_to(site) or site.function is not turn.function:
            return None
        listed = node.func.value
        back = ast.Slice(ast.UnaryOp(ast.USub(), ast.Constant(1)), None)
        last = ast.Subscript(listed, back, ast.Load())
        return _changed(so_far, listed, last)
    if isinstance(node, ast.Subscript):
        index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        filled = ast.Subscript(
            node.value, ast.Slice(None, ast.BinOp(index, ast.Add(), ast.Constant(1))), ast.Load()
        )
        one = ast.Slice(index, ast.BinOp(index, ast.Add(), ast.Constant(1)))
        return _changed(so_far, filled, ast.Subscript(node.value, one, ast.Load()))
    if isinstance(node, ast.Name) and isinstance(so_far, ast.Name) and so_far.id == node.id:
        return None if site.adds or _reads(site.value, node.id) else (so_far, True)
    return None


def appended_to(site: Site) -> str:
    """The list that a change appends to, '' for any other change."""
    match site.node:
        case ast.Call(func=ast.Attribute(value=listed, attr="append")):
            return ast.unparse(listed)
    return ""


def _changed(so_far: ast.expr, old: ast.expr, new: ast.expr) -> tuple[ast.expr, bool] | None:
    changed = substitute(so_far, old, new)
    return None if ast.dump(changed) == ast.dump(so_far) else (changed, False)


def _reads(value: ast.expr | None, name: str) -> bool:
    """Whether a value is made of the name's former one: then it is no turn's own."""
    if value is None:
        return False
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value))


def _targets(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def _unwrapped(iterated: ast.expr) -> ast.expr:
    """What `enumerate`, `tqdm` and the like go over."""
    while isinstance(iterated, ast.Call) and iterated.args:
        called = iterated.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in _WRAPPERS:
            break
        iterated = iterated.args[0]
    return iterated


def _splits(node: ast.AST) -> bool:
    """`kf.split(X, y)`, `pieces.folds(X, y)`, `folds(X, y)`; not `line.split(",")`."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "folds"
    given = node.args and not isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    return isinstance(node.func, ast.Attribute) and node.func.attr in _SPLITS and bool(given)
