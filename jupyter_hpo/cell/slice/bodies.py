"""What a stretch of code does to the objects behind the names it uses.

A walk over expressions and statements that follows which names' objects a value may be
(`alias`) or may hold (`made`), and collects what may be changed in place. The same walk does a
top-level statement, whose names are the notebook's, and the body of a person's function,
whose parameters stand for what it will be handed; a function's `Doing` is computed once and
put in wherever the function is called.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..effects import origin
from ..scopes import FUNCTIONS, arguments_of, children, outer_reads, stored, walk
from .manners import (
    CONSUMES,
    FILLS_ARGUMENT,
    HOLD_NOTHING,
    ITERATORS,
    PURE_CALLS,
    PURE_LIBRARIES,
    PURE_METHODS,
    SHALLOW,
    VIEWS,
    How,
)
from .values import ObjectKind

Names = frozenset[str]
NONE: Names = frozenset()
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


class Value(NamedTuple):
    """alias: names whose object it may be, and `name.` for what may be a part or a view of it;
    made: those whose objects it may hold. A parameter stands there as `@name`."""

    alias: Names
    made: Names

    @property
    def all(self) -> Names:
        return self.alias | self.made

    @property
    def part(self) -> Value:
        """An element, an attribute or a view of it."""
        if not self.alias and not self.made:
            return self
        return Value(frozenset(n if n[-1] == "." else n + "." for n in self.all), self.made)


NOTHING = Value(NONE, NONE)


def _either(values: Iterable[Value]) -> Value:
    alias, made = NONE, NONE
    for value in values:
        alias |= value.alias
        made |= value.made
    return Value(alias, made)


def _holding(values: Iterable[Value]) -> Value:
    found = _either(values)
    return Value(NONE, found.alias | found.made) if found is not NOTHING else found


@dataclass
class Doing:
    """changes: (name, how) of what may be changed. holds: name -> names whose objects its
    object may hold from now on. binds: name -> what it is bound to. result: what a function
    returns. unread: functions called whose code isn't known. generator: it has a `yield`."""

    changes: set[tuple[str, How]] = field(default_factory=set)
    holds: dict[str, set[str]] = field(default_factory=dict)
    binds: dict[str, Value] = field(default_factory=dict)
    result: Value = NOTHING
    unread: set[str] = field(default_factory=set)
    generator: bool = False


class Surround:
    """What code can know of the names outside: `definition(name)` gives the person's def or
    class behind a name, `kind(name)` what kind of object it is bound to (None: not known)."""

    def __init__(
        self,
        origins: Mapping[str, str],
        definition: Callable[[str], Definition | None],
        kind: Callable[[str], ObjectKind | None],
        is_library: Callable[[str], bool],
    ) -> None:
        self.origins = origins
        self.definition = definition
        self.kind = kind
        self.is_library = is_library
        self.methods: set[str] = set()
        self._known: dict[int, tuple[Doing | None, ast.AST]] = {}

    def is_shallow(self, method: str) -> bool:
        """Whether a method is a container's own, which changes nothing that it holds."""
        return method in SHALLOW and method not in self.methods

    def forget(self) -> None:
        """Something was defined anew: bodies that call it do something else now."""
        self._known.clear()

    def of_function(self, node: Any) -> Doing | None:
        """None while it is being looked at (it calls itself)."""
        found = self._known.get(id(node))
        if found is None:
            self._known[id(node)] = (None, node)
            found = (_of_function(node, self), node)
            self._known[id(node)] = found
        return found[0]


def of_statement(statement: ast.stmt, surround: Surround) -> Doing:
    """What a top-level statement does when it runs; not for definitions."""
    body = _Body(surround, None)
    body.statement(statement)
    body.doing.binds = body.locals
    return body.doing


def _of_function(node: Any, surround: Surround) -> Doing:
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


class _Body:
    """own: names local to the function, None at the top level, where all are the notebook's."""

    def __init__(self, surround: Surround, own: set[str] | None) -> None:
        self.surround = surround
        self.own = own
        self.locals: dict[str, Value] = {}
        self.functions: dict[str, Definition] = {}
        self.doing = Doing()
        self.deep = 0

    # noting -----------------------------------------------------------------------------

    def change(self, value: Value, how: How) -> None:
        method = how[1:] if how[0] == "." else ""
        if method in PURE_METHODS:
            return
        for name in value.alias:
            self.doing.changes.add((name, how))
        if how == "set" or self.surround.is_shallow(method):
            return
        for name in value.made:
            self.doing.changes.add((name, how if how == "iterated" else "deep"))

    def keep(self, value: Value, kept: Names) -> None:
        """The object of value may hold those of kept from now on."""
        if not kept:
            return
        for name in value.all:
            self.doing.holds.setdefault(name, set()).update(kept - {name})
        for local, known in self.locals.items():
            if known.alias & value.alias and not known.made >= kept:
                self.locals[local] = Value(known.alias, known.made | kept)

    def bind(self, name: str, value: Value) -> None:
        before = self.locals.get(name)
        if self.deep and (before is not None or self.own is None):
            before = before if before is not None else self._outer(name)
            value = _either([before, value])
        self.locals[name] = value

    def _outer(self, name: str) -> Value:
        return Value(frozenset((name,)), NONE)

    def _kind(self, name: str) -> ObjectKind | None:
        return None if name[0] == "@" or name[-1] == "." else self.surround.kind(name)

    def _is_data(self, name: str) -> bool:
        """Whether the name stands for data, or for a part of it."""
        return self._kind(name.rstrip(".")) == "data"

    # statements -------------------------------------------------------------------------

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

    def _other_statement(self, node: Any) -> None:
        match node:
            case ast.AnnAssign(value=value) if value is not None:
                self.target(node.target, self.value(value))
            case ast.Return(value=value):
                if value is not None:
                    self.doing.result = _either([self.doing.result, self.value(value)])
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
                        self.bind(name, _either([subject, subject.part]))
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
            held.append(self._inner(method))
        self.functions[node.name] = node
        self.bind(node.name, _holding(held))

    def _inner(self, node: Any) -> Value:
        """What a nested function does to what it sees from outside; what it holds of it."""
        inner = Surround(
            self.surround.origins,
            self.surround.definition,
            self.surround.kind,
            self.surround.is_library,
        )
        inner.methods = self.surround.methods
        self._apply(_of_function(node, inner), {})
        return _holding([self._name(name) for name, _ in outer_reads(node)])

    # expressions ------------------------------------------------------------------------

    def _name(self, name: str) -> Value:
        found = self.locals.get(name)
        if found is not None:
            return found
        if self.own is not None and name in self.own:
            return NOTHING
        return self._outer(name)

    def value(self, node: ast.AST) -> Value:
        kind = type(node)
        if kind is ast.Constant:
            return NOTHING
        if kind is ast.Name:
            return self._name(node.id)  # type: ignore[attr-defined]
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
                both = _holding([self.value(node.left), self.value(node.right)])
                return Value(NONE, frozenset(n for n in both.made if not self._is_data(n)))
            case ast.Tuple() | ast.List() | ast.Set():
                return _holding([self.value(e) for e in node.elts])
            case ast.Dict():
                parts = [*(k for k in node.keys if k is not None), *node.values]
                return _holding([self.value(p) for p in parts])
            case ast.IfExp():
                self.value(node.test)
                return _either([self.value(node.body), self.value(node.orelse)])
            case ast.BoolOp():
                return _either([self.value(v) for v in node.values])
            case ast.NamedExpr():
                value = self.value(node.value)
                self.target(node.target, value)
                return value
            case ast.Starred() | ast.Await():
                return self.value(node.value)
            case ast.Lambda():
                return self._inner(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Yield() | ast.YieldFrom():
                self.doing.generator = True
                if node.value is not None:
                    found = _holding([self.value(node.value)])
                    self.doing.result = _either([self.doing.result, found])
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
        found = _holding([self.value(part) for part in parts])
        self.own, self.deep = own, deep
        for name, value in before.items():
            if value is None:
                self.locals.pop(name, None)
            else:
                self.locals[name] = value
        return found

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
            if func.id in self.locals or self._kind(func.id) in ("library", "other", "data"):
                called = self._name(func.id)
                self.change(called, "called")
                self._handed(args, keywords, "handed")
                return Value(NONE, called.all | _holding(args).made)
            if func.id == "super":
                first = next(iter(self.locals.values()), NOTHING)
                return first
        elif not isinstance(func, ast.Attribute):
            called = self.value(func)
            self.change(called, "called")
            self._handed(args, keywords, "handed")
            return _holding([called, *args, *(v for _, v in keywords)])
        for keyword, value in keywords:
            if keyword == "out":
                self.change(value, "set")
        filled = FILLS_ARGUMENT.get(name)
        if filled is not None and len(args) > filled:
            self.change(args[filled], "set")
            self.keep(args[filled], _holding(args).made - args[filled].all)
            return NOTHING
        if last == "next":
            self.change(_either(args[:1]), "stepped")
            return _either(args).part
        if last not in PURE_CALLS and not name.startswith(PURE_LIBRARIES):
            self._handed(args, keywords, "handed")
            if isinstance(func, ast.Name) and not self.surround.is_library(func.id):
                self.doing.unread.add(func.id)
        elif last in CONSUMES:
            self.change(_either(args), "iterated")
        held = _holding([*args, *(v for _, v in keywords)])
        if name in ("max", "min", "sum"):
            return _either([*args, held]).part
        if last in HOLD_NOTHING:
            return NOTHING
        if last in VIEWS:
            first = _either(args[:1])
            return Value(first.alias | first.part.alias, held.made)
        if last in ITERATORS:
            return held
        if isinstance(func, ast.Name) and self._kind(func.id) == "type":
            return Value(NONE, held.made | {func.id})
        return held

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
        held = _holding([*args, *(v for _, v in keywords)])
        if not pure:
            if not self.surround.is_shallow(method):
                self._handed(args, keywords, "handed")
            self.keep(receiver, held.made)
        if method == "shuffle" and args:  # of a random generator
            self.change(args[0], "set")
        if method == "join":
            self.change(_either(args), "iterated")
        if method in HOLD_NOTHING:
            return NOTHING
        if method in VIEWS:
            return Value(receiver.alias | receiver.part.alias, receiver.made | held.made)
        if pure:
            return Value(NONE, receiver.all | held.made)
        own = frozenset(n for n in receiver.alias if not self._is_data(n))
        inner = frozenset(n for n in own if self._kind(n.rstrip(".")) != "library")
        alias = own | Value(inner, NONE).part.alias
        return Value(alias, receiver.all | held.made)

    def _own_call(
        self, node: Any, name: str, args: list[Value], keywords: list[tuple[Any, Value]]
    ) -> Value:
        if isinstance(node, ast.ClassDef):
            held = _holding([*args, *(v for _, v in keywords)])
            made = Value(NONE, held.made | (frozenset((name,)) - self.locals.keys()))
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    doing = self.surround.of_function(method)
                    if doing is not None:
                        self._apply(doing, _given(method, [NOTHING, *args], keywords))
            return made
        doing = self.surround.of_function(node)
        given = _given(node, args, keywords)
        if node.args.defaults or node.args.kw_defaults:
            default = Value(frozenset((name + ".",)), NONE)
            if name in self.functions:
                default = _holding([self.value(d) for d in node.args.defaults])
            for parameter in arguments_of(node.args):
                given.setdefault("@" + parameter.arg, default)
        if doing is None:
            self._handed(args, keywords, "handed")
            return _holding(given.values())
        result = self._apply(doing, given)
        if node.decorator_list if not isinstance(node, ast.Lambda) else ():
            self._handed(args, keywords, "handed")
            return _either([result, _holding(given.values())])
        if doing.generator:
            return _holding([result, *given.values()])
        return result

    def _apply(self, doing: Doing, given: Mapping[str, Value]) -> Value:
        """Put what a function does in, with what it is handed for its parameters."""

        def here(name: str) -> Value:
            if name[-1] == ".":
                return here(name[:-1]).part
            if name[0] == "@":
                return given.get(name, NOTHING)
            return self._name(name)

        for name, how in doing.changes:
            self.change(here(name), how)
        for name, kept in doing.holds.items():
            self.keep(here(name), _holding([here(k) for k in kept]).made)
        self.doing.unread |= doing.unread
        alias = _either([here(n) for n in doing.result.alias])
        return Value(alias.alias, alias.made | _holding([here(n) for n in doing.result.made]).made)


def _given(node: Any, args: list[Value], keywords: list[tuple[Any, Value]]) -> dict[str, Value]:
    """`@parameter` -> what the call hands it."""
    parameters = node.args
    names = [a.arg for a in [*parameters.posonlyargs, *parameters.args]]
    found: dict[str, Value] = {}
    rest: list[Value] = []
    for i, value in enumerate(args):
        if i < len(names):
            found["@" + names[i]] = value
        else:
            rest.append(value)
    named = {*names, *(a.arg for a in parameters.kwonlyargs)}
    for keyword, value in keywords:
        if keyword in named:
            found["@" + keyword] = value
        else:
            rest.append(value)
            if keyword is None:  # `**config`: any of them
                for name in named - {n[1:] for n in found}:
                    found["@" + name] = value.part
    for star in (parameters.vararg, parameters.kwarg):
        if star is not None:
            found["@" + star.arg] = _holding(rest)
    return found
