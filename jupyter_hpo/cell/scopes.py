"""Python's scopes: which names a node binds, and what nested scopes read from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

Node = TypeVar("Node", bound=ast.AST)

_SHARED = {"ctx", "op", "ops", "parent"}
"""Python has one `Load()` and one `USub()` for all trees, on which whoever shows a traceback
(IPython, by `executing`) leaves a `parent`: walked into, it would never end."""


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below, in order, but for `Load()`, `Add()` and the like; three times as
    fast as `ast.iter_child_nodes`, which asks for every field by its name."""
    found: list[ast.AST] = []
    for key, value in node.__dict__.items():
        kind = value.__class__
        if kind is int or kind is str or key in _SHARED:
            continue
        if kind is list:
            found += [v for v in value if isinstance(v, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, breadth first as `ast.walk`, without `Load()` and the like."""
    found = [node]
    for one in found:  # it grows
        found += children(one)
    return found


def copied(node: Node) -> Node:
    """A copy of a node and all below it; `Load()`, `Add()` and the like stay shared.
    `copy.deepcopy` would follow the `parent` that a shown traceback left on them, and copy
    whole files of libraries."""
    made: Node = node.__class__.__new__(node.__class__)
    for key, value in node.__dict__.items():
        if key in _SHARED:
            if key != "parent":
                made.__dict__[key] = value
        elif value.__class__ is list:
            made.__dict__[key] = [copied(v) if isinstance(v, ast.AST) else v for v in value]
        else:
            made.__dict__[key] = copied(value) if isinstance(value, ast.AST) else value
    return made


def stored(nodes: Iterable[ast.AST]) -> list[str]:
    """Names bound in the module's own scope by these nodes, in order, each once."""
    return list(dict.fromkeys(name for node in nodes for name in stores(node)))


def stores(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias_name(a) for a in names if a.name != "*")
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for inner in walk(node):
                if isinstance(inner, ast.NamedExpr):
                    yield inner.target.id
            return
    for child in children(node):
        yield from stores(child)


def alias_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def outer_reads(node: ast.AST) -> list[tuple[str, int]]:
    """(name, line) of what a function's body reads from the module, nested scopes included."""
    if isinstance(node, FUNCTIONS):
        arguments = node.args
        local = {a.arg for a in arguments_of(arguments)}
        body: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
    else:
        local, body = set(), [node]
    declared: set[str] = set()
    for inner in own_scope(body):
        if isinstance(inner, ast.Global):
            declared.update(inner.names)
    local |= set(stored(body)) - declared
    return [read for read in _reads(body) if read[0] not in local]


def _reads(nodes: list[ast.AST]) -> Iterator[tuple[str, int]]:
    """What nodes of one scope read, the scopes in them included, whoever binds it."""
    for inner in own_scope(nodes):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id, inner.lineno
        elif isinstance(inner, COMPREHENSIONS):
            yield from comprehension_reads(inner)
        elif isinstance(inner, FUNCTIONS):
            yield from outer_reads(inner)
        elif isinstance(inner, ast.ClassDef):
            yield from class_reads(inner)


def class_reads(node: ast.ClassDef) -> list[tuple[str, int]]:
    """What a class's body reads from outside; its methods don't see the class's names."""
    own = set(stored(node.body))
    found: list[tuple[str, int]] = []
    for inner in own_scope(list(node.body)):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            if inner.id not in own:
                found.append((inner.id, inner.lineno))
        elif isinstance(inner, COMPREHENSIONS):
            found += [read for read in comprehension_reads(inner) if read[0] not in own]
        elif isinstance(inner, FUNCTIONS):
            found += outer_reads(inner)
        elif isinstance(inner, ast.ClassDef):
            found += class_reads(inner)
    return found


def comprehension_reads(node: Any) -> list[tuple[str, int]]:
    targets = {name for g in node.generators for name in stored([g.target])}
    parts: list[ast.AST] = [g.iter for g in node.generators]
    parts += [test for g in node.generators for test in g.ifs]
    parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    return [read for read in _reads(parts) if read[0] not in targets]


def own_scope(body: list[ast.AST] | list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of a body that run in its own scope: nested scopes are yielded, not entered
    (but what they evaluate at once, their defaults and decorators, is)."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, COMPREHENSIONS):
            continue
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            stack.extend(reversed(list(at_once(node))))
            continue
        stack.extend(reversed(children(node)))


def at_once(node: Any) -> Iterator[ast.AST]:
    """Expressions evaluated when a def, lambda or class statement runs."""
    yield from getattr(node, "decorator_list", [])
    if isinstance(node, ast.ClassDef):
        yield from node.bases
        yield from (keyword.value for keyword in node.keywords)
        return
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from (a.annotation for a in arguments_of(node.args) if a.annotation is not None)
        if node.returns is not None:
            yield node.returns


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*every, *(a for a in (arguments.vararg, arguments.kwarg) if a is not None)]
