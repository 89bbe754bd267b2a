"""What a mark could mean in a cell: its values, and the regions that they stand in.

A `Value` is a literal in a place that has a name (assigned, keyword, positional, in a dict,
a default), a literal elsewhere, an object, or a callee. `Region`s are what a mark on a
closing line may mean: the values of the call, the brackets or the statement that ends there.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..space.space import MISSING
from .captured import Place
from .source import cell_of

Role = Literal["assign", "keyword", "positional", "dict", "default", "element", "inner", "callee"]


@dataclass(frozen=True, eq=False)
class Value:
    """One expression that can be replaced.

    node: the expression. key: what a mark calls it (`lr`, `[1]`); qualified: with its callee
    or dict (`Adam.lr`, `Linear[1]`). literal: its constant, MISSING for an object or a callee.
    computed: the literal is what numbers alone compute (`10 ** -3`), and is replaced whole.
    top: outside functions and classes. callee: dotted, of the call it is an argument of.
    variable: a name bound by it alone. owner: index of the region it belongs to directly.
    simple: a literal, a name, or brackets; not a call or a computation.
    """

    place: Place
    role: Role
    key: str
    qualified: str
    literal: Any
    node: ast.expr
    top: bool
    callee: str = ""
    variable: str | None = None
    owner: int = -1
    simple: bool = True
    computed: bool = False

    @property
    def text(self) -> str:
        """The expression as source."""
        return ast.unparse(self.node)

    @property
    def is_literal(self) -> bool:
        return self.literal is not MISSING

    @property
    def line(self) -> int:
        return self.place.line


@dataclass
class Region:
    """Lines of a call, brackets, or a statement's head, and its values as a slice.

    last: where the values of its last argument or element begin.
    """

    line: int
    end_line: int
    start: int
    last: int = 0
    stop: int = 0
    index: int = 0
    cell: int = 0


@dataclass
class Values:
    """found: in the order of the code; statements of several cells may stand one after the
    other, so a line is asked for with its cell. tree: the code they were found in. added: by
    cell what of it nobody typed, as `PythonSource.added`."""

    found: list[Value] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    added: Mapping[int, Sequence[tuple[int, int, int]]] = field(default_factory=dict)

    def is_typed(self, value: Value) -> bool:
        """Whether it stands in the cell's own text, and not in what a piece's call leaves out."""
        at = value.place
        return not any(
            line == at.line and column <= at.col and at.end_col <= column + length
            for line, column, length in self.added.get(at.cell, ())
        )

    def of_last_argument(self, region: Region) -> list[Value]:
        return self.found[region.last : region.stop]

    def on_line(self, line: int, cell: int = 0) -> list[Value]:
        return [
            v
            for v in self.found
            if v.place.cell == cell and line in (v.place.line, v.place.end_line)
        ]

    def around(self, line: int, cell: int = 0) -> Iterator[tuple[Region, list[Value]]]:
        """Regions that end on the line, then those that begin there, innermost first."""
        spans = [r for r in self.regions if r.cell == cell]
        spans.sort(key=lambda r: (r.stop - r.start, -r.start))
        for region in [r for r in spans if r.end_line == line and r.line < line]:
            yield region, self.found[region.start : region.stop]
        for region in [r for r in spans if r.line == line and r.end_line > line]:
            yield region, self.found[region.start : region.stop]

    def enclosing(self, line: int, cell: int = 0) -> Iterator[tuple[Region, list[Value]]]:
        """Regions that begin before the line and end after it, innermost first."""
        spans = [r for r in self.regions if r.cell == cell and r.line < line < r.end_line]
        for region in sorted(spans, key=lambda r: (r.stop - r.start, -r.start)):
            yield region, self.found[region.start : region.stop]


def place_of(node: ast.expr | ast.stmt) -> Place:
    end_line, end_col = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Place(node.lineno, node.col_offset, end_line, end_col, cell_of(node))


def attribute_place(node: ast.Attribute) -> Place:
    """The span of the last name of a dotted one (`Adam` of `torch.optim.Adam`)."""
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Place(end_line, end - len(node.attr.encode()), end_line, end, cell_of(node))


def literal_of(node: ast.AST) -> Any:
    """None, a bool, int, float or str as written (signed numbers too), else MISSING."""
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=value)):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return -value if isinstance(sign, ast.USub) else value
    return MISSING


def computed(node: ast.AST) -> Any:
    """What an expression of numbers alone gives (`10 ** -3`, `2 * 64`), else MISSING."""
    plain = literal_of(node)
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return plain
    if not isinstance(node, ast.BinOp) or type(node.op) not in _ARITHMETIC:
        return MISSING
    left, right = computed(node.left), computed(node.right)
    if left is MISSING or right is MISSING:
        return MISSING
    if isinstance(node.op, ast.Pow) and (abs(right) > 64 or abs(left) > 1000):
        return MISSING
    try:
        result = _ARITHMETIC[type(node.op)](left, right)
    except (ArithmeticError, ValueError):
        return MISSING
    return result if isinstance(result, int | float) and math.isfinite(result) else MISSING


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


def dotted(node: ast.AST) -> str:
    """`torch.optim.Adam` as text, '' when it is no dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""
