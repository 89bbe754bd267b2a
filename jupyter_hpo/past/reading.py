"""From what was typed to what the slice can read: plain Python, and its shape."""

from __future__ import annotations

import ast
import hashlib
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from ..cell.names import use_of_names
from ..cell.slice.values import Executed
from ..cell.source import Transform, to_python
from .records import BANNER, Record, cell_magic

_INTO_CODE = ("hpo", "time", "capture", "prun", "timeit")
"""Cell magics whose body is Python; the others' is no matter of the slice."""

Kind = Literal["code", "study", "repeated", "nothing"]


@dataclass(frozen=True)
class Read:
    """executed: None for kind 'nothing' (no Python in it, or none that was run). kind:
    'study': under `%%hpo`, so it ran in trials; 'repeated': under `%%timeit`, which runs it
    many times and binds nothing. shape: equal for code that differs in literals, comments and
    marks only. binds, reads: names at the top level, and names read from outside."""

    kind: Kind
    executed: Executed | None = None
    shape: str = ""
    binds: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()


def read(record: Record, transform: Transform, filename: str) -> Read:
    """Never raises: what can't be read (a syntax error) is 'nothing', for it did nothing."""
    magic = cell_magic(record.raw)
    if magic is not None and magic not in _INTO_CODE:
        return Read("nothing")
    code = analysed(record.raw, transform)
    if not code.shape:
        return Read("nothing")
    kind: Kind = "study" if record.study else "repeated" if magic == "timeit" else "code"
    executed = Executed(
        record.number,
        code.text,
        filename,
        seeded=record.before is not None,
        failed=bool(record.failed),
        given=record.study,
        study=record.study,
        added=code.added,
    )
    return Read(kind, executed, code.shape, code.binds, code.reads)


@dataclass(frozen=True)
class Code:
    """text, added: as `PythonSource`. shape: '' when there is none, or magics alone."""

    text: str = ""
    shape: str = ""
    binds: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    added: tuple[tuple[int, int, int], ...] = ()


@lru_cache(maxsize=4096)
def analysed(raw: str, transform: Transform) -> Code:
    """The code of a cell as typed, whatever magic it begins with."""
    lines = raw.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if cell_magic(raw) is not None or lines[first].startswith(BANNER):
        lines[first] = ""
    python = to_python("\n".join(lines), transform=transform, line_offset=0)
    if python.tree is None or all(map(_is_magic, python.tree.body)):
        return Code(python.text)
    use = use_of_names(python.tree)
    binds, reads = frozenset(use.assigned), frozenset(use.free)
    return Code(python.text, _shape(python.tree), binds, reads, python.added)


def file_of(record: Record, name_of: Callable[[str, str, int], str] | None) -> str:
    """The name under which the kernel compiled it, so that tracebacks agree; `<cell In[3]>`
    where that can't be known. name_of: the compiler's `get_code_name`."""
    if name_of is not None and record.transformed is not None:
        for end in ("", "\n"):  # which the history leaves out
            name = name_of(record.raw + end, record.transformed + end, record.number)
            if name in linecache.cache:
                return name
    return f"<cell In[{record.number}]>"


def _is_magic(statement: ast.stmt) -> bool:
    """`get_ipython().run_line_magic(...)`, `get_ipython().system(...)`: binds nothing."""
    match statement:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"), args=[]))
            )
        ):
            return True
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
    return False


def _shape(tree: ast.Module) -> str:
    """Node by node without recursion: code may be nested deeper than the interpreter goes."""
    said: list[str] = []
    todo: list[Any] = [tree]
    while todo:
        match todo.pop():
            case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
                said.append("?")
            case ast.AST() as node:
                said.append(type(node).__name__)
                todo += [getattr(node, name, None) for name in reversed(node._fields)]
            case list() as nodes:
                said.append(f"[{len(nodes)}")
                todo += reversed(nodes)
            case other:
                said.append(repr(other))
    return hashlib.sha256(" ".join(said).encode("utf-8", "replace")).hexdigest()[:16]
