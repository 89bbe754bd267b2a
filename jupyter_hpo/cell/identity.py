"""What makes two cells the same study, and what of the best trial comes back."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from ..space import Categorical
from ..study.objective import Objective
from .captured import Place, Tunable
from .names import NameUse
from .scopes import copied
from .values import Values, attribute_place, place_of


class _Mask(ast.NodeTransformer):
    """places: of tuned values. choices: names among them: what imports one is left out, for it
    comes into the cell with the choice."""

    def __init__(self, places: set[Place], choices: set[str]) -> None:
        self.places, self.choices = places, choices

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.ImportFrom):
            node.names = [n for n in node.names if (n.asname or n.name) not in self.choices]
            return node if node.names else None
        if isinstance(node, ast.expr):
            if place_of(node) in self.places:
                return ast.Constant("?")
            if isinstance(node, ast.Attribute) and attribute_place(node) in self.places:
                return ast.Attribute(self.visit(node.value), "?", node.ctx)  # type: ignore[arg-type]
        self.generic_visit(node)
        if isinstance(node, ast.Call) and all(keyword.arg for keyword in node.keywords):
            # What a call of a piece leaves out comes last, and elsewhere once it is typed.
            node.keywords.sort(key=lambda keyword: str(keyword.arg))
        return node


def identity_of(
    tree: ast.Module, searched: Sequence[Tunable], objectives: Sequence[Objective]
) -> str:
    """Of the training code: the syntax tree, its tuned values masked and the keywords of calls in
    one order, and the objectives.

    tree: the cell and what it rests on; left as it is."""
    places = {place for tunable in searched for place in tunable.places}
    choices = {
        choice
        for tunable in searched
        if isinstance(tunable.distribution, Categorical) and tunable.distribution.expressions
        for choice in tunable.distribution.choices
    }
    text = ast.dump(_Mask(places, choices).visit(copied(tree)))
    text += "".join(f"\n{t.name} {t.kind}" for t in sorted(searched, key=lambda t: t.name))
    text += "".join(f"\n{o.direction} {o.source}" for o in objectives)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]


def kept_names(
    use: NameUse, searched: Sequence[Tunable], values: Values, rebuilt: Collection[str] = ()
) -> tuple[str, ...]:
    """Names of the best trial to bring back: what the cell binds, then what it may train, and
    what of earlier cells its trials built anew (rebuilt)."""
    places = {t.places[0] for t in searched}
    tuned = {v.variable for v in values.found if v.variable and v.place in places}
    own = [
        name
        for name in use.assigned
        if not name.startswith("_") and name not in use.modules and name not in tuned
    ]
    trained = [name for name in use.trained if name in use.free and not name.startswith("_")]
    anew = [name for name in rebuilt if name not in tuned and not name.startswith("_")]
    return tuple(dict.fromkeys([*own, *trained, *anew]))
