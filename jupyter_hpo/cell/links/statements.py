"""Statements and plain expressions of the machine that runs models on sizes."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any

from ..values import dotted
from .dims import Dim, Ties
from .layers import Instance, Layer, Sequence, Tensor

_BUDGET = 40_000
NOTHING = object()
"""The value of `None` in the code."""


class Statements(ABC):
    """depth: of calls. exhausted: the code was too much; nothing may be concluded."""

    ties: Ties

    def __init__(self) -> None:
        self.depth = 0
        self.steps = 0

    @property
    def exhausted(self) -> bool:
        return self.steps > _BUDGET

    @abstractmethod
    def call(self, node: ast.Call, env: dict[str, Any]) -> Any: ...

    @abstractmethod
    def escape(self, value: Any) -> None: ...

    @abstractmethod
    def merge(self, a: Any, b: Any) -> Any: ...

    # statements --------------------------------------------------------------------------

    def block(
        self, body: list[ast.stmt], env: dict[str, Any], returned: list[Any] | None = None
    ) -> None:
        for statement in body:
            self.steps += 1
            if self.exhausted:
                return
            self.statement(statement, env, returned if returned is not None else [])

    def statement(self, node: ast.stmt, env: dict[str, Any], returned: list[Any]) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value, env)
                for target in targets:
                    self.assign(target, found, env)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.assign(target, self.value(value, env), env)
            case ast.AugAssign(target=target, op=op, value=value):
                old, new = self.value(_loaded(target), env), self.value(value, env)
                self.assign(target, self.computed(op, old, new, node), env)
            case ast.Expr(value=value):
                self.value(value, env)
            case ast.Return(value=ast.expr() as value):
                returned.append(self.value(value, env))
            case ast.If(test=test, body=body, orelse=orelse):
                self.branch(test, body, orelse, env, returned)
            case ast.For(target=target, iter=iterated, body=body, orelse=orelse):
                for item in self.items(iterated, env):
                    self.assign(target, item, env)
                    self.block(body, env, returned)
                self.block(orelse, env, returned)
            case ast.While(body=body):
                self.block(body, env, returned)
            case ast.With(items=items, body=body):
                for with_item in items:
                    if with_item.optional_vars is not None:
                        self.assign(with_item.optional_vars, None, env)
                self.block(body, env, returned)
            case ast.Try(body=body, handlers=_, orelse=orelse, finalbody=final):
                self.block([*body, *orelse, *final], env, returned)

    def branch(
        self,
        test: ast.expr,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        env: dict[str, Any],
        returned: list[Any],
    ) -> None:
        known = self.truth(test, env)
        if known is not None:
            self.block(body if known else orelse, env, returned)
            return
        one, other = dict(env), dict(env)
        self.block(body, one, returned)
        self.block(orelse, other, returned)
        for name in {*one, *other}:
            env[name] = self.merge(one.get(name), other.get(name))

    def truth(self, test: ast.expr, env: dict[str, Any]) -> bool | None:
        """Of `self.downsample is not None`, where that is known."""
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            right = test.comparators[0]
            if isinstance(right, ast.Constant) and right.value is None:
                found = self.value(test.left, env)
                if found is None or isinstance(found, Tensor):
                    return None
                same = found is NOTHING
                return same if isinstance(test.ops[0], ast.Is) else not same
        if isinstance(test, ast.Attribute | ast.Name):
            found = self.value(test, env)
            if found is NOTHING or isinstance(found, Layer | Sequence | Instance):
                return found is not NOTHING
        return None

    def items(self, iterated: ast.expr, env: dict[str, Any]) -> list[Any]:
        """What a loop goes over; twice something unknown, so that turns meet."""
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
            name = iterated.func.id
            if name == "enumerate" and iterated.args:
                return [[None, item] for item in self.items(iterated.args[0], env)]
            if name == "zip":
                lists = [self.value(a, env) for a in iterated.args]
                if all(isinstance(one, list) for one in lists):
                    return [list(group) for group in zip(*lists, strict=False)][:20]
                return [[None] * len(lists)] * 2
            if name in ("range", "trange", "reversed", "tqdm"):
                if name in ("reversed", "tqdm") and iterated.args:
                    return self.items(iterated.args[0], env)
                return [None, None]
        found = self.value(iterated, env)
        if isinstance(found, list):
            return found[:20]
        if isinstance(found, Sequence):
            return found.items[:20]
        return [None, None]

    def assign(self, target: ast.expr, value: Any, env: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                env[name] = value
            case ast.Attribute(value=owner, attr=name):
                held = self.value(owner, env)
                if isinstance(held, Instance):
                    held.attributes[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                values = value if isinstance(value, list) else [None] * len(targets)
                if isinstance(value, Tensor):
                    self.escape(value)
                    values = [Tensor(None, value.soft)] * len(targets)
                if len(values) != len(targets):
                    self.escape(values)
                    values = [None] * len(targets)
                for one, its in zip(targets, values, strict=True):
                    self.assign(one, its, env)
            case ast.Subscript():
                self.escape(value)

    def class_attribute(
        self, statement: ast.Assign | ast.AnnAssign, made: Instance, env: dict[str, Any]
    ) -> None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if statement.value is None:
            return
        for target in targets:
            if isinstance(target, ast.Name):
                made.attributes[target.id] = self.value(statement.value, env)

    # expressions -------------------------------------------------------------------------

    def value(self, node: ast.expr, env: dict[str, Any]) -> Any:
        """A Dim, Tensor, Layer, Sequence, Instance, a list of them, NOTHING, or None: unknown."""
        self.steps += 1
        if self.exhausted:
            return None
        match node:
            case ast.Constant(value=None):
                return NOTHING
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return Dim((node,))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return Dim((ast.Constant(-1),), text="")
            case ast.Name(id=name):
                return env.get(name)
            case ast.Attribute(value=owner, attr=attr):
                held = self.value(owner, env)
                if isinstance(held, Instance):
                    return held.attributes.get(attr)
                return env.get("." + dotted(node)) if held is None else None
            case ast.Call():
                return self.call(node, env)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                found: list[Any] = []
                for element in elements:
                    if isinstance(element, ast.Starred):
                        inner = self.value(element.value, env)
                        found += inner if isinstance(inner, list) else [None]
                    else:
                        found.append(self.value(element, env))
                return found
            case (
                ast.ListComp(elt=elt, generators=[one])
                | ast.GeneratorExp(elt=elt, generators=[one])
            ):
                inner_env = dict(env)
                result = []
                for item in self.items(one.iter, env):
                    self.assign(one.target, item, inner_env)
                    result.append(self.value(elt, inner_env))
                return result
            case ast.BinOp(left=left, op=op, right=right):
                return self.computed(op, self.value(left, env), self.value(right, env), node)
            case ast.Subscript(value=owner, slice=index):
                return self.element(self.value(owner, env), index)
            case ast.IfExp(body=body, orelse=orelse):
                return self.merge(self.value(body, env), self.value(orelse, env))
            case ast.NamedExpr(target=target, value=value):
                found_value = self.value(value, env)
                self.assign(target, found_value, env)
                return found_value
            case ast.Await(value=value) | ast.Starred(value=value):
                return self.value(value, env)
            case ast.Dict(values=values):
                return {i: self.value(v, env) for i, v in enumerate(values)}
        return None

    def computed(self, op: ast.operator, a: Any, b: Any, node: ast.AST) -> Any:
        if isinstance(a, Dim) and isinstance(b, Dim):
            if isinstance(op, ast.Mult) and not (a.text or b.text or a.parts or b.parts):
                return Dim((*a.nodes, *b.nodes))
            if isinstance(op, ast.Add) and not (a.text or b.text):
                return Dim(parts=(*(a.parts or (a,)), *(b.parts or (b,))))
            known = "/".join(str(id(n)) for n in (*a.literals, *b.literals))
            return Dim((*a.literals, *b.literals), f"{type(op).__name__} {known}")
        if isinstance(a, list) and isinstance(b, list) and isinstance(op, ast.Add):
            return [*a, *b]
        if isinstance(a, list) and isinstance(op, ast.Mult):
            return [*a, *a]
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            if isinstance(op, ast.MatMult):
                self.escape([a, b])
                return Tensor(None)
            if a.dim is not None and b.dim is not None:
                self.ties.same(a.dim, b.dim)
            return Tensor(a.dim or b.dim, a.soft and b.soft, a.makers | b.makers)
        if isinstance(a, Tensor) or isinstance(b, Tensor):
            tensor = a if isinstance(a, Tensor) else b
            if isinstance(op, ast.MatMult):
                self.escape(tensor)
                return Tensor(None, tensor.soft)
            return tensor
        return None

    def element(self, held: Any, index: ast.expr) -> Any:
        if isinstance(held, Tensor):
            return held
        items = held.items if isinstance(held, Sequence) else held
        if not isinstance(items, list):
            return None
        match index:
            case ast.Constant(value=int(place)) if -len(items) <= place < len(items):
                return items[place]
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(place))) if place <= len(
                items
            ):
                return items[-place]
            case ast.Slice(lower=lower, upper=upper, step=None):
                return items[_bound(lower) : _bound(upper)]
        return items[0] if items and isinstance(items[0], Layer | Sequence | Instance) else None


def _bound(node: ast.expr | None) -> int | None:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    return None


def _loaded(target: ast.expr) -> ast.expr:
    return target
