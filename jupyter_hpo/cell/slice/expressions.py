"""What an expression may be and hold, and what it does on the way; calls above all."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from ..effects import origin
from ..scopes import arguments_of, children, outer_reads, stored
from .flow import NONE, NOTHING, Definition, Doing, Value, either, given_to, holding
from .manners import (
    CONSUMES,
    FILLS_ARGUMENT,
    HOLD_NOTHING,
    ITERATORS,
    PURE_CALLS,
    PURE_LIBRARIES,
    PURE_METHODS,
    VIEWS,
    How,
)
from .notes import Notes


class Expressions(Notes):
    """`value` reads an expression, `target` binds or changes what is assigned to."""

    def value(self, node: ast.AST) -> Value:
        kind = type(node)
        if kind is ast.Constant:
            return NOTHING
        if kind is ast.Name:
            return self.known_as(node.id)  # type: ignore[attr-defined]
        if kind is ast.Attribute or kind is ast.Subscript:
            if kind is ast.Subscript:
                self.value(node.slice)  # type: ignore[attr-defined]
            owner = self.value(node.value)  # type: ignore[attr-defined]
            return owner.part
        if kind is ast.Call:
            return self._call(node)
        return self._other_value(node)

    def _other_value(self, node: Any) -> Value:
        match node:
            case ast.BinOp():
                both = holding([self.value(node.left), self.value(node.right)])
                return Value(NONE, frozenset(n for n in both.made if not self.is_data(n)))
            case ast.Tuple() | ast.List() | ast.Set():
                return holding([self.value(e) for e in node.elts])
            case ast.Dict():
                parts = [*(k for k in node.keys if k is not None), *node.values]
                return holding([self.value(p) for p in parts])
            case ast.IfExp():
                self.value(node.test)
                return either([self.value(node.body), self.value(node.orelse)])
            case ast.BoolOp():
                return either([self.value(v) for v in node.values])
            case ast.NamedExpr():
                value = self.value(node.value)
                self.target(node.target, value)
                return value
            case ast.Starred() | ast.Await():
                return self.value(node.value)
            case ast.Lambda():
                return self.within(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Yield() | ast.YieldFrom():
                self.doing.generator = True
                if node.value is not None:
                    found = holding([self.value(node.value)])
                    self.doing.result = either([self.doing.result, found])
                return NOTHING
            case _:
                for child in children(node):
                    if isinstance(child, ast.expr):
                        self.value(child)
                return NOTHING

    def _comprehension(self, node: Any) -> Value:
        names = {name for g in node.generators for name in stored([g.target])}
        before = {name: self.locals.get(name) for name in names}
        own, deep = self.own, self.deep
        self.own, self.deep = (None if own is None else own | names), 0
        for generator in node.generators:
            iterated = self.value(generator.iter)
            self.change(iterated, "iterated")
            self.target(generator.target, iterated.part)
            for test in generator.ifs:
                self.value(test)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        found = holding([self.value(part) for part in parts])
        self.own, self.deep = own, deep
        for name, value in before.items():
            if value is None:
                self.locals.pop(name, None)
            else:
                self.locals[name] = value
        return found

    def target(self, node: ast.AST, value: Value) -> None:
        match node:
            case ast.Name(id=name):
                if self.own is not None and name not in self.own:
                    return  # `global`: what the machine knows of the function says so
                self.functions.pop(name, None)
                self.bind(name, value)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self.target(element, value.part)
            case ast.Starred(value=inner):
                self.target(inner, value)
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                if isinstance(node, ast.Subscript):
                    self.value(node.slice)
                owner = self.value(inner)
                self.change(owner, "set")
                self.keep(owner, value.all)

    def within(self, node: Any) -> Value:
        """What a nested function does to what it sees from outside; what it holds of it."""
        self._apply(self.surround.read(node, self.surround.within()), {})
        return holding([self.known_as(name) for name, _ in outer_reads(node)])

    # calls ------------------------------------------------------------------------------

    def _call(self, node: Any) -> Value:
        args = [self.value(a) for a in node.args]
        keywords = [(k.arg, self.value(k.value)) for k in node.keywords]
        func = node.func
        if isinstance(func, ast.Attribute) and not self._is_module(func):
            return self._method(node, func, args, keywords)
        name = origin(func, self.surround.origins)
        last = name.rpartition(".")[2]
        if isinstance(func, ast.Name):
            known = self._behind(func.id)
            if known is not None:
                return self._own_call(known, func.id, args, keywords)
            if func.id in self.locals or self.kind_of(func.id) in ("library", "other", "data"):
                called = self.known_as(func.id)
                self.change(called, "called")
                self._handed(args, keywords, "handed")
                return Value(NONE, called.all | holding(args).made)
            if func.id == "super":
                first = next(iter(self.locals.values()), NOTHING)
                return first
        elif not isinstance(func, ast.Attribute):
            called = self.value(func)
            self.change(called, "called")
            self._handed(args, keywords, "handed")
            return holding([called, *args, *(v for _, v in keywords)])
        for keyword, value in keywords:
            if keyword == "out":
                self.change(value, "set")
        filled = FILLS_ARGUMENT.get(name)
        if filled is not None and len(args) > filled:
            self.change(args[filled], "set")
            self.keep(args[filled], holding(args).made - args[filled].all)
            return NOTHING
        if last == "next":
            self.change(either(args[:1]), "stepped")
            return either(args).part
        if last not in PURE_CALLS and not name.startswith(PURE_LIBRARIES):
            self._handed(args, keywords, "handed")
            if isinstance(func, ast.Name) and not self._is_library(func.id):
                self.doing.unread.add(func.id)
        elif last in CONSUMES:
            self.change(either(args), "iterated")
        held = holding([*args, *(v for _, v in keywords)])
        if name in ("max", "min", "sum"):
            return either([*args, held]).part
        if last in HOLD_NOTHING:
            return NOTHING
        if last in VIEWS:
            first = either(args[:1])
            return Value(first.alias | first.part.alias, held.made)
        if last in ITERATORS:
            return held
        if isinstance(func, ast.Name) and self.kind_of(func.id) == "type":
            return Value(NONE, held.made | {func.id})
        return held

    def _is_library(self, name: str) -> bool:
        return self.surround.is_library(name) or self.kind_of(name) == "library"

    def _is_module(self, node: ast.Attribute) -> bool:
        root: ast.AST = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self.locals:
            return False
        if self.own is not None and root.id in self.own:
            return False
        kind = self.surround.kind(root.id)
        if kind in ("module", "type"):
            return True
        return root.id in self.surround.origins and kind in (None, "callable")

    def _behind(self, name: str) -> Definition | None:
        if name in self.functions:
            return self.functions[name]
        if name in self.locals or (self.own is not None and name in self.own):
            return None
        return self.surround.definition(name)

    def _handed(self, args: list[Value], keywords: list[tuple[Any, Value]], how: How) -> None:
        for value in [*args, *(v for _, v in keywords)]:
            self.change(value, how)
            # two objects handed to one call may hold each other afterwards: not followed

    def _method(
        self, node: Any, func: ast.Attribute, args: list[Value], keywords: list[tuple[Any, Value]]
    ) -> Value:
        receiver = self.value(func.value)
        method = func.attr
        in_place = any(
            k.arg == "inplace" and not (isinstance(k.value, ast.Constant) and not k.value.value)
            for k in node.keywords
        )
        pure = method in PURE_METHODS and not in_place
        self.change(receiver, "!" + method if in_place else "." + method)
        held = holding([*args, *(v for _, v in keywords)])
        if not pure:
            if not self.surround.is_shallow(method):
                self._handed(args, keywords, "handed")
            self.keep(receiver, held.made)
        if method == "shuffle" and args:  # of a random generator
            self.change(args[0], "set")
        if method == "join":
            self.change(either(args), "iterated")
        if method in HOLD_NOTHING:
            return NOTHING
        if method in VIEWS:
            return Value(receiver.alias | receiver.part.alias, receiver.made | held.made)
        if pure:
            return Value(NONE, receiver.all | held.made)
        own = frozenset(n for n in receiver.alias if not self.is_data(n))
        inner = frozenset(n for n in own if self.kind_of(n.rstrip(".")) != "library")
        alias = own | Value(inner, NONE).part.alias
        return Value(alias, receiver.all | held.made)

    def _own_call(
        self, node: Any, name: str, args: list[Value], keywords: list[tuple[Any, Value]]
    ) -> Value:
        if isinstance(node, ast.ClassDef):
            held = holding([*args, *(v for _, v in keywords)])
            made = Value(NONE, held.made | (frozenset((name,)) - self.locals.keys()))
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    doing = self.surround.of_function(method)
                    if doing is not None:
                        self._apply(doing, given_to(method, [NOTHING, *args], keywords))
            return made
        doing = self.surround.of_function(node)
        given = given_to(node, args, keywords)
        if node.args.defaults or node.args.kw_defaults:
            default = Value(frozenset((name + ".",)), NONE)
            if name in self.functions:
                default = holding([self.value(d) for d in node.args.defaults])
            for parameter in arguments_of(node.args):
                given.setdefault("@" + parameter.arg, default)
        if doing is None:
            self._handed(args, keywords, "handed")
            return holding(given.values())
        result = self._apply(doing, given)
        if node.decorator_list if not isinstance(node, ast.Lambda) else ():
            self._handed(args, keywords, "handed")
            return either([result, holding(given.values())])
        if doing.generator:
            return holding([result, *given.values()])
        return result

    def _apply(self, doing: Doing, given: Mapping[str, Value]) -> Value:
        """Put what a function does in, with what it is handed for its parameters."""

        def here(name: str) -> Value:
            if name[-1] == ".":
                return here(name[:-1]).part
            if name[0] == "@":
                return given.get(name, NOTHING)
            return self.known_as(name)

        for name, how in doing.changes:
            self.change(here(name), how)
        for name, kept in doing.holds.items():
            self.keep(here(name), holding([here(k) for k in kept]).made)
        self.doing.unread |= doing.unread
        alias = either([here(n) for n in doing.result.alias])
        return Value(alias.alias, alias.made | holding([here(n) for n in doing.result.made]).made)
