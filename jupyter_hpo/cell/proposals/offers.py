"""Every value worth offering, with its range and why: the rules applied to where values stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...space import Categorical, Distribution, Float, Int
from ..links import Links, find_links
from ..values import Value
from . import expressions
from .code import Code, last_name
from .families import Family, alternatives
from .never import QUIET, fixed_by_data, never_tuned, of_evaluation
from .overrides import overridden
from .ranges import around, batches, odd, powers
from .rules import Named, find_rule, plain_name
from .standing import Argument, Standing, argument_of, standing

WIDTHS = frozenset(
    ["out_features", "out_channels", "hidden_size", "embedding_dim", "d_model", "embed_dim",
     "in_features", "in_channels", "input_size", "num_features", "num_channels",
     "normalized_shape", "in1_features", "in2_features", "num_embeddings", "num_groups"]
)  # fmt: skip
"""Parameters of torch's layers that must agree with those of their neighbours."""
_LAYER_LIBRARIES = ("torch", "keras")
__REPEATED_TEXT = """
    p rate kernel_size activation units filters negative_slope alpha kernel_initializer dropout
    recurrent_dropout l1 l2 num_layers batch_size dim_feedforward nhead num_heads key_dim
    features stddev hidden_act"""
_REPEATED = frozenset(__REPEATED_TEXT.split())
"""Parameters whose equal values through a model are one decision."""
_PLAIN = re.compile(r"(?:p|rate|units|filters|k|r|l1|l2|factor|degrees|features|stddev)\Z")
"""Parameters that say little without their callee."""


_HIDDEN = re.compile(
    r"(?:\w+_)?(?:hidden\w*|widths?|units|filters|channels|n_units|neurons|enc_dims|dec_dims)\Z"
)
_LAYERED = re.compile(
    r"(?:\w+_)?(?:layer_sizes|sizes|layers|dims|layer_dims|architecture|net_arch|nodes)\Z"
)


@dataclass
class Offer:
    """values: the one it is named after, then its ties. distribution: None when it is clear
    that it can be tuned, not from where to where. short, long: names, the long one for where
    the short one is taken."""

    values: list[Value]
    distribution: Distribution | None
    why: str
    short: str
    long: str

    @property
    def value(self) -> Value:
        return self.values[0]


@dataclass
class Finder:
    """Offers of a piece of code. skip: names never offered. read: names that something reads;
    rows: of the training data, if known; taken: ids of values that marks speak of."""

    values: Sequence[Value]
    code: Code
    read: Collection[str]
    skip: Collection[str] = ()
    taken: Collection[int] = ()
    rows: int | None = None
    links: Links = field(init=False)

    def __post_init__(self) -> None:
        self.links = find_links(self.code)
        self.by_node = {id(v.node): v for v in self.values}
        self.order = {id(v): i for i, v in enumerate(self.values)}
        self.grids = _searched_already(self.code)
        self.heads = (
            any(
                re.fullmatch(r"(?:n|num)_?(?:attention_)?heads?|nhead|heads", v.key)
                for v in self.values
            )
            or "MultiheadAttention" in self.code.calls
        )
        callees = (v.key for v in self.values if v.role == "callee")
        self.callees = set(callees)

    def offers(self) -> list[Offer]:
        """In the order of the code; equal values of one model are one offer."""
        found: list[Offer] = []
        groups: dict[Any, Offer] = {}
        for value in self.values:
            if id(value) in self.taken or self._is_fixed(value):
                continue
            offer = self._offer(value)
            if offer is None:
                continue
            key = self._repeats(value, offer)
            if key is not None and key in groups:
                groups[key].values += offer.values
                continue
            if key is not None:
                groups[key] = offer
            found.append(offer)
        return found

    def _is_fixed(self, value: Value) -> bool:
        """Whether the data say a size. A name may be of a width all the same (`latent_dim`)."""
        if id(value.node) not in self.links.fixed:
            return False
        where = standing(value, self.code)
        if where is None or id(value.node) not in self.links.alone or fixed_by_data(where.name):
            return True
        if where.library not in ("", "own"):
            return True
        rule = find_rule(where.name)
        return rule is None or rule.rule is not around

    def _offer(self, value: Value) -> Offer | None:
        statement = self.code.statement(value.node)
        if isinstance(statement, ast.Assert | ast.Raise):
            return None
        if value.role == "callee" or isinstance(value.node, ast.Attribute):
            return self._choice_of_class(value)
        if value.role == "inner":
            return self._in_expression(value)
        if id(value.node) in self.links.arrays:
            return self._width_of_arrays(value)
        where = standing(value, self.code)
        if where is None:
            return None
        if value.role in ("keyword", "positional") and last_name_of(where) == "range":
            return self._loop(value, where)
        if not value.is_literal:
            return self._named_tuple(value, where)
        if where.name in self.skip or self._is_hidden(value, where):
            return None
        return self._named(value, where)

    # values with a name -----------------------------------------------------------------

    def _is_hidden(self, value: Value, where: Standing) -> bool:
        """What nobody tunes, or what nothing reads."""
        if value.variable is not None and value.variable not in self.read:
            return True
        if where.library in ("plot", "numpy", "random", "time"):
            return True
        if QUIET.match(where.callee) and where.library != "own":
            return True
        if where.name in self.grids or overridden(where):
            return True
        rule = find_rule(where.name, where.callee)
        if where.name and fixed_by_data(where.name) and not (rule and rule.callee):
            return not (where.name == "output_dim" and where.callee == "Embedding")
        return self._of_evaluation(where)

    def _of_evaluation(self, where: Standing) -> bool:
        """Batch sizes of what measures."""
        if of_evaluation(where.holder) and "train" not in where.holder.lower():
            return True
        if "batch" not in where.name and where.name not in ("bs",):
            return False
        if of_evaluation(where.name):
            return True
        call = where.argument.call if where.argument else None
        if call is None:
            return False
        first = next(iter(call.args), None)
        names = [last_name(n) for n in ast.walk(first)] if first else []
        return any(of_evaluation(n) and "train" not in n.lower() for n in names)

    def _named(self, value: Value, where: Standing) -> Offer | None:
        if where.callee in WIDTH_LAYERS and where.library == "torch" and where.name in WIDTHS:
            return self._width(value, where)
        if len(self.links.group_of(value.node) or ()) > 1:
            return self._width(value, where)
        rule = self._rule(where)
        if value.role == "element":
            rule = self._rule_of_element(value, where)
            if rule is None:
                return None
        distribution, why = None, ""
        if rule is not None:
            distribution = self._range(rule, value, where)
            why = rule.why
        if distribution is None:
            if rule is not None and value.variable is None:
                return None
            if not self._worth_showing(value, where) or (rule is not None and not rule.why):
                return None
        elif self._impossible(value, where):
            return None
        short, long = self.names(where)
        return Offer([value], distribution, why, short, long)

    def _rule_of_element(self, value: Value, where: Standing) -> Named | None:
        """Of the widths in a list, all when it is of hidden layers, else those between the
        ends, which the data say."""
        base = plain_name(where.name.partition("[")[0])
        if base == "betas":
            return find_rule(where.name)
        owner = self.code.parent(value.node)
        elements = getattr(owner, "elts", [])
        if not _HIDDEN.match(base):
            if not _LAYERED.match(base) or value.node in (elements[0], elements[-1]):
                return None
            if len(elements) < 3:
                return None
        return find_rule("hidden") if all(isinstance(e, ast.Constant) for e in elements) else None

    def _rule(self, where: Standing) -> Named | None:
        if not where.name:
            return None
        own = find_rule(where.name, where.callee)
        if own is not None and (own.callee is not None or where.argument is not None):
            return own
        for argument in where.passed:
            if argument.library == "own" or QUIET.match(argument.callee):
                continue
            by_use = find_rule(argument.name, argument.callee)
            if by_use is not None and (own is None or by_use.callee is not None):
                literal = where.value.literal
                if by_use.rule(literal) is not None and not fixed_by_data(argument.name):
                    return by_use
        return own

    def _range(self, rule: Named, value: Value, where: Standing) -> Distribution | None:
        literal = value.literal
        if rule.rule is batches:
            return batches(literal, self.rows)
        if rule.rule is odd:
            return odd(literal) if self._keeps_size(where) else None
        if (
            rule.rule is around
            and self.heads
            and re.search(r"model|emb|hidden|key_dim|dim\Z", where.name)
        ):
            return powers(8, 2, 2)(literal)
        return rule.rule(literal)

    def _keeps_size(self, where: Standing) -> bool:
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

    def _impossible(self, value: Value, where: Standing) -> bool:
        """Ends of a model, whose size or activation the data say."""
        call = where.argument.call if where.argument else None
        if call is None or where.library not in _LAYER_LIBRARIES:
            return False
        if where.name in ("units", "filters", "features", "activation"):
            if id(call) in self.links.last:
                return True
            if _activation(call) in ("softmax", "sigmoid", "linear") and where.name != "activation":
                return True
        return where.name in ("units", "filters", "features") and value.literal in (1, 2)

    def _worth_showing(self, value: Value, where: Standing) -> bool:
        """A variable that nobody knows a range for: shown, never chosen by us."""
        number = isinstance(value.literal, int | float) and not isinstance(value.literal, bool)
        if value.variable is None or not number or never_tuned(value.key):
            return False
        if fixed_by_data(value.key) or self.code.stores[value.key] != 1:
            return False
        if len(value.key) == 1 or value.key.startswith("_"):
            return False
        return not any(QUIET.match(a.callee) or fixed_by_data(a.name) for a in where.passed)

    def names(self, where: Standing) -> tuple[str, str]:
        """The short and the long name of a value."""
        name, callee = where.name, where.callee
        if not callee:
            return name, _scoped(where)
        if where.library == "own":
            return name, f"{where.holder or callee}.{name}"
        if where.library in _LAYER_LIBRARIES and where.name in (*WIDTHS, "units", "filters"):
            label = f"{where.holder or callee}.{name}"
            return label, label
        long = f"{callee}.{name}"
        return (long if _PLAIN.match(name) else name), long

    def _repeats(self, value: Value, offer: Offer) -> Any:
        """What equal values of one model have in common, None for a value of its own."""
        if value.role == "callee":
            return ("callee", offer.short, value.key) if offer.short != "scaler" else None
        where = standing(value, self.code)
        if where is not None and where.argument and offer.long.partition(".")[2] in WIDTHS:
            return ("width", id(self._model_of(value.node)), where.callee, value.literal)
        if where is None or where.name not in _REPEATED or where.argument is None:
            return None
        if where.library not in _LAYER_LIBRARIES or where.name in WIDTHS:
            return None
        scope = None if where.name == "batch_size" else id(self.code.scope(value.node))
        return (scope, where.name, type(value.literal), value.literal)

    # widths -----------------------------------------------------------------------------

    def _group(self, value: Value) -> list[Value] | None:
        """All values that change with one, in the order of the code."""
        group = self.links.group_of(value.node)
        if group is None or not all(id(node) in self.by_node for node in group):
            return None
        return sorted((self.by_node[id(n)] for n in group), key=lambda v: self.order[id(v)])

    def _width(self, value: Value, where: Standing) -> Offer | None:
        """A width of torch's layers: only with all that must agree with it."""
        tied = self._group(value)
        if tied is None or tied[0] is not value or any(id(v) in self.taken for v in tied):
            return None
        distribution = powers(8, 2, 2)(value.literal) if self.heads else around(value.literal)
        if distribution is None:
            return None
        named = next(
            (
                w
                for v in tied
                if (w := standing(v, self.code)) and w.name.startswith(("out", "hid"))
            ),
            where,
        )
        short, long = self.names(named)
        return Offer(tied, distribution, "widths are searched by factors of two", short, long)

    def _width_of_arrays(self, value: Value) -> Offer | None:
        group = [self.by_node.get(id(n)) for n in self.links.arrays[id(value.node)]]
        tied = [v for v in group if v is not None and id(v) not in self.taken]
        distribution = around(value.literal)
        if tied[:1] != [value] or len(tied) != len(group) or distribution is None:
            return None
        return Offer(tied, distribution, "a hidden width, by factors of two", "hidden", "hidden")

    # other things than named literals -----------------------------------------------------

    def _loop(self, value: Value, where: Standing) -> Offer | None:
        """`for _ in range(3):` around layers, not around training."""
        if not isinstance(value.literal, int) or where.argument is None:
            return None
        call = where.argument.call
        if len(call.args) != 1:
            return None
        loop = self.code.parent(call)
        body: list[ast.AST] = []
        if isinstance(loop, ast.For) and loop.iter is call:
            body = list(loop.body)
        elif isinstance(loop, ast.comprehension):
            owner = self.code.parent(loop)
            body = [owner.elt] if isinstance(owner, ast.ListComp | ast.GeneratorExp) else []
        if not body or not self._builds_layers(body) or not 1 <= value.literal <= 24:
            return None
        tied = self._equal_loops(value)
        if tied[0] is not value:
            return None
        return Offer(
            tied, Int(1, max(6, value.literal * 2)), "a few layers", "n_layers", "n_layers"
        )

    def _equal_loops(self, value: Value) -> list[Value]:
        """All `range(3)` of a class or function: what is built in one is used in the other."""
        owner = self._model_of(value.node)
        found = []
        for call in self.code.calls.get("range", ()):
            literal = call.args[0] if len(call.args) == 1 else None
            other = self.by_node.get(id(literal)) if literal is not None else None
            if other is not None and other.literal == value.literal:
                if self._model_of(call) is owner:
                    found.append(other)
        return sorted(found, key=lambda v: self.order[id(v)])

    def _model_of(self, node: ast.AST) -> ast.AST:
        """The class a node stands in, else the function, else the statement."""
        around = list(self.code.above(node))
        for found in around:
            if isinstance(found, ast.ClassDef):
                return found
        scope = self.code.scope(node)
        return (self.code.statement(node) or scope) if scope is self.code.tree else scope

    def _builds_layers(self, body: Sequence[ast.AST]) -> bool:
        builds = False
        for node in (n for part in body for n in ast.walk(part)):
            if isinstance(node, ast.Call):
                name = last_name(node.func)
                if name in ("backward", "fit", "step", "zero_grad", "train_on_batch", "train"):
                    return False
                library = self.code.library(node.func)
                own = name in self.code.classes
                builds = builds or (library in _LAYER_LIBRARIES and name[:1].isupper()) or own
        return builds

    def _named_tuple(self, value: Value, where: Standing) -> Offer | None:
        """`ngram_range=(1, 2)`: the tuple is the choice."""
        if where.name != "ngram_range" or not isinstance(value.node, ast.Tuple):
            return None
        own = ast.unparse(value.node)
        choices = tuple(dict.fromkeys([own, "(1, 1)", "(1, 2)", "(1, 3)"]))
        return Offer(
            [value], Categorical(choices, expressions=True), "words, pairs and triples",
            "ngram_range", f"{where.callee}.ngram_range",
        )  # fmt: skip

    def _in_expression(self, value: Value) -> Offer | None:
        found = expressions.read(value, self.code)
        if found is None or found.name in self.skip or found.name in self.grids:
            return None
        rule = find_rule(found.name, found.callee)
        distribution = rule.rule(value.literal) if rule is not None else None
        if distribution is None or rule is None or rule.rule is batches:
            return None
        if not isinstance(distribution, Float):
            return None
        return Offer([value], distribution, rule.why, found.name, found.name)

    def _handed_over(self, node: ast.AST, family: Family) -> bool:
        """`optimizer=torch.optim.Adam`: a class given to whoever makes the object."""
        argument = argument_of(node, self.code) if isinstance(node, ast.expr) else None
        if argument is not None:
            settings = [k.arg or "" for k in argument.call.keywords]
            if any(s.startswith(f"{family.name}__") and not s.endswith("lr") for s in settings):
                return False
            return family.name in plain_name(argument.name)
        return False

    def _choice_of_class(self, value: Value) -> Offer | None:
        parent = self.code.parent(value.node)
        call = parent if isinstance(parent, ast.Call) and parent.func is value.node else None
        found = alternatives(value.node, call, self.code)
        if found is None or not found.family.proposed:
            return None
        if found.family.name != "activation":
            others = {m for m in found.family.members if m in self.callees}
            if len(others) > 1:
                return None  # the code has its own choice between them
        if call is None and not self._handed_over(value.node, found.family):
            return None
        if found.family.name == "activation" and call is not None and id(call) in self.links.last:
            return None
        if isinstance(self.code.statement(value.node), ast.If):
            return None
        return Offer(
            [value], Categorical(found.choices, expressions=True), found.family.why,
            found.family.name, f"{value.key}.{found.family.name}",
        )  # fmt: skip


_WIDTH_LAYERS_TEXT = """
    Linear LazyLinear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d LazyConv2d
    BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d GroupNorm LayerNorm
    Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell MultiheadAttention
    TransformerEncoderLayer TransformerDecoderLayer Transformer"""
WIDTH_LAYERS = frozenset(_WIDTH_LAYERS_TEXT.split())


def last_name_of(where: Standing) -> str:
    return where.argument.callee if where.argument else ""


def _scoped(where: Standing) -> str:
    qualified = where.value.qualified
    return qualified if qualified.endswith(where.name) else where.name


def _activation(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "activation" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        return str(call.args[1].value)
    return ""


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


__all__ = ["Argument", "Finder", "Offer"]
