"""Which global random generators a statement seeds or draws from, as far as its code shows."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..effects import LIBRARIES, Facts, origin
from ..scopes import walk
from .flow import Surround
from .manners import changes
from .objects import GENERATORS, generator_of


def chance_of(
    node: ast.stmt, own: Facts, late: list[Facts], nodes: list[ast.AST], surround: Surround
) -> tuple[set[str], set[str]]:
    """Generators that a statement with calls seeds for certain, and that it may draw from.

    own: what its own code does; late: what the code that it calls does; nodes: all of it."""
    seeds, draws = set(own.seeds), set(own.draws)
    others = any(surround.definition(name) is None for name in own.seeders)
    for facts in late:
        draws |= facts.draws
    by_late = {library for facts in late for library in facts.seeds}
    if any(facts.seeders for facts in late):
        by_late |= set(LIBRARIES)
    found = {generator_of(library) for library in seeds}
    if others:
        found |= set(GENERATORS)
    drawn = {generator_of(library) for library in draws}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        if isinstance(called, ast.Name) and surround.definition(called.id) is not None:
            found |= {generator_of(library) for library in by_late}
            by_late = set()
    else:
        drawn |= found
        found = set()
    drawn |= {generator_of(library) for library in by_late}
    drawn |= _hidden(nodes, surround)
    return found, drawn


def _hidden(nodes: Iterable[ast.AST], surround: Surround) -> set[str]:
    """What the code doesn't show: a model that is called or fitted may draw, and so may a
    loader that is gone through."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                if surround.kind(name) == "library":
                    found.update(GENERATORS)
                elif name in ("iter", "next"):
                    found.add(generator_of("torch"))
            case ast.Call(func=ast.Attribute(value=inner, attr=method)):
                root = inner
                while isinstance(root, ast.Attribute | ast.Subscript):
                    root = root.value
                if isinstance(root, ast.Name):
                    kind = surround.kind(root.id)
                    if kind in ("library", None) and changes(kind, "." + method):
                        if kind == "library" or "fit" in method:
                            found.update(GENERATORS)
                    elif origin(node.func, surround.origins).startswith(("keras.", "tensorflow.")):
                        found.add(GENERATORS[-1])
            case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
                names = {n.id for n in walk(iterated) if isinstance(n, ast.Name)}
                if any(surround.kind(name) == "data" for name in names):
                    found.add(generator_of("torch"))
    return found
