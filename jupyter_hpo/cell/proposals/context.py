"""A piece of code with what is known of it, and what an offer is."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ...space import Distribution
from ...space.grammar import Term
from ..links import Links, find_links
from ..values import Value
from .code import Code, last_name
from .company import heads_in, widths_in
from .standing import Standing, holder_of

WIDTHS = frozenset(
    ["out_features", "out_channels", "hidden_size", "embedding_dim", "d_model", "embed_dim",
     "in_features", "in_channels", "input_size", "num_features", "num_channels",
     "normalized_shape", "in1_features", "in2_features", "num_embeddings", "num_groups"]
)  # fmt: skip
"""Parameters of torch's layers that must agree with those of their neighbours."""
LAYER_LIBRARIES = ("torch", "keras", "flax")
_PLAIN = re.compile(r"(?:p|rate|units|filters|k|r|l1|l2|factor|degrees|features|stddev)\Z")
"""Parameters that say little without their callee."""


_WIDTH_LAYERS_TEXT = """
    Linear LazyLinear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d LazyConv2d
    BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d GroupNorm LayerNorm
    Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell MultiheadAttention
    TransformerEncoderLayer TransformerDecoderLayer Transformer"""
WIDTH_LAYERS = frozenset(_WIDTH_LAYERS_TEXT.split())


@dataclass
class Offer:
    """values: the one it is named after, then its ties. distribution: None when it is clear
    that it can be tuned, not from where to where. short, long: names, the long one for where
    the short one is taken. terms: what must hold for it to count, each with the value that it
    speaks of."""

    values: list[Value]
    distribution: Distribution | None
    why: str
    short: str
    long: str
    terms: tuple[tuple[Term, Value], ...] = ()

    @property
    def value(self) -> Value:
        return self.values[0]


@dataclass
class Context:
    """A piece of code and what is known of it. skip: names never offered. read: names that
    something reads. rows: of the training data, if known. taken: ids of values that marks
    speak of; fixed_values: of those that keep their value."""

    values: Sequence[Value]
    code: Code
    read: Collection[str]
    skip: Collection[str] = ()
    taken: Collection[int] = ()
    rows: int | None = None
    fixed_values: Collection[int] = ()
    links: Links = field(init=False)

    def __post_init__(self) -> None:
        self.links = find_links(self.code)
        self.by_node = {id(v.node): v for v in self.values}
        self.order = {id(v): i for i, v in enumerate(self.values)}
        self.grids = _searched_already(self.code)
        self.heads = heads_in(self.values, self.code)
        self.widths = widths_in(self.values, self.code) if self.heads else []
        self.callees = {v.key for v in self.values if v.role == "callee"}
        self.stops_early = "early_stopping" in self.callees or any(
            v.key in ("early_stopping_rounds", "early_stopping_round") for v in self.values
        )

    def names(self, where: Standing) -> tuple[str, str]:
        """The short and the long name of a value."""
        name, callee = where.name, where.callee
        if not callee:
            return name, _scoped(where)
        if where.library == "own":
            return name, f"{where.holder or callee}.{name}"
        if where.library == "jupyter_hpo" and name in ("kind", "side"):
            return f"{callee}.{name}", f"{callee}.{name}"
        if where.library in LAYER_LIBRARIES and where.name in (*WIDTHS, "units", "filters"):
            label = f"{where.holder or callee}.{name}"
            return label, label
        if where.value.role in ("dict", "assign"):
            return name, _scoped(where)
        long = name if name == callee else f"{callee}.{name}"
        return (long if _PLAIN.match(name) else name), long

    def keeps_size(self, where: Standing) -> bool:
        """Whether a kernel may grow: only where the padding follows it."""
        if where.argument is None:
            return where.value.role not in ("keyword", "positional") and not where.passed
        if where.library == "torch" or where.library == "keras" or where.callee.startswith("Conv"):
            keywords = where.argument.call.keywords
            positional = [a.value for a in where.argument.call.args if isinstance(a, ast.Constant)]
            return "same" in positional or any(
                k.arg == "padding"
                and isinstance(k.value, ast.Constant)
                and k.value.value in ("same", "causal", "SAME")
                for k in keywords
            )
        return True

    def group(self, value: Value) -> list[Value] | None:
        """All values that change with one, in the order of the code."""
        group = self.links.group_of(value.node)
        if group is None or not all(id(node) in self.by_node for node in group):
            return None
        return sorted((self.by_node[id(n)] for n in group), key=lambda v: self.order[id(v)])

    def model_of(self, node: ast.AST) -> ast.AST:
        """The class a node stands in, else the function, else the statement."""
        around = list(self.code.above(node))
        for found in around:
            if isinstance(found, ast.ClassDef):
                return found
        scope = self.code.scope(node)
        return (self.code.statement(node) or scope) if scope is self.code.tree else scope


def _scoped(where: Standing) -> str:
    """`Net.hidden` of a default of `Net.__init__`, `train.lr` of one of a function."""
    qualified = where.value.qualified
    call = where.code.call_of(where.value.node)
    if call is not None and not where.callee:  # dict(lr=0.1), SimpleNamespace(lr=0.1)
        return f"{holder_of(call, where.code) or last_name(call.func)}.{where.name}"
    if qualified.startswith("__init__."):
        owner = next(
            (n for n in where.code.above(where.value.node) if isinstance(n, ast.ClassDef)), None
        )
        return f"{owner.name if owner else 'init'}.{where.name}"
    return qualified if qualified.endswith(where.name) else where.name


def _searched_already(code: Code) -> set[str]:
    """Names that a grid in the code searches by itself (`param_grid`, `suggest_float`)."""
    names: set[str] = set()
    searching = any(name.endswith("SearchCV") or name == "ParameterGrid" for name in code.calls)
    if searching:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Dict):
                for key, item in zip(node.keys, node.values, strict=True):
                    many = isinstance(item, ast.List | ast.Tuple | ast.Call)
                    if many and isinstance(key, ast.Constant) and isinstance(key.value, str):
                        names.add(key.value.rpartition("__")[2])
    for name, calls in code.calls.items():
        if name.startswith("suggest_"):
            names |= {
                a.value
                for call in calls
                for a in call.args[:1]
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            }
    return names
