"""Numbers inside a computation that are plainly the value of something."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..values import Value, dotted
from .code import Code, last_name
from .rules import find_rule
from .standing import argument_of

_LOSS = re.compile(r"(?:\w*_)?(?:loss|cost|objective|penalty|total)(?:_\w*)?\Z|J\Z")
_DRAWS = re.compile(r"rand\w*|normal|uniform|standard_normal|random\Z")
_RATE = re.compile(r"(?:\w+_)?(?:lr|learning_rate)\Z")
_GRADIENT = re.compile(r"(?:d[A-Z]\w*|g|dw|db|dtheta|\w*grad\w*|\w*delta\w*|d_\w+|dJ\w*)\Z")


@dataclass(frozen=True)
class InExpression:
    """name: what the number is; callee: whose argument its expression is."""

    name: str
    callee: str = ""


def read(value: Value, code: Code) -> InExpression | None:
    """`W -= 0.1 * dW` has a learning rate, `ce + 0.01 * penalty` a weight, `lr = 1e-3 * scale`
    an lr. None for a number that could be anything; only floats are read."""
    if not isinstance(value.literal, float) or value.literal <= 0:
        return None
    product = code.parent(value.node)
    if not isinstance(product, ast.BinOp) or not isinstance(product.op, ast.Mult | ast.Div):
        return None
    if isinstance(product.op, ast.Div) and product.right is value.node:
        return None
    if any(
        isinstance(n, ast.Compare | ast.Subscript | ast.JoinedStr) for n in code.above(value.node)
    ):
        return None
    whole = product
    while isinstance(above := code.parent(whole), ast.BinOp):
        whole = above
    numbers = sum(_is_float(n) for n in ast.walk(whole))
    if numbers > 1 and not isinstance(whole.op, ast.Add | ast.Sub):
        return None
    return _of_update(product, whole, code) or _of_name(product, whole, value.literal, code)


def _of_update(product: ast.BinOp, whole: ast.expr, code: Code) -> InExpression | None:
    """A step along a gradient."""
    statement = code.parent(whole)
    names = {last_name(n) for n in ast.walk(product) if isinstance(n, ast.Name | ast.Attribute)}
    gradient = any(_GRADIENT.match(n) for n in names if n)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub) and gradient:
        return InExpression("lr")
    if isinstance(statement, ast.Assign) and isinstance(whole, ast.BinOp):
        target = dotted(statement.targets[0])
        if isinstance(whole.op, ast.Sub) and whole.right is product and gradient:
            left = {dotted(n) for n in ast.walk(whole.left)}
            return InExpression("lr") if target and target in left else None
    return None


def _of_name(product: ast.BinOp, whole: ast.expr, value: float, code: Code) -> InExpression | None:
    above = code.parent(whole)
    target = ""
    if isinstance(above, ast.Assign | ast.AnnAssign | ast.AugAssign):
        node = above.targets[0] if isinstance(above, ast.Assign) else above.target
        target = dotted(node).rpartition(".")[2]
    if target and _LOSS.match(target):
        if (isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Add | ast.Sub)) or isinstance(
            above, ast.AugAssign
        ):
            if whole is product and not isinstance(above, ast.AugAssign):
                return None
            other = _other(product)
            if find_rule(other) is not None:  # it has a coefficient of its own
                return None
            return InExpression(f"{other}_weight")
        return None
    if any(isinstance(n, ast.Call) and _DRAWS.match(last_name(n.func)) for n in ast.walk(product)):
        return None
    argument = argument_of(whole, code)
    if argument is not None and argument.name:
        return InExpression(argument.name, argument.callee)
    if value < 1 and _RATE.match(_other(product)):
        return InExpression("lr_decay")
    if target and whole is product:
        return InExpression(target)
    return None


def _other(product: ast.BinOp) -> str:
    """What is weighted, in a word."""
    for side in (product.right, product.left):
        for node in ast.walk(side):
            if isinstance(node, ast.Name):
                return node.id.removesuffix("_loss")
    return "term"


def _is_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)
