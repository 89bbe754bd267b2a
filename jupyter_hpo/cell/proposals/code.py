"""What the whole code says around a value: who stands above it, what names mean, who calls whom."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from ..values import dotted, literal_of

Function = ast.FunctionDef | ast.AsyncFunctionDef

_USUAL = {
    "nn": "torch.nn", "F": "torch.nn.functional", "optim": "torch.optim", "torch": "torch",
    "lr_scheduler": "torch.optim.lr_scheduler", "T": "torchvision.transforms",
    "transforms": "torchvision.transforms", "torchvision": "torchvision",
    "tf": "tensorflow", "keras": "keras", "layers": "keras.layers",
    "optimizers": "keras.optimizers", "regularizers": "keras.regularizers",
    "np": "numpy", "numpy": "numpy", "jnp": "jax.numpy", "jax": "jax", "optax": "optax",
    "pd": "pandas", "plt": "matplotlib.pyplot", "sns": "seaborn", "px": "plotly.express",
    "ax": "matplotlib.axes", "axes": "matplotlib.axes", "axs": "matplotlib.axes",
    "fig": "matplotlib.figure", "xgb": "xgboost", "lgb": "lightgbm", "lgbm": "lightgbm",
    "cb": "catboost", "pl": "lightning", "L": "lightning", "sklearn": "sklearn",
    "random": "random", "time": "time", "math": "math",
}  # fmt: skip
"""What short names mean to nearly everybody, where no import is seen."""

_LIBRARIES = {
    "torch": "torch", "torchvision": "torch", "timm": "torch", "torch_geometric": "torch",
    "keras": "keras", "tensorflow": "keras", "tf_keras": "keras", "sklearn": "sklearn",
    "imblearn": "sklearn", "xgboost": "boost", "lightgbm": "boost", "catboost": "boost",
    "matplotlib": "plot", "seaborn": "plot", "plotly": "plot", "bokeh": "plot",
    "altair": "plot", "pytorch_lightning": "lightning",
}  # fmt: skip


class Code:
    """Facts of a module, gathered in one walk.

    origins: name -> dotted origin, for names that the code itself doesn't import.
    readers: name, or `.name` for attributes and string keys -> the expressions that read it.
    """

    def __init__(self, tree: ast.Module, origins: Mapping[str, str] | None = None) -> None:
        self.tree = tree
        self.parents: dict[int, ast.AST] = {}
        self.imports: dict[str, str] = {}
        self.given = dict(origins or {})
        self.functions: dict[str, list[Function]] = defaultdict(list)
        self.classes: dict[str, ast.ClassDef] = {}
        self.calls: dict[str, list[ast.Call]] = defaultdict(list)
        self.stores: Counter[str] = Counter()
        self.keywords: list[ast.keyword] = []
        self.readers: dict[str, list[ast.expr]] = defaultdict(list)
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[id(child)] = node
            self._note(node)
        named = {*self.imports.values(), *self.given.values()}
        roots = {name.partition(".")[0] for name in named} | {
            full.partition(".")[0] for n, full in _USUAL.items() if n in self.readers
        }
        self.libraries = {_LIBRARIES.get(root, root) for root in roots}

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    head = alias.name.partition(".")[0]
                    self.imports[alias.asname or head] = alias.name if alias.asname else head
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    self.imports[alias.asname or alias.name] = f"{module or ''}.{alias.name}"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions[node.name].append(node)
            case ast.ClassDef():
                self.classes[node.name] = node
            case ast.Call():
                name = last_name(node.func)
                self.keywords += node.keywords
                if name:
                    self.calls[name].append(node)
            case ast.Name(id=name, ctx=ctx):
                if isinstance(ctx, ast.Load):
                    self.readers[name].append(node)
                else:
                    self.stores[name] += 1
            case ast.Attribute(attr=name, ctx=ast.Load()):
                self.readers["." + name].append(node)
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                self.readers["." + name].append(node)

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.parents.get(id(node))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around one, innermost first."""
        found = self.parents.get(id(node))
        while found is not None:
            yield found
            found = self.parents.get(id(found))

    def statement(self, node: ast.AST) -> ast.stmt | None:
        for found in (node, *self.above(node)):
            if isinstance(found, ast.stmt):
                return found
        return None

    def scope(self, node: ast.AST) -> ast.AST:
        """The function or class a node stands in, else the module."""
        for found in self.above(node):
            if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                return found
        return self.tree

    def call_of(self, argument: ast.AST) -> ast.Call | None:
        """The call that an expression is a direct argument of."""
        found = self.parent(argument)
        if isinstance(found, ast.keyword):
            found = self.parent(found)
        if isinstance(found, ast.Call) and argument is not found.func:
            return found
        return None

    def origin(self, node: ast.AST) -> str:
        """The dotted origin of a callee (`torch.nn.Linear` for `nn.Linear`), '' if unknown."""
        name = dotted(node)
        head, _, rest = name.partition(".")
        full = self.imports.get(head) or self.given.get(head)
        if full is None and not (head in self.functions or head in self.classes):
            full = _USUAL.get(head)
        if not name or full is None:
            return ""
        return f"{full}.{rest}" if rest else full

    def library(self, node: ast.AST) -> str:
        """'torch', 'keras', 'sklearn', 'boost', 'plot', ...; 'own' for the person's own
        function or class; '' when nothing says."""
        name = dotted(node)
        if name in self.classes or name in self.functions:
            return "own"
        root = self.origin(node).partition(".")[0]
        return _LIBRARIES.get(root, root)

    def parameters(self, call: ast.Call) -> list[str] | None:
        """The positional parameters of the person's own function or class, None if unknown."""
        name = dotted(call.func)
        if name in self.classes:
            return self.class_parameters(self.classes[name])
        if name in self.functions and len(self.functions[name]) == 1:
            return _positional(self.functions[name][0], skip=0)
        if name.startswith("self.") and len(self.functions.get(name[5:], ())) == 1:
            return _positional(self.functions[name[5:]][0], skip=1)
        return None

    def class_parameters(self, owner: ast.ClassDef) -> list[str] | None:
        for statement in owner.body:
            if isinstance(statement, Function) and statement.name == "__init__":
                return _positional(statement, skip=1)
        if is_record(owner):
            return [
                s.target.id
                for s in owner.body
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]
        return None


def is_record(owner: ast.ClassDef) -> bool:
    """Whether a class's annotated fields are what it is called with (a dataclass and alike)."""
    marks = [*owner.decorator_list, *owner.bases]
    names = {last_name(m.func if isinstance(m, ast.Call) else m) for m in marks}
    return bool(names & {"dataclass", "NamedTuple", "BaseModel", "BaseSettings", "define", "s"})


def last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def string_argument(call: ast.Call) -> str:
    """The first argument when it is a string, else ''."""
    first = literal_of(call.args[0]) if call.args else None
    return first if isinstance(first, str) else ""


def _positional(function: Function, skip: int) -> list[str]:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return names[skip:]
