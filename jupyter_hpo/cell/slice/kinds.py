"""Of what kind the object is that a statement binds a name to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..effects import origin
from ..scopes import stored, walk
from .manners import DATA_MAKERS, ITERATORS
from .values import Known, ObjectKind

_SCALARS = {"len", "int", "float", "str", "bool", "round", "abs", "hash", "id", "ord", "chr"}
_CONTAINERS = {"list", "dict", "set", "sorted", "tuple", "frozenset", "Counter", "defaultdict"}
_LIBRARIES = {
    *("numpy", "pandas", "torch", "sklearn", "scipy", "keras", "tensorflow", "xgboost"),
    *("lightgbm", "matplotlib", "seaborn", "transformers", "lightning", "pytorch_lightning"),
    *("jax", "flax", "optax", "skorch", "tqdm", "torchvision", "datasets", "joblib", "catboost"),
}


class Kinds:
    """The live kinds, as far as they can be trusted for earlier bindings of a name.

    last: name -> text of the statement that bound it last in the session, to whose object the
    live kind belongs; several: names that more than one statement binds.
    """

    def __init__(self, known: Known, last: Mapping[str, Any], several: set[str], stdlib: set[str]):
        self.known = known
        self.last = last
        self.several = several
        self.origins = known.surroundings.origins
        self.roots = {o.partition(".")[0] for o in self.origins.values()} | _LIBRARIES | stdlib
        self.imported: dict[str, str] = {}
        self.made: set[str] = set()

    def is_library(self, name: str) -> bool:
        """Whether the name stands for something of an installed library."""
        dotted = self.origins.get(name) or self.imported.get(name)
        return name in self.made or (dotted is not None and self._is_root(dotted))

    def note_made(self, nodes: Sequence[ast.stmt]) -> None:
        """Names that these statements bind to libraries' things, or to what these make of
        anything but a person's code (`nn.ReLU`, `nn.Sequential(...)`), and to nothing else."""
        defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        written = {node.name for node in nodes if isinstance(node, defined)}
        bound: dict[str, bool] = {}
        for node in nodes:
            theirs = isinstance(node, ast.Assign) and self._theirs(node.value, written)
            for name in stored([node]):
                bound[name] = theirs and bound.get(name, True)
        self.made = {name for name, theirs in bound.items() if theirs}

    def _theirs(self, node: ast.expr, written: set[str]) -> bool:
        named = node.func if isinstance(node, ast.Call) else node
        dotted = origin(named, {**self.imported, **self.origins})
        if "." not in dotted or not self._is_root(dotted):
            return False
        return not any(
            isinstance(inner, ast.Lambda) or (isinstance(inner, ast.Name) and inner.id in written)
            for inner in walk(node)
        )

    def _is_root(self, dotted: str) -> bool:
        return dotted.partition(".")[0] in self.roots

    def of(
        self,
        name: str,
        node: ast.stmt,
        text: Any,
        training: bool,
        kind: Callable[[str], ObjectKind | None],
    ) -> ObjectKind | None:
        if isinstance(node, ast.Import):
            return "module"
        live = self.known.kinds.get(name)
        trusted = not training and (name not in self.several or self.last.get(name) == text)
        if isinstance(node, ast.ImportFrom):
            return live if live and trusted else "callable"
        plain = isinstance(node, ast.Assign) and any(_is(name, t) for t in node.targets)
        value = getattr(node, "value", None) if plain or isinstance(node, ast.AnnAssign) else None
        said = self.literal(value)
        if said is not None:
            return said
        if live is not None and (trusted or (live == "data" and not training)):
            return live  # what ends as data, and isn't seen to begin as else, was data
        if isinstance(node, ast.If):
            return self._of_branches(name, node, kind)
        return self._guess(value, kind)

    def _of_branches(
        self, name: str, node: ast.If, kind: Callable[[str], ObjectKind | None]
    ) -> ObjectKind | None:
        """Of a name that only plain assignments bind, all to the same kind."""
        assigned = [n for n in walk(node) if isinstance(n, ast.Assign)]
        values = [n.value for n in assigned for target in n.targets if _is(name, target)]
        stores = [n for n in walk(node) if isinstance(n, ast.Name) and n.id == name]
        bound = sum(isinstance(n.ctx, ast.Store) for n in stores)
        found = {self._guess(value, kind) for value in values}
        return found.pop() if len(found) == 1 and bound == len(values) else None

    def literal(self, node: ast.AST | None) -> ObjectKind | None:
        match node:
            case ast.Constant() | ast.JoinedStr():
                return "constant"
            case ast.UnaryOp(operand=ast.Constant()):
                return "constant"
            case ast.Tuple(elts=elements) if all(self.literal(e) == "constant" for e in elements):
                return "constant"
            case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp():
                return "other"
            case ast.SetComp() | ast.GeneratorExp():
                return "other"
            case ast.Lambda():
                return "callable"
        return None

    def _guess(
        self, node: ast.AST | None, kind: Callable[[str], ObjectKind | None]
    ) -> ObjectKind | None:
        said = self.literal(node)
        if said is not None:
            return said
        match node:
            case ast.Name(id=name):
                return kind(name)
            case ast.BinOp(left=left, right=right):
                both = {self._guess(left, kind), self._guess(right, kind)}
                if both == {"constant"}:
                    return "constant"
                return "data" if "data" in both else None
            case ast.Call(func=ast.Name(id=name)) if name in _SCALARS:
                return "constant"
            case ast.Call(func=ast.Name(id=name)) if self._is_own_class(name, kind):
                return "other"
            case ast.Call(func=func):
                dotted = origin(func, {**self.imported, **self.origins})
                last = dotted.rpartition(".")[2]
                if dotted.startswith(DATA_MAKERS) and last[:1].islower() and last != "default_rng":
                    return "data"
                if isinstance(func, ast.Attribute):
                    root: ast.AST = func.value
                    if self._guess(root, kind) == "data":
                        return "data"
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                return "data" if self._guess(inner, kind) == "data" else None
        return None

    def _is_own_class(self, name: str, kind: Callable[[str], ObjectKind | None]) -> bool:
        """Whether it is a class that a person wrote, also by another name (`Model = CNN`)."""
        return kind(name) == "type" and not self.is_library(name)

    def makes_iterator(
        self, node: ast.stmt, kind: ObjectKind | None, definition: Callable[[str], Any]
    ) -> bool:
        """Whether going through the object may use it up."""
        value = getattr(node, "value", None)
        if kind in ("constant", "data", "type", "callable", "module", "library"):
            return False
        match value:
            case ast.GeneratorExp():
                return True
            case ast.Call(func=func):
                last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if last in ITERATORS:
                    return True
                if last in _CONTAINERS:
                    return False
                if isinstance(func, ast.Name):
                    node_of = definition(func.id)
                    if node_of is not None:
                        inner = walk(node_of)
                        return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in inner)
                return True
        return False


def _is(name: str, target: ast.AST) -> bool:
    return isinstance(target, ast.Name) and target.id == name
