"""The import that a choice needs, as a line of its own in the cell's text."""

from __future__ import annotations

import ast

from ..program import first_line, is_future


def line_for_import(tree: ast.Module) -> int:
    """Before which line of a cell an import may stand: below the imports it begins with."""
    body = tree.body
    index = 0
    while index < len(body) and _opens(body[index]):
        index += 1
    if index == len(body):
        return (body[-1].end_lineno or 1) + 1 if body else 1
    line = first_line(body[index])
    while index and (body[index - 1].end_lineno or 0) >= line:  # one line holds both
        index -= 1
        line = first_line(body[index])
    return line if index == 0 else max(line_after(body[index - 1]), 1)


def line_after(statement: ast.stmt) -> int:
    return (statement.end_lineno or statement.lineno) + 1


def _opens(statement: ast.stmt) -> bool:
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return docstring or is_future(statement) or isinstance(statement, ast.Import | ast.ImportFrom)
