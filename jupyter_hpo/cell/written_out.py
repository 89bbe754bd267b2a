"""Calls of pieces with the arguments that they leave out, so that these can be searched.

`pieces.optimizer(model.parameters())` is read as if it ended in `, kind="adamw", lr=0.001, ...)`:
the same values, which the search can then put others in place of. It stays on the same lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from .pieces import PIECES, Piece, as_code, reachable
from .values import dotted, literal_of

HOME = "jupyter_hpo.pieces"


def piece_of(origin: str) -> str:
    """The piece that a dotted origin is of, '' for any other function."""
    if origin != HOME and not origin.startswith(HOME + "."):
        return ""
    name = origin.rpartition(".")[2]
    return name if name in PIECES else ""


def written_out(text: str, names: Mapping[str, str]) -> str:
    """A cell's plain Python in which the calls of pieces say all that can be tuned.

    names: of the notebook, to what they are (`pieces` to `jupyter_hpo.pieces`). What can't be
    parsed comes back as it is, and so do calls with `*` or `**`.
    """
    if "jupyter_hpo" not in text and not any(name in text for name in names):
        return text
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    known = {**names, **_imported(tree)}
    for name in _bound(tree):
        known.pop(name, None)
    lines = [line.encode("utf-8", "surrogatepass") for line in text.split("\n")]
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    found = [insert for call in calls if (insert := _insertion(call, known, lines))]
    for line, column, more in sorted(found, reverse=True):
        whole = lines[line - 1]
        lines[line - 1] = whole[:column] + more.encode() + whole[column:]
        try:
            ast.parse(_joined(lines))
        except SyntaxError:  # its last argument stands in brackets, or is a bare generator
            lines[line - 1] = whole
    return _joined(lines)


def _joined(lines: list[bytes]) -> str:
    return b"\n".join(lines).decode("utf-8", "surrogatepass")


def _imported(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    found[alias.asname] = alias.name
                elif alias.name.startswith("jupyter_hpo"):
                    found["jupyter_hpo"] = "jupyter_hpo"
                else:
                    found[alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _bound(tree: ast.Module) -> Iterator[str]:
    """Names that the cell gives another meaning, but for those of what a piece made
    (`optimizer = optimizer(...)`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield from {node.id} - PIECES.keys()


def _kind(call: ast.Call, piece: Piece) -> Any:
    """The kind that a call asks for, MISSING when it is computed."""
    said = next((k.value for k in call.keywords if k.arg == "kind"), None)
    if said is None and "kind" in piece.positional[: len(call.args)]:
        said = call.args[piece.positional.index("kind")]
    if said is not None:
        return literal_of(said)
    return next((s.default for s in piece.settings if s.name == "kind"), None)


def _insertion(
    call: ast.Call, known: Mapping[str, str], lines: list[bytes]
) -> tuple[int, int, str] | None:
    """Line, column (in bytes) and text of what a call leaves out."""
    head, _, rest = dotted(call.func).partition(".")
    if head not in known:
        return None
    name = piece_of(f"{known[head]}.{rest}" if rest else known[head])
    starred = any(isinstance(a, ast.Starred) for a in call.args)
    if not name or starred or any(k.arg is None for k in call.keywords):
        return None
    piece = PIECES[name]
    given = {*piece.positional[: len(call.args)], *(k.arg for k in call.keywords)}
    settings = reachable(name, _kind(call, piece))
    missing = [s for s in settings if s.name not in given and not s.asked]
    if not missing:
        return None
    text = ", ".join(f"{s.name}={as_code(s.default)}" for s in missing)
    values = [*call.args, *(k.value for k in call.keywords)]
    if not values:
        line, column = call.func.end_lineno or 0, call.func.end_col_offset or 0
        while (at := lines[line - 1].find(b"(", column)) < 0:
            line, column = line + 1, 0
        return line, at + 1, text
    last = max(values, key=lambda v: (v.end_lineno or 0, v.end_col_offset or 0))
    line, column = last.end_lineno or 0, last.end_col_offset or 0
    return line, column, f", {text}"
