"""From a cell's program and one trial's values to code.

The tree is parsed once and never changed: each trial copies only the nodes on the way from
the root to what it replaces. Line numbers stay the editor's.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import linecache
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any

from ..errors import CellError, Problem
from ..space import SearchSpace
from ..space.distributions import Categorical, Float
from ..space.grammar import expression
from .captured import CellProgram, Part, Place
from .folds import fold_statement
from .program import by_cell, filename_of, futures_of, tree_of
from .source import FLAGS, from_magic
from .values import attribute_place, place_of
from .wrapping import Path, key_of, wrap_loop, wrap_watch


@dataclass(frozen=True)
class BoundCell:
    """codes: code objects for `exec`, one for each stretch of statements of one cell."""

    codes: tuple[CodeType, ...]

    def run(self, namespace: dict[str, Any]) -> None:
        """Execute in namespace (which holds the recorder when the program has a loop)."""
        for code in self.codes:
            result = eval(code, namespace)
            if awaits(code):
                import asyncio  # costs 20 ms, and few cells need it

                asyncio.run(result)


def bring(program: CellProgram, params: Mapping[str, Any], namespace: dict[str, Any]) -> None:
    """Import the choices among params that the code itself doesn't (`CellProgram.imports`).

    A name that the namespace has stays as it is. Raises what the import raises.
    """
    taken = {value for value in params.values() if isinstance(value, str)}
    for module, name in program.imports:
        if name in taken and name not in namespace:
            namespace[name] = getattr(importlib.import_module(module), name)


def awaits(code: CodeType) -> bool:
    """Whether the code awaits at its top level: then executing it gives a coroutine."""
    return bool(code.co_flags & inspect.CO_COROUTINE)


def bind(program: CellProgram, params: Mapping[str, Any]) -> BoundCell:
    """The cell with params in their places, and its reporting loop reporting; without the
    statements of its shared set-up, which have run.

    params: the active parameters only; the places of others keep the code's own value.
    Raises CellError for a name that the program doesn't tune, or a choice that is no
    expression. Thread-safe. A program without a loop needs no recorder.
    """
    index = _index(program)
    tree: ast.Module = copy.copy(index.tree)
    editor = _Editor(tree)
    problems = []
    for name, value in params.items():
        if name not in program.places:
            problems.append(
                Problem("unknown_name", f"{name!r} is not tuned in this cell.", "", None, name)
            )
            continue
        for place in program.places[name]:
            path, attribute = index.expressions[place]
            node = _constant(program, name, value, editor.at(path))
            if attribute:
                editor.replace_attribute(path, str(value))
            elif node is None:
                text = f"{value!r} of {name!r} is no expression."
                problems.append(Problem("bad_choice", text, "", place.line, name))
            else:
                editor.replace(path, node)
    if problems:
        raise CellError(problems)
    key = key_of(program)
    watched = [(*index.expressions[w.place][0], *w.path) for w in program.watches]
    for number, path in sorted(enumerate(watched), key=lambda pair: -len(pair[1])):
        wrap_watch(editor, path, key, number)  # inner ones first: the outer paths still hold
    if program.loop is not None:
        wrap_loop(editor, index.loops[program.loop.place], key)
    body = [s for i, s in enumerate(tree.body) if i not in program.setup]
    if program.folds is not None:
        done = sum(i < program.folds.before for i in program.setup)
        body.insert(program.folds.before - done, fold_statement(index.tree, program.folds))
    return BoundCell(tuple(_compiled(program, body)))


def prepare(program: CellProgram) -> None:
    """Do the part of `bind` that is the same for every trial (before a worker forks)."""
    index = _index(program)
    if program.earlier:
        body = [s for i, s in enumerate(index.tree.body) if i not in program.setup]
        index.codes.clear()
        for cell, statements in by_cell(body):
            if cell:
                index.codes[tuple(map(id, statements))] = compiled(program, cell, statements)


def remember_source(program: CellProgram) -> None:
    """Let tracebacks of this process show the cells' own lines."""
    sources = [(part.source, part.filename) for part in program.earlier]
    for source, filename in [*sources, (program.source, program.filename)]:
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)


def _compiled(program: CellProgram, body: list[ast.stmt]) -> Iterator[CodeType]:
    """Of earlier cells, stretches without a tuned value are compiled only once (`prepare`)."""
    known = _index(program).codes
    for cell, statements in by_cell(body):
        ready = known.get(tuple(map(id, statements))) if cell else None
        yield ready or compiled(program, cell, statements)


def compiled(program: CellProgram, cell: int, statements: list[ast.stmt]) -> CodeType:
    """Statements of one cell as a module's code, under the cell's filename."""
    futures = [s for s in futures_of(program, cell) if s not in statements]
    tree = ast.Module([*futures, *statements], [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = filename_of(program, cell)
        code: CodeType = compile(tree, name, "exec", flags=FLAGS, dont_inherit=True)
    return code


def _constant(program: CellProgram, name: str, value: Any, at: ast.expr) -> ast.expr | None:
    """The expression for a value; None when an expression choice can't be parsed."""
    distribution = program.space[name].distribution if name in program.space else None
    if isinstance(distribution, Categorical) and distribution.expressions:
        node = expression(value) if isinstance(value, str) else None
        if node is None:
            return None
        for inner in ast.walk(node):
            if "lineno" in inner._attributes:
                ast.copy_location(inner, at)
        return node
    if isinstance(distribution, Float):
        value = float(value)
    return ast.copy_location(ast.Constant(value), at)


@dataclass(frozen=True)
class _Index:
    """Where every span leads: the path from the root, and whether it is an attribute's name.
    codes: what is compiled already of earlier cells, by the identities of the statements."""

    tree: ast.Module
    expressions: dict[Place, tuple[Path, bool]]
    loops: dict[Place, Path]
    codes: dict[tuple[int, ...], CodeType] = field(default_factory=dict)


def _index(program: CellProgram) -> _Index:
    return _indexed(program.source, program.earlier, program.seeded)


@lru_cache(maxsize=32)
def _indexed(source: str, earlier: tuple[Part, ...], seeded: bool) -> _Index:
    expressions: dict[Place, tuple[Path, bool]] = {}
    loops: dict[Place, Path] = {}

    def walk(node: ast.AST, path: Path) -> None:
        if from_magic(node) or isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.expr):
            expressions.setdefault(place_of(node), (path, False))
            if isinstance(node, ast.Attribute):
                expressions.setdefault(attribute_place(node), (path, True))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            loops[place_of(node)] = path
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        walk(item, (*path, (name, i)))
            elif isinstance(value, ast.AST):
                walk(value, (*path, (name, None)))

    program = CellProgram(source, "", SearchSpace(), {}, (), earlier=earlier, seeded=seeded)
    tree = tree_of(program)
    walk(tree, ())
    return _Index(tree, expressions, loops)


class _Editor:
    """Replaces nodes of a tree, copying each node on the way at most once."""

    def __init__(self, root: ast.Module) -> None:
        self.root = root
        self.own: set[int] = {id(root)}
        self.lists: set[int] = set()

    def at(self, path: Path) -> Any:
        node: Any = self.root
        for name, i in path:
            node = getattr(node, name) if i is None else getattr(node, name)[i]
        return node

    def replace(self, path: Path, node: ast.AST) -> None:
        parent: Any = self.writable(path[:-1])
        name, i = path[-1]
        if i is None:
            setattr(parent, name, node)
        else:
            self._list(parent, name)[i] = node
        self.own.add(id(node))

    def replace_attribute(self, path: Path, name: str) -> None:
        self.writable(path).attr = name

    def writable(self, path: Path) -> Any:
        """The node at path, it and all above it copied, so that it may be changed."""
        node: Any = self.root
        for name, i in path:
            child = getattr(node, name) if i is None else getattr(node, name)[i]
            if id(child) not in self.own:
                child = copy.copy(child)
                self.own.add(id(child))
                if i is None:
                    setattr(node, name, child)
                else:
                    self._list(node, name)[i] = child
            node = child
        return node

    def _list(self, node: Any, name: str) -> list[Any]:
        items: list[Any] = getattr(node, name)
        if id(items) not in self.lists:
            items = list(items)
            setattr(node, name, items)
            self.lists.add(id(items))
        return items
