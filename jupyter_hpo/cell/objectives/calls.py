"""What frameworks' objectives are read from: a tree's calls and what their results are called."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from .candidate import KEPT


@dataclass(frozen=True)
class Figure:
    """source: the expression. name: the metric's, for direction and split. why: for a person.
    worse: of two figures of one object the lesser, a loss beside a score."""

    source: str
    name: str
    why: str
    node: ast.expr
    worse: int = 0
    kind: int = KEPT


class Code:
    """calls: all of the tree. made: name -> the call that made its object. bound: id of a call ->
    the name its result gets. classes: the person's own."""

    def __init__(self, tree: ast.Module, known: Collection[str] = ()) -> None:
        self.nodes = list(ast.walk(tree))
        self.classes = {n.name for n in self.nodes if isinstance(n, ast.ClassDef)}
        self.names = {n.id for n in self.nodes if isinstance(n, ast.Name)} | set(known)
        self.calls = [n for n in self.nodes if isinstance(n, ast.Call)]
        self.lists: set[str] = set()
        """Names that hold several figures, though they sound like one."""
        self.made: dict[str, ast.Call] = {}
        self.bound: dict[int, str] = {}
        for statement in self.nodes:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                value, name = statement.value, statement.targets[0].id
                call = value.value if isinstance(value, ast.Await) else value
                if isinstance(call, ast.Call):
                    self.made[name] = call
                    self.bound[id(call)] = name

    def maker(self, name: str) -> ast.Call | None:
        return self.made.get(name)

    def class_of(self, receiver: ast.expr) -> str:
        if isinstance(receiver, ast.Call):
            return last(receiver.func)
        made = self.maker(ast.unparse(receiver))
        return last(made.func) if made is not None else ""


def last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def keyword(call: ast.Call | None, name: str) -> ast.expr | None:
    if call is None:
        return None
    return next((k.value for k in call.keywords if k.arg == name), None)


def text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def first(node: ast.expr | None) -> ast.expr | None:
    return node.elts[0] if isinstance(node, ast.List | ast.Tuple | ast.Set) and node.elts else None


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
