"""Calls of a library as what they make: layers, models, or tensors done something to."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import Any

from ..proposals.code import Code
from ..proposals.signatures import library_of, parameter
from .dims import DATA, Dim, Ties
from .layers import (
    KERAS_WIDTHS,
    KINDS,
    RECURRENT,
    THROUGH_CALLS,
    THROUGH_LAYERS,
    Instance,
    Layer,
    Sequence,
    Tensor,
)
from .statements import Statements

_FILLED = frozenset(["zeros", "ones", "randn", "rand", "empty", "full", "zeros_like"])


class Maker(Statements):
    """code: where the calls stand. ties: what was learned. layers, models: all that were made;
    inside: ids of what is part of a model."""

    def __init__(self, code: Code) -> None:
        super().__init__()
        self.code = code
        self.ties = Ties()
        self.layers: list[Layer] = []
        self.models: list[Sequence | Instance] = []
        self.inside: set[int] = set()

    @abstractmethod
    def end(self, value: Any) -> None:
        """A result: the data say its size."""

    def construct(self, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """A call of a library: a layer, a model, or something done to tensors."""
        library = self.code.library(node.func) or library_of(name, self.code.libraries)
        if name == "Sequential":
            items = args[0] if len(args) == 1 and isinstance(args[0], list) else args
            made = Sequence(list(items))
            self.models.append(made)
            self.inside |= {id(i[-1] if isinstance(i, list) and i else i) for i in items}
            return made
        if name in ("ModuleList", "OrderedDict", "list", "tuple"):
            return args[0] if args and isinstance(args[0], list) else []
        if name in (
            "Bidirectional",
            "TimeDistributed",
            "weight_norm",
            "spectral_norm",
            "TransformerEncoder",
        ):
            return args[0] if args else None
        if name in ("Model", "Functional") and library in ("keras", ""):
            outputs = kwargs.get("outputs", args[1] if len(args) > 1 else None)
            self.end(outputs)
            return None
        if name in ("Input", "InputLayer") and library in ("keras", ""):
            return Tensor(DATA, True)
        given = {**kwargs}
        for i, value in enumerate(args):
            given.setdefault(parameter(name, library, i), value)
        if library == "torch" and name in KINDS:
            return self.torch_layer(node, name, given)
        if library in ("keras", "flax") and name in KERAS_WIDTHS:
            width = given.get(KERAS_WIDTHS[name])
            return self.layer(Layer("keras", node, None, width if isinstance(width, Dim) else None,
                                    library="keras"))  # fmt: skip
        if name in THROUGH_LAYERS:
            return self.layer(Layer("through", node, library=library or "torch"))
        if library == "keras" and name in ("Reshape", "Concatenate", "Add", "Lambda"):
            kind = {"Reshape": "reshape", "Add": "add"}.get(name, "unknown")
            return self.layer(Layer(kind, node, library="keras"))
        tensors = [a for a in args if isinstance(a, Tensor)]
        if name in ("cat", "concat", "concatenate") and args and isinstance(args[0], list):
            return self.joined(args[0])
        if name in ("stack", "add") and args and isinstance(args[0], list) and args[0]:
            return args[0][0]
        if (
            name in THROUGH_CALLS
            and tensors
            and library in ("torch", "keras", "jax", "flax", "numpy")
        ):
            return tensors[0]
        if name in _FILLED and library == "torch" and not tensors:
            sizes = args[0] if args and isinstance(args[0], list) else args
            last = sizes[-1] if sizes else None
            return Tensor(last if isinstance(last, Dim) else None)
        if name[:1].isupper() and library in ("torch", "keras") and not tensors:
            self.escape(args)
            return self.layer(Layer("unknown", node, library=library))
        self.escape(tensors + [a for a in args if isinstance(a, list)])
        soft = any(t.soft for t in tensors)
        return Tensor(None, soft) if tensors else None

    def joined(self, values: list[Any]) -> Tensor:
        tensors = [v for v in values if isinstance(v, Tensor)]
        if len(tensors) != len(values) or any(t.dim is None for t in tensors):
            self.escape(tensors)
            return Tensor(None, any(t.soft for t in tensors))
        if any(t.soft for t in tensors):
            return Tensor(None, True)
        return Tensor(Dim(parts=tuple(t.dim for t in tensors if t.dim is not None)))

    def torch_layer(self, node: ast.Call, name: str, given: dict[str, Any]) -> Layer:
        kind, takes, gives = KINDS[name]
        size = given.get(takes) if takes else None
        width = given.get(gives) if gives else None
        if isinstance(size, list) and size:
            size = size[-1]
        layer = Layer(kind, node, _dim(size), _dim(width))
        if takes and layer.takes is None:
            layer.takes = Dim(text=f"of {id(node)}")
        if name in RECURRENT:
            layer.doubled = any(
                k.arg == "bidirectional"
                and not (isinstance(k.value, ast.Constant) and k.value.value is False)
                for k in node.keywords
            )
            if "proj_size" in given:
                self.ties.fix((layer.takes, layer.gives))
        if kind == "embed":
            self.ties.fix(layer.takes)
        groups = given.get("groups")
        if isinstance(groups, Dim) and groups.value != 1:
            self.ties.fix((layer.takes, layer.gives, groups))
        self.layer(layer)
        return layer

    def layer(self, layer: Layer) -> Layer:
        self.layers.append(layer)
        for dim in (layer.takes, layer.gives):
            if dim is not None:
                self.ties.add(dim)
        return layer


def _dim(value: Any) -> Dim | None:
    return value if isinstance(value, Dim) else None
