"""A program's whole code: what is run again of earlier cells, then the training cell.

One module of statements, in which every node says in which cell it stands (`cell_of`) and has
that cell's own line numbers. Each cell is compiled under its own filename, so that tracebacks
and `inspect` find its lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from .captured import CellProgram, Part, Place
from .source import cell_of, parsed

STATES = "__hpo_states__"
"""The name under which the code expects the recorded random states: `__hpo_states__(3)` gives
the generators the states with which In[3] began, `__hpo_states__(0)` those of the training
cell."""


def tree_of(program: CellProgram) -> ast.Module:
    """The statements of a trial, in order. Shared and remembered: nobody may change it."""
    return module_of(program.source, program.earlier, program.seeded)


def text_of(program: CellProgram) -> str:
    """All that a trial runs as text, for a look at what it uses; the training cell stands
    first, so that its lines have their numbers."""
    texts = [program.source]
    for part in program.earlier:
        lines, body = part.source.splitlines(), parsed(part.source, part.number).body
        for statement in (body[index] for index in part.statements):
            texts.append("\n".join(lines[first_line(statement) - 1 : statement.end_lineno]))
    return "\n".join(texts)


def first_line(statement: ast.stmt) -> int:
    """Of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def contains(statement: ast.stmt, place: Place) -> bool:
    """Whether a place of the statement's cell lies in it, its decorators included."""
    first = first_line(statement)
    begin = (first, 0 if first < statement.lineno else statement.col_offset)
    end = (statement.end_lineno or 0, statement.end_col_offset or 0)
    return begin <= (place.line, place.col) and (place.end_line, place.end_col) <= end


def filename_of(program: CellProgram, cell: int) -> str:
    """The name under which a cell is compiled."""
    return next((p.filename for p in program.earlier if p.number == cell), program.filename)


def cell_named(program: CellProgram, filename: str) -> int | None:
    """The number of the cell that is compiled under a name: 0 the training cell; None: none.
    Of a program that only calls a function, the function's file is the cell."""
    if filename == (program.function_file or program.filename):
        return 0
    return next((p.number for p in program.earlier if p.filename == filename), None)


def by_cell(body: list[ast.stmt]) -> Iterator[tuple[int, list[ast.stmt]]]:
    """Statements in stretches of one cell each, in order."""
    for cell, statements in groupby(body, cell_of):
        yield cell, list(statements)


def futures_of(program: CellProgram, cell: int) -> list[ast.stmt]:
    """A cell's `from __future__` imports, which hold for whatever is compiled of it."""
    part = next((p for p in program.earlier if p.number == cell), None)
    tree = parsed(program.source) if part is None else parsed(part.source, part.number)
    return [s for s in tree.body if is_future(s)]


def is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def is_begin(statement: ast.stmt) -> bool:
    """Whether it is ours: it sets the states with which a cell began."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name == STATES
    return False


@lru_cache(maxsize=32)
def module_of(source: str, earlier: tuple[Part, ...], seeded: bool) -> ast.Module:
    """As `tree_of`, of a program with these."""
    body: list[ast.stmt] = []
    for part in earlier:
        statements = parsed(part.source, part.number).body
        chosen = [statements[index] for index in part.statements]
        if part.seeded:
            chosen = _seeded(part.number, chosen, statements[0])
        body += chosen
    own = parsed(source).body
    return ast.Module([*body, *(_seeded(0, own, own[0]) if seeded and own else own)], [])


def _seeded(cell: int, body: list[ast.stmt], first: ast.stmt) -> list[ast.stmt]:
    """The statements, the recorded states set before the first (but for __future__)."""
    at = 1 + max((i for i, s in enumerate(body) if is_future(s)), default=-1)
    return [*body[:at], _begin(cell, body[at] if at < len(body) else first), *body[at:]]


def _begin(cell: int, at: ast.stmt) -> ast.stmt:
    call = ast.Call(ast.Name(STATES, ast.Load()), [ast.Constant(cell)], [])
    statement = ast.Expr(call)
    for node in ast.walk(statement):
        if "lineno" in getattr(node, "_attributes", ()):
            ast.copy_location(node, at)
        if cell:
            node.hpo_cell = cell  # type: ignore[attr-defined]
    # No place of the cell's: a tuned value that begins there is not this call.
    for node in ast.walk(statement):
        if isinstance(node, ast.expr):
            node.end_lineno, node.end_col_offset = node.lineno, node.col_offset
    statement.end_lineno, statement.end_col_offset = at.lineno, at.col_offset
    return statement
