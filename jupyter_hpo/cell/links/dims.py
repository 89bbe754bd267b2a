"""Sizes as they flow through a model: which literals a size comes from, and their ties."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Dim:
    """A size as the product of literals. nodes: the literals, in the order of the code; text:
    of a size that the code computes otherwise. data: it comes from the data. parts: of a sum."""

    nodes: tuple[ast.expr, ...] = ()
    text: str = ""
    data: bool = False
    parts: tuple[Dim, ...] = ()

    @property
    def literals(self) -> list[ast.expr]:
        return [*self.nodes, *(n for part in self.parts for n in part.literals)]

    @property
    def value(self) -> int | None:
        if self.text or self.data or self.parts or not self.nodes:
            return None
        result = 1
        for node in self.nodes:
            result *= number(node)
        return result


DATA = Dim(data=True)


def number(node: ast.expr) -> int:
    value: Any = getattr(node, "value", 0)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


class Ties:
    """Literals in classes of equals (union-find), some of which must stay as they are."""

    def __init__(self) -> None:
        self._up: dict[int, int] = {}
        self._nodes: dict[int, ast.expr] = {}
        self._fixed: set[int] = set()
        self._of_layers: set[int] = set()

    def add(self, dim: Dim) -> None:
        """A size that a layer takes or gives; others are of no interest."""
        for node in dim.literals:
            self._find(node)
            self._of_layers.add(id(node))

    def _find(self, node: ast.expr) -> int:
        self._nodes.setdefault(id(node), node)
        at = self._up.setdefault(id(node), id(node))
        while self._up[at] != at:
            self._up[at] = self._up[self._up[at]]
            at = self._up[at]
        return at

    def tie(self, a: ast.expr, b: ast.expr) -> None:
        self._up[self._find(a)] = self._find(b)

    def fix(self, dims: Dim | Iterable[Dim | None] | None) -> None:
        """Literals that may not change."""
        for dim in (dims,) if isinstance(dims, Dim) or dims is None else dims:
            if dim is not None:
                self._fixed |= {id(n) for n in dim.literals if self._find(n) is not None}

    def same(self, a: Dim | None, b: Dim | None) -> None:
        """The two are one size. Where that can't be kept under change, both are fixed."""
        if a is None or b is None or a.data or b.data:
            self.fix((a, b))
            return
        if a.text or b.text:
            if a.text != b.text:
                self.fix((a, b))
            return
        if a.parts or b.parts:
            whole, parts = (a, b.parts) if b.parts else (b, a.parts)
            if whole.nodes and self._doubled(whole, parts):
                return
            if len(a.parts) == len(b.parts):
                for one, other in zip(a.parts, b.parts, strict=True):
                    self.same(one, other)
            else:
                self.fix((a, b))
            return
        if len(a.nodes) == len(b.nodes) and all(
            number(x) == number(y) for x, y in zip(a.nodes, b.nodes, strict=True)
        ):
            for x, y in zip(a.nodes, b.nodes, strict=True):
                self.tie(x, y)
            return
        if len(a.nodes) == 1 or len(b.nodes) == 1:
            one, many = (a, b) if len(a.nodes) == 1 else (b, a)
            self._factor(one, many)
            return
        self.fix((a, b))

    def _doubled(self, whole: Dim, parts: tuple[Dim, ...]) -> bool:
        """`hidden * 2` after both directions of a recurrent layer."""
        nodes = parts[0].nodes
        if len(nodes) != 1 or any(p.nodes != nodes for p in parts) or len(whole.nodes) < 2:
            return False
        if whole.value != number(nodes[0]) * len(parts):
            return False
        self._factor(parts[0], whole)
        return True

    def _factor(self, one: Dim, many: Dim) -> None:
        """The channels of what was flattened: `Linear(64 * 7 * 7, ...)` after 64 channels."""
        equal = [n for n in many.nodes if number(n) == number(one.nodes[0])]
        if len(equal) != 1:
            self.fix((one, many))
            return
        self.tie(one.nodes[0], equal[0])
        self.fix(Dim(tuple(n for n in many.nodes if n is not equal[0])))

    def result(self) -> tuple[set[int], set[int], dict[int, list[ast.expr]]]:
        """Ids of literals that stay; those of them that nothing else must agree with and no
        other fixed size equals; for the rest all that change with them."""
        fixed_roots = {self._find(self._nodes[i]) for i in self._fixed}
        classes: dict[int, list[ast.expr]] = {}
        for node in self._nodes.values():
            classes.setdefault(self._find(node), []).append(node)
        fixed: list[list[ast.expr]] = []
        free: dict[int, list[ast.expr]] = {}
        for root, nodes in classes.items():
            if not any(id(n) in self._of_layers for n in nodes):
                continue
            if root in fixed_roots or len({number(n) for n in nodes}) > 1:
                fixed.append(nodes)
            else:
                free |= {id(node): nodes for node in nodes}
        equal = Counter(number(nodes[0]) for nodes in fixed)
        alone = {id(n) for nodes in fixed for n in nodes if len(nodes) == 1 == equal[number(n)]}
        return {id(n) for nodes in fixed for n in nodes}, alone, free
