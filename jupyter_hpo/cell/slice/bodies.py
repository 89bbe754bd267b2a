"""What a stretch of code does to the objects behind the names it uses.

A walk over expressions and statements that follows which names' objects a value may be
(`alias`) or may hold (`made`), and collects what may be changed in place. The same walk does a
top-level statement, whose names are the notebook's, and the body of a person's function,
whose parameters stand for what it will be handed; a function's `Doing` is computed once and
put in wherever the function is called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from ..scopes import FUNCTIONS, arguments_of, children, stored, walk
from .expressions import Expressions
from .flow import NONE, NOTHING, Doing, Surround, Value, either, holding


def of_statement(statement: ast.stmt, surround: Surround) -> Doing:
    """What a top-level statement does when it runs; not for definitions."""
    body = _Body(surround, None)
    body.statement(statement)
    body.doing.binds = body.locals
    return body.doing


def of_definition(node: ast.stmt, surround: Surround) -> Doing:
    """What a top-level `def` or `class` does at once: its decorators, which are handed what it
    defines, its defaults, and a class's own statements."""
    body = _Body(surround, None)
    body.defining(node)
    return body.doing


def of_function(node: Any, surround: Surround) -> Doing:
    inside: list[ast.stmt] = (
        [ast.Return(node.body)] if isinstance(node, ast.Lambda) else list(node.body)
    )
    parameters = [a.arg for a in arguments_of(node.args)]
    own = {*parameters, *stored(inside)}
    for inner in walk(node):
        if isinstance(inner, ast.Global | ast.Nonlocal):
            own -= set(inner.names)
    body = _Body(surround, own)
    for name in parameters:
        body.locals[name] = Value(frozenset((f"@{name}",)), NONE)
    body.deep = 1
    body.block(inside)
    if len(inside) > 1:
        body.block(inside)  # what a later turn of a loop sees
    return body.doing


class _Body(Expressions):
    """Statements, and what they do when they run."""

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        kind = type(node)
        if kind is ast.Expr:
            self.value(node.value)  # type: ignore[attr-defined]
        elif kind is ast.Assign:
            self._assign(node)
        elif kind is ast.AugAssign:
            self._augmented(node)
        else:
            self._other_statement(node)

    def _assign(self, node: Any) -> None:
        value = self.value(node.value)
        for target in node.targets:
            elements = getattr(node.value, "elts", None)
            if (
                isinstance(target, ast.Tuple | ast.List)
                and elements is not None
                and len(elements) == len(target.elts)
                and not any(isinstance(e, ast.Starred) for e in [*elements, *target.elts])
            ):
                found = [self.value(e) for e in elements]
                for one, its in zip(target.elts, found, strict=True):
                    self.target(one, its)
            else:
                self.target(target, value)

    def _augmented(self, node: Any) -> None:
        value = self.value(node.value)
        if isinstance(node.target, ast.Name):
            old = self.value(ast.Name(node.target.id, ast.Load()))
            self.change(old, "set")
            self.keep(old, value.all)
            self.locals[node.target.id] = Value(old.alias, old.made | value.all)
        else:
            self.target(node.target, value)

    def _other_statement(self, node: Any) -> None:
        match node:
            case ast.AnnAssign(value=value) if value is not None:
                self.target(node.target, self.value(value))
            case ast.Return(value=value):
                if value is not None:
                    self.doing.result = either([self.doing.result, self.value(value)])
            case ast.For() | ast.AsyncFor():
                self._loop(node)
            case ast.While():
                self.value(node.test)
                self._turns(node.body)
                self.block(node.orelse)
            case ast.If():
                self.value(node.test)
                self.deep += 1
                self.block(node.body)
                self.block(node.orelse)
                self.deep -= 1
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    context = self.value(item.context_expr)
                    self.change(Value(context.alias, NONE), "handed")
                    if item.optional_vars is not None:
                        self.target(item.optional_vars, context)
                self.block(node.body)
            case ast.Try():
                self._try(node)
            case ast.Match():
                subject = self.value(node.subject)
                self.deep += 1
                for case in node.cases:
                    for name in stored([case.pattern]):
                        self.bind(name, either([subject, subject.part]))
                    if case.guard is not None:
                        self.value(case.guard)
                    self.block(case.body)
                self.deep -= 1
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Attribute | ast.Subscript):
                        self.change(self.value(target.value), "set")
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case _ if type(node).__name__ == "TryStar":
                self._try(node)
            case _:
                for child in children(node):
                    if isinstance(child, ast.expr):
                        self.value(child)

    def _loop(self, node: Any) -> None:
        iterated = self.value(node.iter)
        self.change(iterated, "iterated")
        self.deep += 1
        self.target(node.target, iterated.part)
        self.deep -= 1
        self._turns(node.body)
        self.block(node.orelse)

    def _turns(self, body: list[ast.stmt]) -> None:
        self.deep += 1
        self.block(body)
        if self.deep == 1:
            self.block(body)  # what a later turn sees of an earlier one
        self.deep -= 1

    def _try(self, node: Any) -> None:
        self.deep += 1
        self.block(node.body)
        for handler in node.handlers:
            if handler.name:
                self.bind(handler.name, NOTHING)
            self.block(handler.body)
        self.block(node.orelse)
        self.deep -= 1
        self.block(node.finalbody)

    def defining(self, node: Any) -> None:
        """What happens while something is defined, but not what it does when it is used."""
        for decorator in getattr(node, "decorator_list", ()):
            self.value(ast.Call(decorator, [ast.Name(node.name, ast.Load())], []))
        if isinstance(node, FUNCTIONS):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None:
                    self.value(default)
        if isinstance(node, ast.ClassDef):
            inside = _Body(self.surround, set(stored(node.body)))
            inside.doing = self.doing
            for statement in node.body:
                if isinstance(statement, FUNCTIONS | ast.ClassDef):
                    inside.defining(statement)
                else:
                    inside.statement(statement)

    def _definition(self, node: Any) -> None:
        """A def within: as if it were called at once, for what it does to names around it."""
        for decorator in node.decorator_list:
            self.value(decorator)
        held: list[Value] = []
        if isinstance(node, ast.ClassDef):
            held += [self.value(base) for base in node.bases]
            methods = [s for s in node.body if isinstance(s, FUNCTIONS)]
        else:
            held += [self.value(d) for d in node.args.defaults]
            held += [self.value(d) for d in node.args.kw_defaults if d is not None]
            methods = [node]
        for method in methods:
            held.append(self.within(method))
        self.functions[node.name] = node
        self.bind(node.name, holding(held))
