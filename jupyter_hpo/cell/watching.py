"""Where the code itself computes an objective that no name keeps: those values are watched.

A printed number is taken from the expression behind it, with all its digits; an expression
that the cell computes anyway is not computed a second time; a name that only a function has,
and no loop moves, is seen where it is assigned.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..study.objective import Objective
from .captured import Loop, Place, Watch
from .flow import Functions, bound_names
from .loops import LOOPS, expression_of, find_loop, loops_around, reporting_among
from .objectives.printing import printed_by
from .scopes import own_scope
from .source import from_magic
from .values import place_of


@dataclass(frozen=True)
class Reports:
    """loop: whose turns are reports. watches: expressions that tell an objective's value.
    notices: a sentence each, on what may keep a trial from ending early."""

    loop: Loop | None = None
    watches: tuple[Watch, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether intermediate values are reported with no edit of the cell."""
        return self.loop is not None or any(watch.reports for watch in self.watches)


def find_reports(tree: ast.Module, objectives: Sequence[Objective]) -> Reports:
    """Where the objectives' values come from while the cell runs. tree: the cell, or all
    statements of the trial; it is not changed."""
    found = _Watches(tree)
    watches: list[Watch] = []
    looped = list(objectives)
    for i, objective in enumerate(objectives):
        mine = found.of(i, objective)
        watches += mine
        if any(watch.reports for watch in mine):
            looped.remove(objective)
    loop = find_loop(tree, objectives, found.said) if looped else None
    if loop is not None:
        watches = [w for w in watches if w.reports or objectives[w.objective].printed is not None]
    return Reports(loop, tuple(watches), tuple(_swallowing(tree, loop, watches)))


class _Watches:
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.table, self.bound = Functions.of(tree), bound_names(tree)
        self.loops = loops_around(tree)
        self.said: dict[int, ast.expr] = {}
        self.top = {id(node) for node in own_scope(tree.body)}

    def of(self, index: int, objective: Objective) -> list[Watch]:
        text = objective.printed
        if text is not None:
            return list(self._printed(index, " ".join(text.split())))
        expression = expression_of(objective)
        if expression is None:
            return []
        if isinstance(expression, ast.Name):
            return [] if expression.id in self.bound else list(self._local(index, expression.id))
        if any(isinstance(node, ast.Call) for node in ast.walk(expression)):
            return list(self._computed(index, expression))
        return []

    def _printed(self, index: int, text: str) -> Iterator[Watch]:
        values = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and not from_magic(node):
                for printed in printed_by(node):
                    if " ".join(printed.text.split()) == text:
                        reports = id(node) not in self.top or bool(self.loops[id(node)])
                        values.append((printed.value, reports))
                        yield Watch(place_of(node), printed.path, index, reports)
        if len(values) == 1 and not values[0][1] and not _calls(values[0][0]):
            self.said[index] = values[0][0]  # printed at the end, moved by a loop before

    def _computed(self, index: int, expression: ast.expr) -> Iterator[Watch]:
        wanted = ast.dump(expression)
        for node in own_scope(self.tree.body):
            if (
                type(node) is type(expression)
                and isinstance(node, ast.expr)
                and not from_magic(node)
                and ast.dump(node) == wanted
                and not _in_string(self.tree, node)
            ):
                around = self.loops[id(node)]
                if not around or around[-1] is reporting_among(around):
                    yield Watch(place_of(node), (), index, bool(around))

    def _local(self, index: int, name: str) -> Iterator[Watch]:
        if any(
            isinstance(node, LOOPS) and id(node) not in self.top for node in ast.walk(self.tree)
        ) and find_loop(self.tree, [Objective(name, "minimize")]):
            return
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and id(node) not in self.top:
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        yield Watch(place_of(node.value), (), index)
                    elif isinstance(target, ast.Tuple | ast.List):
                        for i, inner in enumerate(target.elts):
                            if isinstance(inner, ast.Name) and inner.id == name:
                                yield Watch(place_of(node.value), (), index, pick=i)


def _calls(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _in_string(tree: ast.Module, node: ast.expr) -> bool:
    """Whether it stands in an f-string, where it has no place of its own."""
    return any(
        inner is node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.JoinedStr)
        for inner in ast.walk(outer)
    )


# what swallows the signal -------------------------------------------------------------


def _swallowing(tree: ast.Module, loop: Loop | None, watches: Sequence[Watch]) -> Iterator[str]:
    places = {watch.place for watch in watches if watch.reports}
    if loop is not None:
        places.add(loop.place)
    if not places:
        return
    name = loop.function.rpartition(".")[2] if loop is not None else ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Try):
            continue
        handler = next((h for h in node.handlers if _catches_all(h)), None)
        if handler is None or not any(_ends_here(n, places, name) for n in _body(node)):
            continue
        where = place_of(node).where.replace(f"line {node.lineno}", f"line {handler.lineno}")
        yield (
            f"the `except` in {where} also catches the signal that ends a trial early: write "
            "`except Exception`, else pruned trials run on."
        )


def _body(node: ast.Try) -> Iterator[ast.AST]:
    for statement in node.body:
        yield from ast.walk(statement)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    every = any(k is None or (isinstance(k, ast.Name) and k.id == "BaseException") for k in kinds)
    raises = any(isinstance(n, ast.Raise) for s in handler.body for n in ast.walk(s))
    return every and not raises


def _ends_here(node: ast.AST, places: set[Place], name: str) -> bool:
    if isinstance(node, ast.expr | ast.stmt) and place_of(node) in places:
        return True
    if not (name and isinstance(node, ast.Call)):
        return False
    func = node.func
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) == name
