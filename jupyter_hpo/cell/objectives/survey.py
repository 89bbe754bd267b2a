"""What is known of a tree while objectives are looked for in it, and those found so far."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ...study.objective import Direction, Objective
from ..captured import Candidate, Place
from ..flow import Functions, bound_names
from ..loops import is_repeat, loops_around
from ..scopes import own_scope
from ..values import place_of
from .reading import differentiated, summands, values_of


@dataclass
class Survey:
    """tree: looked at. known: names of the notebook. found: by source.

    Of the tree: table of its functions, bound names of the module, used names and attributes,
    values and stores of the module's names, differentiated ones (that a model is trained on),
    summands (part -> whole), loops around each node by its id.
    """

    tree: ast.Module
    known: frozenset[str]
    found: dict[str, Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = Functions.of(self.tree)
        self.bound = bound_names(self.tree)
        self.used = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)} | {
            n.attr for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)
        }
        self.values = values_of(self.tree.body)
        self.differentiated = differentiated(self.tree)
        self.loops = loops_around(self.tree)
        self.summands = summands(self.tree)
        self.stores: dict[str, list[ast.Name]] = {}
        for node in own_scope(self.tree.body):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.stores.setdefault(node.id, []).append(node)

    def add(
        self, source: str, direction: Direction, rank: int, why: str, node: ast.expr | ast.stmt
    ) -> None:
        """Remember a candidate; of two with one source, the likelier."""
        before = self.found.get(source)
        if before is None or rank < before.rank:
            place: Place = place_of(node)
            self.found[source] = Candidate(Objective(source, direction), rank, why, place)

    def in_repeats(self, node: ast.AST) -> bool:
        """Whether it is done once a fold, seed or repeat."""
        around = self.loops.get(id(node), [])
        return bool(around) and is_repeat(around[-1])
