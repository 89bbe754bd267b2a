"""Statements that may be left to the trials in the middle of the shared set-up.

Such a statement only binds names, to values whose making does nothing else: constants, what
is computed from constants of the cell, dotted names, functions and classes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..space import Categorical, SearchSpace
from ..space.grammar import expression
from .captured import Place
from .effects import origin
from .scopes import arguments_of
from .values import dotted, literal_of, place_of

_ASKS_DEVICE = {
    *("torch.device", "torch.cuda.is_available", "torch.backends.mps.is_available"),
    *("torch.cuda.device_count",),
}
"""`device = "cuda" if torch.cuda.is_available() else "cpu"`: each trial asks for itself."""


@dataclass
class Harmless:
    """Looks at one statement. places: tuned ones in it -> the tuned name. left: names bound by
    statements left before; scalars: names bound to one literal; origins: modules, classes.

    reads: names it reads that nothing may bind anew before it; delicate: those of them whose
    object may change, so that nothing may touch it before.
    """

    places: Mapping[Place, str]
    space: SearchSpace
    left: Collection[str]
    scalars: Collection[str]
    origins: Mapping[str, str]
    reads: set[str] = field(default_factory=set)
    delicate: set[str] = field(default_factory=set)

    def statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=value):
                return _is_shown_inline(value)
            case ast.Assign(targets=targets, value=ast.Lambda() as value):
                return all(map(_is_name, targets)) and self._arguments(value.args)
            case ast.Assign(targets=targets, value=value):
                return all(map(_is_name, targets)) and self.value(value)
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                plain = _is_name(target) and self._annotation(annotation)
                return plain and (value is None or self.value(value))
            case ast.If(test=test, body=body, orelse=orelse):
                return self.value(test, True) and all(map(self.statement, [*body, *orelse]))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                returns = node.returns is None or self._annotation(node.returns)
                return not node.decorator_list and returns and self._arguments(node.args)
            case ast.ClassDef():
                plain = not node.decorator_list and not node.keywords
                bases = all(dotted(b) and self.value(b, True) for b in node.bases)
                return plain and bases and all(map(self._of_class, node.body))
        return False

    def value(self, node: ast.expr, computed: bool = False) -> bool:
        """computed: something is computed from it, so it has to be a constant of the cell."""
        if place_of(node) in self.places:
            choices = self._choices(self.places[place_of(node)])
            if choices is None or not all(self._name(name, computed) for name in choices):
                return False
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return self._name(name, computed)
            case ast.Attribute():
                root = dotted(node).partition(".")[0]
                return bool(root) and self._name(root, computed)
            case ast.Tuple() | ast.List() | ast.Set():
                return all(self.value(v, computed) for v in node.elts)
            case ast.Dict(keys=keys, values=values):
                known = all(k is not None and self.value(k, True) for k in keys)
                return known and all(self.value(v, computed) for v in values)
            case (
                ast.UnaryOp() | ast.BinOp() | ast.BoolOp() | ast.Compare() | ast.IfExp()
                | ast.Subscript() | ast.Slice() | ast.JoinedStr() | ast.FormattedValue()
            ):  # fmt: skip
                inner = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr)]
                return all(self.value(v, True) for v in inner)
            case ast.Call(func=called, args=args, keywords=[]):
                name = origin(called, self.origins)
                return name in _ASKS_DEVICE and all(self.value(a, True) for a in args)
        return False

    def _name(self, name: str, computed: bool) -> bool:
        if name in self.left:
            return True
        if name in self.scalars or name in self.origins:
            self.reads.add(name)
            return True
        self.delicate.add(name)
        return not computed

    def _choices(self, tuned: str) -> set[str] | None:
        """Names that the choices of a tuned value read; None when making one may do more."""
        distribution = self.space[tuned].distribution if tuned in self.space else None
        if not isinstance(distribution, Categorical) or not distribution.expressions:
            return set()
        found: set[str] = set()
        for choice in distribution.choices:
            tree = expression(str(choice))
            if tree is None:
                return None
            if isinstance(tree, ast.Constant) or isinstance(literal_of(tree), int | float):
                continue
            if not dotted(tree):
                return None
            found.add(dotted(tree).partition(".")[0])
        return found

    def _arguments(self, arguments: ast.arguments) -> bool:
        defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
        annotations = [a.annotation for a in arguments_of(arguments) if a.annotation is not None]
        return all(map(self.value, defaults)) and all(map(self._annotation, annotations))

    def _annotation(self, node: ast.expr) -> bool:
        inner = list(ast.walk(node))
        self.reads |= {n.id for n in inner if isinstance(n, ast.Name) and n.id not in self.left}
        allowed = ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.Tuple | ast.List
        rest = ast.BinOp | ast.operator | ast.expr_context
        return all(isinstance(n, allowed | rest) for n in inner)

    def _of_class(self, node: ast.stmt) -> bool:
        return not isinstance(node, ast.If | ast.ClassDef) and self.statement(node)


def _is_name(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_is_name, node.elts))
    return isinstance(node, ast.Name)


def _is_shown_inline(node: ast.expr) -> bool:
    """`%matplotlib inline`, which does nothing in a worker."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"
            ),
            args=[ast.Constant(value="matplotlib"), *_],
        ):
            return True
    return False
