"""The modules a cell imports: the helper imports them once, for all trials."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence


def modules_of(source: str) -> list[str]:
    """Modules that source imports, in order, each once.

    What stands under a condition or in a function counts only when this process has it
    loaded already: it may be there because it is not always wanted.
    """
    found = dict.fromkeys(_always(ast.parse(source).body))
    for node in ast.walk(ast.parse(source)):
        found.update(dict.fromkeys(n for n in _names(node) if n in sys.modules))
    torch = any(name.partition(".")[0] == "torch" for name in (*found, *sys.modules))
    if torch and "optim" in source:
        found["torch._dynamo"] = None  # the first optimiser imports it: a second or more
    return list(found)


def _always(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        yield from _names(statement, submodules=False)
        if isinstance(statement, ast.With):
            yield from _always(statement.body)


def _names(node: ast.AST, submodules: bool = True) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        if submodules:  # `from torch import nn`
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
