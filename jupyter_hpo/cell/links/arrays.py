"""Hidden widths of networks written by hand: `W1 = randn(784, 64)`, `b1 = zeros(64)`, ..."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from ..proposals.code import Code, last_name
from .dims import number

_MAKERS = frozenset(
    ["zeros", "ones", "randn", "rand", "normal", "uniform", "random", "standard_normal", "full",
     "random_sample", "empty", "truncated_normal", "glorot", "xavier"]
)  # fmt: skip
_WEIGHTS = re.compile(r"(?i)(?:w|weights?|b|bias(?:es)?|theta|v|u|beta|gamma|m|s)[\w]{0,8}\Z")


def hidden_widths(code: Code) -> list[list[ast.expr]]:
    """Groups of literals that are one hidden width each, in the order of the code.

    A group is the last size of one matrix and the first of another, all in arrays that are
    named as weights are; a number that stands anywhere else too is left alone.
    """
    shapes: list[tuple[str, list[ast.expr]]] = []
    for statement in ast.walk(code.tree):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            name = _name(statement.targets[0])
            for call in ast.walk(statement.value):
                if isinstance(call, ast.Call) and last_name(call.func) in _MAKERS:
                    shapes.append((name, _sizes(call)))
        elif isinstance(statement, ast.Dict):
            for key, value in zip(statement.keys, statement.values, strict=True):
                if isinstance(key, ast.Constant):
                    for call in ast.walk(value):
                        if isinstance(call, ast.Call) and last_name(call.func) in _MAKERS:
                            shapes.append((str(key.value), _sizes(call)))
    uses: dict[int, list[ast.expr]] = defaultdict(list)
    gives: set[int] = set()
    takes: set[int] = set()
    other: set[int] = set()
    for name, sizes in shapes:
        for place, size in enumerate(sizes):
            width = number(size)
            if not _WEIGHTS.match(name):
                other.add(width)
                continue
            uses[width].append(size)
            if len(sizes) > 1 and number(sizes[0]) != 1:
                (takes if place == 0 else gives).add(width)
    found = []
    for width, nodes in uses.items():
        known = {id(n) for n in nodes}
        elsewhere = any(
            isinstance(n, ast.Constant) and number(n) == width and id(n) not in known
            for n in ast.walk(code.tree)
        )
        if width >= 4 and width in gives & takes and width not in other and not elsewhere:
            found.append(nodes)
    return found


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return last_name(target)


def _sizes(call: ast.Call) -> list[ast.expr]:
    """The literal sizes of `zeros((3, 4))`, `randn(3, 4)` or `normal(size=(3, 4))`."""
    given: list[ast.expr] = []
    for keyword in call.keywords:
        if keyword.arg in ("size", "shape"):
            given = [keyword.value]
    if not given:
        given = list(call.args)
        if last_name(call.func) in ("normal", "uniform") and len(given) > 2:
            given = given[-1:]
    if len(given) == 1 and isinstance(given[0], ast.Tuple | ast.List):
        given = list(given[0].elts)
    return [g for g in given if isinstance(g, ast.expr)]
