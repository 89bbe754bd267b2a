"""What reading a statement alone tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..names import NameUse, use_of_names
from ..program import first_line
from ..scopes import FUNCTIONS, stored, walk

# A value that referred to its node would keep it for ever, so `below` leaves it out.
_READ: WeakKeyDictionary[ast.stmt, Syntax] = WeakKeyDictionary()


class Syntax(NamedTuple):
    below: list[ast.AST]
    types: set[type]
    use: NameUse


def syntax_of(node: ast.stmt) -> Syntax:
    """What reading the statement alone tells; kept with it, for trees are shared and asked of
    again (`parsed`)."""
    found: Syntax | None = _READ.get(node)
    if found is None:
        nodes = walk(node)
        found = Syntax(nodes[1:], set(map(type, nodes)), use_of_names(ast.Module([node], [])))
        _READ[node] = found
    return found


def at_once_in(node: ast.stmt) -> tuple[list[ast.AST], set[type]]:
    """What runs while a definition is executed, decorators being called, and of which types."""
    nodes: list[ast.AST] = []
    todo: list[ast.AST] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, ast.ClassDef):
            todo += one.body
        elif not isinstance(one, FUNCTIONS):
            nodes += walk(one) if one is not node else []
            continue
        else:
            defaults = [*one.args.defaults, *one.args.kw_defaults]
            nodes += [n for default in defaults if default is not None for n in walk(default)]
        for decorator in getattr(one, "decorator_list", ()):
            nodes += [ast.Call(decorator, [], []), *walk(decorator)]
    return nodes, set(map(type, nodes))


def in_loops(node: ast.stmt) -> set[str]:
    """Names that loops in it bind: a loop may not turn at all."""
    if not isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.With | ast.If | ast.Try):
        return set()
    loops = ast.For | ast.AsyncFor | ast.While
    return {n for inner in walk(node) if isinstance(inner, loops) for n in stored([inner])}


def unbound(node: ast.stmt) -> Iterator[str]:
    """Names that it deletes."""
    for target in node.targets if isinstance(node, ast.Delete) else ():
        if isinstance(target, ast.Name):
            yield target.id


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """First and last line, decorators too."""
    return first_line(node), node.end_lineno or node.lineno
