"""From the cell as typed to plain Python whose line numbers are the editor's.

Magics are IPython's to translate (`transform`); here the line count is kept, cell magics
above the code are taken off, and `%time code` counts as its code.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, cast

from ..errors import Problem

Transform = Callable[[str], str]
_HARMLESS = ("time", "capture")
_CODE_MAGICS = ("time", "timeit")
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass
class PythonSource:
    """text: plain Python; tree: None when it has a syntax error (then a problem says so).
    added: what nobody typed, as line, column and length in bytes (see `written_out`)."""

    text: str
    tree: ast.Module | None = None
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    added: tuple[tuple[int, int, int], ...] = ()


def to_python(
    source: str,
    *,
    transform: Transform | None = None,
    filename: str = "<cell>",
    line_offset: int = 1,
) -> PythonSource:
    """source below line_offset lines, as Python with the line numbers of the editor."""
    result = PythonSource("")
    body = _without_cell_magics(source, line_offset, result)
    if body is None:
        return result
    blanks = _leading_blank_lines(body)
    text = "\n".join(body.split("\n")[blanks:])
    if transform is not None:
        try:
            text = _same_lines(text, transform(text))
        except SyntaxError as error:
            line = (error.lineno or 1) + blanks + line_offset
            result.problems.append(_syntax_problem(error, line))
            return result
        result.added = tuple(_added(body.split("\n")[blanks:], text, line_offset + blanks))
    result.text = "\n" * (line_offset + blanks) + text
    if not result.text.endswith("\n"):
        result.text += "\n"
    try:
        result.tree = parse_cell(result.text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(result.text, filename, "exec", flags=FLAGS, dont_inherit=True)
    except SyntaxError as error:
        result.tree = None
        result.problems.append(_syntax_problem(error, error.lineno))
    except (ValueError, RecursionError, MemoryError) as error:
        result.tree = None
        result.problems.append(
            Problem("syntax", f"the cell can't be read: {error}.", "Simplify or retype it.")
        )
    return result


def parse_cell(source: str, cell: int = 0) -> ast.Module:
    """The module of a cell's Python; `%time code` stands there as its code.

    cell: 0 for the training cell, else the number of an earlier one, which its nodes carry
    (`cell_of`). Raises what `ast.parse` raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    if "run_line_magic(" in source:
        tree = cast(ast.Module, _CodeMagics().visit(tree))
    if cell:
        for node in ast.walk(tree):
            node.hpo_cell = cell  # type: ignore[attr-defined]
    return tree


def cell_of(node: ast.AST) -> int:
    """0 for a node of the training cell, else the number of the earlier cell it stands in."""
    return getattr(node, "hpo_cell", 0)


@lru_cache(maxsize=1024)  # more than the executions of a long session, which are read in turn
def parsed(source: str, cell: int = 0) -> ast.Module:
    """`parse_cell`, remembered; the tree is shared, so nobody may change it."""
    return parse_cell(source, cell)


def from_magic(node: ast.AST) -> bool:
    """Whether a node was inside a magic's line: then it has no place of its own."""
    return getattr(node, "hpo_from_magic", False)


def _syntax_problem(error: SyntaxError, line: int | None) -> Problem:
    return Problem(
        "syntax",
        f"the cell has a syntax error: {error.msg}.",
        "Correct the line; without %%hpo Python says the same.",
        line,
    )


def _leading_blank_lines(text: str) -> int:
    for count, line in enumerate(text.split("\n")):
        if line.strip():
            return count
    return 0


def _without_cell_magics(source: str, line_offset: int, result: PythonSource) -> str | None:
    """The body with harmless cell magics above the code blanked; None when one can't be."""
    lines = source.split("\n")
    for i, line in enumerate(lines):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not stripped.startswith("%%"):
            break
        name = (stripped[2:].split() or [""])[0]
        if name == "hpo":
            lines[i] = ""
        elif name in _HARMLESS:
            lines[i] = ""
            result.notices.append(f"`%%{name}` is left out in trials.")
        else:
            result.problems.append(
                Problem(
                    "cell_magic",
                    f"a cell under %%{name} can't be searched.",
                    f"Take out `%%{name}`, or move the training code to a cell of its own.",
                    i + 1 + line_offset,
                    name,
                )
            )
            return None
    return "\n".join(lines)


def _added(typed: list[str], text: str, before: int) -> Iterator[tuple[int, int, int]]:
    lines = zip(typed, text.split("\n"), strict=False)
    for number, (raw, python) in enumerate(lines, before + 1):
        found = None if raw == python else added_within(encoded(raw), encoded(python))
        if found is not None:
            yield number, *found


def added_within(raw: bytes, python: bytes) -> tuple[int, int] | None:
    """Column and length of what a line of plain Python has and the line as typed has not; None
    where it is a line as typed, or the end of one."""
    more = len(python) - len(raw)
    if more <= 0:
        return None
    same = next((i for i, (a, b) in enumerate(zip(raw, python, strict=False)) if a != b), None)
    column = len(raw) if same is None else same
    return (column, more) if raw[column:] == python[column + more :] else None


def encoded(line: str) -> bytes:
    return line.rstrip("\r").encode("utf-8", "surrogatepass")


def _same_lines(before: str, after: str) -> str:
    """after, with blank lines put in where a magic over several lines became one."""
    old, new = before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n")
    if len(old) == len(new):
        return after
    kept: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        kept.extend(new[j1:j2])
        kept.extend([""] * ((i2 - i1) - (j2 - j1)))
    return "\n".join(kept) + "\n"


class _CodeMagics(ast.NodeTransformer):
    """`get_ipython().run_line_magic('time', 'x = f()')` becomes `x = f()`."""

    def visit_Expr(self, node: ast.Expr) -> Any:
        code = _magic_code(node.value)
        if code is None:
            return self.generic_visit(node)
        return [_placed(statement, node) for statement in code.body] or node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        code = _magic_code(node)
        if code is not None and len(code.body) == 1 and isinstance(code.body[0], ast.Expr):
            return _placed(code.body[0].value, node)
        return self.generic_visit(node)


def _magic_code(node: ast.expr) -> ast.Module | None:
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"
            ),
            args=[ast.Constant(value=str(name)), ast.Constant(value=str(line)), *_],
        ) if name in _CODE_MAGICS and not line.lstrip().startswith("-"):
            try:
                return ast.parse(line.strip())
            except (SyntaxError, ValueError):
                return None
    return None


def _placed(node: ast.AST, at: ast.AST) -> ast.AST:
    for inner in ast.walk(node):
        if "lineno" in getattr(inner, "_attributes", ()):
            ast.copy_location(inner, at)
        inner.hpo_from_magic = True  # type: ignore[attr-defined]
    return node
