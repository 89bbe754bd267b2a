"""The reporting loop: the outermost loop at the cell's top level that moves the objective."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..study.objective import Objective
from .captured import Loop
from .names import reads
from .scopes import stored
from .source import from_magic
from .values import place_of

_LOOPS = ast.For | ast.AsyncFor | ast.While


def find_loop(tree: ast.Module, objectives: Sequence[Objective]) -> Loop | None:
    """The last top-level loop (also inside if, with, try) whose turns change an objective."""
    best: tuple[int, Loop] | None = None
    for loop in _top_loops(tree.body):
        changed = [(o, why) for o in objectives if (why := _changes(loop, o))]
        if changed and (best is None or len(changed) >= best[0]):
            best = (len(changed), Loop(place_of(loop), changed[0][1]))
    return best[1] if best else None


def _top_loops(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in block:
        if from_magic(statement):
            continue
        if isinstance(statement, _LOOPS):
            yield statement
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "handlers", "orelse", "finalbody", "cases"):
                for inner in getattr(statement, name, []):
                    yield from (
                        _top_loops(getattr(inner, "body", [inner]))
                        if isinstance(inner, ast.ExceptHandler | ast.match_case)
                        else _top_loops([inner])
                    )


def _changes(loop: ast.stmt, objective: Objective) -> str:
    """Why the loop's turns move the objective; '' when they don't."""
    bound = set(stored([loop]))
    line = loop.lineno
    if objective.is_name:
        name = objective.source
        return f"the loop in line {line} assigns {name!r}" if name in bound else ""
    try:
        names = reads(ast.parse(objective.source, mode="eval").body)
    except SyntaxError:
        return ""
    for name in sorted(names & bound):
        return f"the loop in line {line} assigns {name!r}"
    for name in sorted(names & _mutated(loop)):
        return f"the loop in line {line} changes {name!r}"
    return ""


def _mutated(loop: ast.stmt) -> set[str]:
    """Names whose object the loop changes: x[i] = , x.a = , x.append(...), train(x)."""
    found = set()
    for node in ast.walk(loop):
        target: ast.AST | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            target = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            found.add(target.id)
    return found
