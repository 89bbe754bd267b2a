"""Runs the code's models on sizes instead of numbers, to see which sizes must agree.

An abstract interpreter for what people write in `__init__`, `forward` and functions that build
models. Whatever it doesn't understand makes the sizes that go in fixed: a width that may not
change is lost as a proposal, one that changes alone would break the model.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence as Seq
from typing import Any

from ..proposals.code import Code, Function, last_name
from .dims import DATA, Dim
from .layers import (
    KERAS_WIDTHS,
    KINDS,
    THROUGH_CALLS,
    Instance,
    Layer,
    Sequence,
    Tensor,
)
from .making import Maker

_FORWARD = ("forward", "call", "__call__", "training_step")


class Machine(Maker):
    """ties: what was learned. last: ids of calls that make the last layer of a model."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.last: set[int] = set()
        self.made: set[str] = set()
        self.called: set[str] = set()

    def run(self) -> None:
        env: dict[str, Any] = {}
        self.block(self.code.tree.body, env)
        for name, functions in self.code.functions.items():
            owner = self.code.parent(functions[0])
            if owner is self.code.tree and name not in self.called and self._builds(functions[0]):
                self.end(self.call_function(functions[0], [], {}, env))
        for name, owner in self.code.classes.items():
            if name not in self.made and self._builds(owner):
                self.instance(owner, [], {}, env)
        for model in list(self.models):
            if id(model) not in self.inside:
                self.end(self.apply(model, [], {}))
        for layer in self.layers:
            if not layer.applied and layer.library == "torch":
                self.ties.fix((layer.takes, layer.gives))
        if self.exhausted:
            for layer in self.layers:
                self.ties.fix((layer.takes, layer.gives))

    def _builds(self, node: ast.AST) -> bool:
        return any(
            isinstance(n, ast.Call)
            and (last_name(n.func) in KINDS or last_name(n.func) in KERAS_WIDTHS)
            for n in ast.walk(node)
        )

    # ends --------------------------------------------------------------------------------

    def end(self, value: Any) -> None:
        """A result: the data say its size."""
        if isinstance(value, Tensor):
            self.ties.fix(value.dim)
            self.last |= value.makers
        elif isinstance(value, list | dict):
            for one in value.values() if isinstance(value, dict) else value:
                self.end(one)

    def escape(self, value: Any) -> None:
        """Goes where nobody can follow: its size stays."""
        if isinstance(value, Tensor) and not value.soft:
            self.ties.fix(value.dim)
        elif isinstance(value, list):
            for one in value:
                self.escape(one)

    def merge(self, a: Any, b: Any) -> Any:
        """The value of a name after two branches."""
        if a is b:
            return a
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            if a.soft or b.soft:
                return Tensor(None, True, a.makers | b.makers)
            self.ties.same(a.dim, b.dim)
            return Tensor(a.dim, False, a.makers | b.makers)
        if isinstance(a, Tensor) or isinstance(b, Tensor):
            self.escape(a)
            self.escape(b)
            return Tensor(None)
        return a if a is not None else b

    # calls -------------------------------------------------------------------------------

    def call(self, node: ast.Call, env: dict[str, Any]) -> Any:
        args: list[Any] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                found = self.value(argument.value, env)
                args += found if isinstance(found, list) else [None]
            else:
                args.append(self.value(argument, env))
        kwargs = {k.arg: self.value(k.value, env) for k in node.keywords if k.arg}
        name = last_name(node.func)
        if isinstance(node.func, ast.Name) and node.func.id not in env:
            if name in self.code.classes:
                return self.instance(self.code.classes[name], args, kwargs, env)
            if len(self.code.functions.get(name, ())) == 1:
                return self.call_function(self.code.functions[name][0], args, kwargs, env)
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value, env)
            if owner is not None:
                return self.method(owner, name, args, kwargs, env, node)
        elif not isinstance(node.func, ast.Name) or node.func.id in env:
            target = self.value(node.func, env)
            if isinstance(target, Layer | Sequence | Instance):
                return self.apply(target, args, kwargs)
        return self.construct(node, name, args, kwargs)

    def method(
        self, owner: Any, name: str, args: list[Any], kwargs: dict[str, Any],
        env: dict[str, Any], node: ast.Call,
    ) -> Any:  # fmt: skip
        if isinstance(owner, Tensor):
            if name in ("view", "reshape"):
                return self.reshape(owner, args)
            if name in THROUGH_CALLS or name in ("unsqueeze", "size", "dim", "item"):
                return None if name in ("size", "dim", "item") else owner
            self.escape([owner, *args])
            return Tensor(None, owner.soft)
        if isinstance(owner, list):
            if name == "append" and args:
                owner.append(args[0])
                self.inside |= {id(args[0])}
            elif name == "extend" and args and isinstance(args[0], list):
                owner.extend(args[0])
            return None
        if isinstance(owner, Sequence):
            if name in ("add", "append", "add_module") and args:
                owner.items.append(args[-1])
                self.inside.add(id(args[-1]))
                return None
            return self.apply(owner, args, kwargs) if name in _FORWARD else owner
        if isinstance(owner, Instance):
            if name == "add_module" and len(args) == 2:
                return None
            held = owner.attributes.get(name)
            if isinstance(held, Layer | Sequence | Instance):
                return self.apply(held, args, kwargs)
            function = self.find_method(owner.owner, name)
            if function is not None:
                return self.call_function(function, [owner, *args], kwargs, env)
            if name in ("to", "cuda", "cpu", "train", "eval", "double", "float", "half"):
                return owner
        elif isinstance(owner, Layer):
            if name in _FORWARD:
                return self.apply(owner, args, kwargs)
            return owner
        self.escape(args)
        return Tensor(None)

    def find_method(self, owner: ast.ClassDef, name: str) -> Function | None:
        for statement in owner.body:
            if isinstance(statement, Function) and statement.name == name:
                return statement
        for base in owner.bases:
            parent = self.code.classes.get(last_name(base))
            if parent is not None and parent is not owner:
                return self.find_method(parent, name)
        return None

    def call_function(
        self, function: Function, args: Seq[Any], kwargs: dict[str, Any], env: dict[str, Any]
    ) -> Any:
        """The value a function returns, its body run with these arguments."""
        self.called.add(function.name)
        if self.depth > 10 or self.exhausted:
            self.escape([*args, *kwargs.values()])
            return Tensor(None)
        inner = {k: v for k, v in env.items() if isinstance(v, Dim | list)} if not args else {}
        inner |= self.bind(function, args, kwargs, env)
        self.depth += 1
        returned: list[Any] = []
        self.block(function.body, inner, returned)
        self.depth -= 1
        if not returned:
            return None
        self.escape(returned[1:])
        return returned[0]

    def bind(
        self, function: Function, args: Seq[Any], kwargs: dict[str, Any], env: dict[str, Any]
    ) -> dict[str, Any]:
        parameters = [*function.args.posonlyargs, *function.args.args]
        bound: dict[str, Any] = {}
        defaults = function.args.defaults
        for argument, default in zip(
            parameters[len(parameters) - len(defaults) :], defaults, strict=True
        ):
            bound[argument.arg] = self.value(default, env)
        for argument, given in zip(
            function.args.kwonlyargs, function.args.kw_defaults, strict=True
        ):
            if given is not None:
                bound[argument.arg] = self.value(given, env)
        for argument, one in zip(parameters, args, strict=False):
            bound[argument.arg] = one
        bound |= kwargs
        for argument in (*parameters, *function.args.kwonlyargs):
            bound.setdefault(argument.arg, None)
        if function.args.vararg is not None:
            bound[function.args.vararg.arg] = list(args[len(parameters) :])
        return bound

    def instance(
        self, owner: ast.ClassDef, args: list[Any], kwargs: dict[str, Any], env: dict[str, Any]
    ) -> Any:
        self.made.add(owner.name)
        made = Instance(owner)
        for statement in owner.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                self.class_attribute(statement, made, env)
        function = self.find_method(owner, "__init__")
        if function is not None:
            self.call_function(function, [made, *args], kwargs, env)
        else:
            order = self.code.class_parameters(owner) or []
            made.attributes |= dict(zip(order, args, strict=False)) | kwargs
        for held in made.attributes.values():
            self.inside |= {id(h) for h in (held if isinstance(held, list) else [held])}
        if any(self.find_method(owner, name) for name in _FORWARD):
            self.models.append(made)
        return made

    # applying ----------------------------------------------------------------------------

    def apply(self, target: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What a layer or a model gives for these tensors."""
        values = [*args, *kwargs.values()]
        if isinstance(target, Sequence):
            soft = any(isinstance(i, Layer) and i.library != "torch" for i in target.items)
            x: Any = values[0] if values else Tensor(DATA, soft)
            for item in target.items:
                item = item[-1] if isinstance(item, list) and item else item
                if not isinstance(item, Layer | Sequence | Instance):
                    self.escape(x)
                    x = Tensor(None, soft)
                else:
                    x = self.apply(item, [x], {})
            return x
        if isinstance(target, Instance):
            for name in _FORWARD:
                function = self.find_method(target.owner, name)
                if function is not None:
                    wanted = len(function.args.args) - 1 - len(function.args.defaults)
                    given = args or [Tensor(DATA) for _ in range(wanted)]
                    return self.call_function(function, [target, *given], kwargs, {})
            self.escape(values)
            return Tensor(None)
        assert isinstance(target, Layer)
        return self.apply_layer(target, values)

    def apply_layer(self, layer: Layer, values: list[Any]) -> Any:
        layer.applied = True
        first = values[0] if values else None
        x = first if isinstance(first, Tensor) else Tensor(None)
        mine = frozenset([id(layer.call)])
        if layer.kind == "keras":
            return Tensor(layer.gives, True, mine)
        if layer.kind == "reshape":
            self.ties.fix(x.dim)
            return Tensor(None, True, x.makers)
        if layer.kind == "add":
            tensors = [t for t in first if isinstance(t, Tensor)] if isinstance(first, list) else []
            for one in tensors[1:]:
                self.ties.same(tensors[0].dim, one.dim)
            return tensors[0] if tensors else Tensor(None, True)
        if layer.kind == "unknown":
            self.escape(values)
            return Tensor(None, x.soft)
        if layer.takes is not None and layer.kind in (
            "plain",
            "norm",
            "recurrent",
            "cell",
            "through",
        ):
            self.ties.same(layer.takes, x.dim)
        match layer.kind:
            case "plain" | "embed":
                return Tensor(layer.gives, False, mine)
            case "through" | "norm":
                return Tensor(x.dim, x.soft, x.makers | mine)
            case "fixing":
                self.ties.fix((x.dim, layer.takes))
                return x
            case "attention":
                for one in values:
                    if isinstance(one, Tensor):
                        self.ties.same(layer.takes, one.dim)
                return [Tensor(layer.gives, False, mine), Tensor(None)]
        state = Tensor(layer.gives, False, mine)
        for one in values[1:2]:
            for held in one if isinstance(one, list) else [one]:
                if isinstance(held, Tensor) and held.dim is not None:
                    self.ties.same(layer.gives, held.dim)
        both: Any = [state, state] if layer.call_name == "LSTM" else state
        if layer.kind == "cell":
            return [state, state] if layer.call_name == "LSTMCell" else state
        out = state
        if layer.doubled and layer.gives is not None:
            out = Tensor(Dim(parts=(layer.gives, layer.gives)), False, mine)
        return [out, both]

    def reshape(self, x: Tensor, args: list[Any]) -> Tensor:
        """`x.view(-1, 64 * 7 * 7)`, `x.view(-1, 64, 7, 7)`, `x.reshape(n, -1)`."""
        shape = args[0] if len(args) == 1 and isinstance(args[0], list) else args
        sizes = [a for a in shape[1:] if isinstance(a, Dim)]
        if not sizes or any(a.value is not None and a.value < 0 for a in sizes):
            if len(shape) > 2:
                self.escape(x)
                self.ties.fix([a for a in shape if isinstance(a, Dim)])
                return Tensor(None, x.soft)
            return x
        if len(shape) == 2:
            self.ties.same(x.dim, sizes[0])
            return Tensor(sizes[0], x.soft, x.makers)
        if len(sizes) == len(shape) - 1 and all(len(s.nodes) == 1 for s in sizes):
            self.ties.same(x.dim, Dim(tuple(s.nodes[0] for s in sizes)))
            self.ties.fix(sizes[1:])
            return Tensor(sizes[0], x.soft, x.makers)
        self.ties.fix([x.dim, *sizes])
        return Tensor(None, x.soft)
