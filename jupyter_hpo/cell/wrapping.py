"""Into the bound tree: the reporting loop's turns, and the values that are watched, are told
to the `Recorder` under its name `__hpo__`."""

from __future__ import annotations

import ast
import copy
import zlib
from collections.abc import Mapping
from typing import Any, Protocol

from .captured import CellProgram
from .recorder import Recorder, Report

RECORDER = "__hpo__"
"""The name under which the bound code expects a `Recorder` in its namespace."""

Path = tuple[tuple[str, int | None], ...]

_LOOPS = ast.For | ast.AsyncFor | ast.While
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


class Editor(Protocol):
    """What `bind` changes its copy of the tree with."""

    def at(self, path: Path) -> Any: ...
    def replace(self, path: Path, node: ast.AST) -> None: ...
    def writable(self, path: Path) -> Any: ...


def key_of(program: CellProgram) -> str:
    """Tells the code of one program from that of another: a function that is kept of a trial
    may be called in a later study, which must not take its turns for reports."""
    sources = [program.source, *(part.source for part in program.earlier)]
    said = repr((sources, program.loop, program.watches, program.objectives))
    return f"{zlib.crc32(said.encode('utf-8', 'replace')):08x}"


def recorder_of(program: CellProgram, namespace: Mapping[str, Any], report: Report) -> Recorder:
    """What the program's bound code expects under RECORDER. namespace: that it runs in."""
    return Recorder(
        program.objectives,
        namespace,
        report,
        loop=program.loop,
        watches=program.watches,
        key=key_of(program),
    )


def wrap_watch(editor: Editor, path: Path, key: str, index: int) -> None:
    """The expression at path becomes `__hpo__.seen(key, index, expression)`."""
    node = editor.at(path)
    at = ast.copy_location(ast.Constant(index), node)
    editor.replace(path, _call("seen", key, [at, node], node))


def wrap_loop(editor: Editor, path: Path, key: str) -> None:
    """`for x in it` asks `__hpo__.iterate(key, it)`; `while c` asks `__hpo__.tick(key) and
    ((c) or __hpo__.over())`; before each `break` and `return` out of it stands
    `__hpo__.leave(key)`."""
    loop = editor.writable(path)
    if isinstance(loop, ast.While):
        tick, over = _call("tick", key, [], loop.test), _call("over", None, [], loop.test)
        held = ast.copy_location(ast.BoolOp(ast.Or(), [loop.test, over]), loop.test)
        loop.test = ast.copy_location(ast.BoolOp(ast.And(), [tick, held]), loop.test)
    else:
        method = "aiterate" if isinstance(loop, ast.AsyncFor) else "iterate"
        loop.iter = _call(method, key, [loop.iter], loop.iter)
    loop.body = [inner for statement in loop.body for inner in _with_leaves(statement, key, True)]


def _call(
    method: str, key: str | None, arguments: list[ast.expr], at: ast.expr | ast.stmt
) -> ast.Call:
    recorder = ast.copy_location(ast.Name(RECORDER, ast.Load()), at)
    function = ast.copy_location(ast.Attribute(recorder, method, ast.Load()), at)
    keys = [] if key is None else [ast.copy_location(ast.Constant(key), at)]
    return ast.copy_location(ast.Call(function, [*keys, *arguments], []), at)


def _with_leaves(statement: ast.stmt, key: str, own: bool) -> list[ast.stmt]:
    """The statement, `leave` before every return, and every break that ends the loop itself.

    own: a break in the statement is the loop's, not of a loop in it.
    """
    if isinstance(statement, ast.Return) or (own and isinstance(statement, ast.Break)):
        leave = ast.copy_location(ast.Expr(_call("leave", key, [], statement)), statement)
        return [leave, statement]
    if not _leaves(statement):
        return [statement]
    statement = copy.copy(statement)
    inner_loop = isinstance(statement, _LOOPS)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list):
            mine = own and not (inner_loop and name == "body")
            setattr(statement, name, [s for inner in block for s in _with_leaves(inner, key, mine)])
    for name in ("handlers", "cases"):
        groups = []
        for group in getattr(statement, name, []):
            group = copy.copy(group)
            group.body = [s for inner in group.body for s in _with_leaves(inner, key, own)]
            groups.append(group)
        if groups:
            setattr(statement, name, groups)
    return [statement]


def _leaves(statement: ast.stmt) -> bool:
    """Whether a break or return stands somewhere in it, functions defined there left out."""
    if isinstance(statement, _SCOPES):
        return False
    return any(isinstance(inner, ast.Break | ast.Return) for inner in ast.walk(statement))
