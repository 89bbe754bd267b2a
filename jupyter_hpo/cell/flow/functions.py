"""The person's own functions and methods, and which of them a call reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..scopes import arguments_of, own_scope, stored
from .paths import substitute

Def = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Function:
    """A def of the tree. owner: the class it is a method of, else ''."""

    node: Def
    owner: str = ""

    @property
    def name(self) -> str:
        """`fit`, or `Trainer.fit` for a method."""
        return f"{self.owner}.{self.node.name}" if self.owner else self.node.name

    @property
    def parameters(self) -> list[str]:
        """Of positional ones, in order."""
        return [a.arg for a in (*self.node.args.posonlyargs, *self.node.args.args)]

    @cached_property
    def local(self) -> frozenset[str]:
        """Names that are the function's own."""
        declared = {
            name
            for inner in own_scope(self.node.body)
            if isinstance(inner, ast.Global | ast.Nonlocal)
            for name in inner.names
        }
        names = {a.arg for a in arguments_of(self.node.args)} | set(stored(self.node.body))
        return frozenset(names - declared)

    @cached_property
    def returned(self) -> list[ast.expr]:
        """What its return statements give, in the order of the text."""
        return [
            node.value
            for node in own_scope(self.node.body)
            if isinstance(node, ast.Return) and node.value is not None
        ]


@dataclass(frozen=True)
class Called:
    """A function that an expression calls, or hands over to be called (then call is None).
    receiver: what stands before the dot of a method."""

    function: Function
    call: ast.Call | None = None
    receiver: ast.expr | None = None

    def arguments(self) -> Iterator[tuple[str, ast.expr]]:
        """(parameter, argument) as far as they can be told from the call."""
        if self.call is None:
            return
        names = self.function.parameters
        if self.function.owner and names and not _is_static(self.function.node):
            if self.receiver is not None:
                yield names[0], self.receiver
            names = names[1:]
        for name, value in zip(names, self.call.args, strict=False):
            if isinstance(value, ast.Starred):
                return
            yield name, value
        for keyword in self.call.keywords:
            if keyword.arg is not None:
                yield keyword.arg, keyword.value


@dataclass
class Functions:
    """functions: by name, wherever they stand. classes: name -> its methods, inherited ones
    too. instances: the last name of what is bound to an object of such a class -> the class."""

    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, dict[str, Function]] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module) -> Functions:
        """Those of a module; where a name is defined twice, the last definition."""
        table = cls()
        table._collect(tree.body)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign):
                continue
            if isinstance(node.targets[0], ast.Name) and (same := table._function(node.value)):
                table.functions.setdefault(node.targets[0].id, same)
            if made := table._class_made(node.value):
                for target in node.targets:
                    if isinstance(target, ast.Name | ast.Attribute):
                        last = target.id if isinstance(target, ast.Name) else target.attr
                        table.instances[last] = made
        return table

    def _collect(self, body: Iterable[ast.AST], owner: str = "") -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                methods: dict[str, Function] = {}
                for base in reversed(node.bases):
                    if isinstance(base, ast.Name):
                        methods |= self.classes.get(base.id, {})
                for inner in node.body:
                    if isinstance(inner, Def):
                        methods[inner.name] = Function(inner, node.name)
                        self._collect(inner.body)
                self.classes[node.name] = methods
            elif isinstance(node, Def):
                self.functions[node.name] = Function(node)
                self._collect(node.body)
            elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                self._collect(ast.iter_child_nodes(node))

    def _function(self, value: ast.expr) -> Function | None:
        """The function that `f`, `partial(f, x=1)` or `torch.compile(f)` is."""
        match value:
            case ast.Name(id=name):
                return self.functions.get(name)
            case ast.Call(
                func=ast.Name(id="partial" | "jit" | "njit") | ast.Attribute(
                    attr="partial" | "jit" | "njit" | "compile" | "function"
                ),
                args=[ast.Name(id=name)],
            ):  # fmt: skip
                return self.functions.get(name)
        return None

    def _class_made(self, value: ast.expr | None) -> str:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id if value.func.id in self.classes else ""
        return ""

    def expanded(self, expression: ast.expr, within: Function | None = None) -> ast.expr:
        """The expression, a property of the person's own classes in the words of its body."""
        for node in ast.walk(expression):
            if isinstance(node, ast.Attribute):
                made = self.classes.get(self._class_of(node.value, within), {})
                found = made.get(node.attr)
                if found is not None and _is_property(found.node) and len(found.returned) == 1:
                    own = ast.Name(found.parameters[0], ast.Load())
                    return substitute(
                        expression, node, substitute(found.returned[0], own, node.value)
                    )
        return expression

    def called(self, node: ast.AST, within: Function | None) -> Iterator[Called]:
        """The functions that one node itself calls, or hands over."""
        if not isinstance(node, ast.Call):
            return
        match node.func:
            case ast.Name(id=name) if name in self.functions:
                yield Called(self.functions[name], node)
            case ast.Name(id=name) if "__call__" in self.classes.get(
                self.instances.get(name, ""), {}
            ):
                yield Called(self.classes[self.instances[name]]["__call__"], node, node.func)
            case ast.Name(id=name) if "__init__" in self.classes.get(name, {}):
                yield Called(self.classes[name]["__init__"], node)
            case ast.Attribute(value=receiver, attr=name):
                method = self.classes.get(self._class_of(receiver, within), {}).get(name)
                if method is not None:
                    yield Called(method, node, receiver)
        for value in [*node.args, *(k.value for k in node.keywords)]:
            if isinstance(value, ast.Name) and value.id in self.functions:
                yield Called(self.functions[value.id])

    def _class_of(self, receiver: ast.expr, within: Function | None) -> str:
        match receiver:
            case ast.Name(id=name):
                if within is not None and within.owner and name in within.parameters[:1]:
                    return within.owner
                return self.instances.get(name, name if name in self.classes else "")
            case ast.Attribute(attr=name):
                return self.instances.get(name, "")
            case ast.Call(func=ast.Name(id=name)):
                return name if name in self.classes else ""
        return ""


def _is_property(node: Def) -> bool:
    names = [
        d.id if isinstance(d, ast.Name) else getattr(d, "attr", "") for d in node.decorator_list
    ]
    return bool({"property", "cached_property"} & set(names))


def _is_static(node: Def) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
