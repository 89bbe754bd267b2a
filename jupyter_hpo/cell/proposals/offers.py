"""Every value worth offering, with its range and why: the rules applied to where values stand."""

from __future__ import annotations

import ast
import re
from typing import Any

from ...space import Categorical, Distribution, Float, Int
from ..values import Value
from .code import last_name
from .company import (
    compared_with,
    declared_int,
    divided_width,
    draws_data,
    features_in,
    heads_that_divide,
    is_heads,
    without_impossible,
)
from .context import LAYER_LIBRARIES, WIDTH_LAYERS, WIDTHS, Offer
from .named import Named
from .never import QUIET, fixed_by_data, never_tuned, of_evaluation
from .of_pieces import OfPieces
from .overrides import overridden
from .ranges import around, batches, components, half_to_double, integer, odd
from .rules import find_rule, may_be_float, plain_name
from .standing import Standing, function_of_default, standing
from .structures import Structures

_REPEATED_TEXT = """
    p rate kernel_size activation units filters negative_slope alpha kernel_initializer dropout
    recurrent_dropout l1 l2 num_layers batch_size dim_feedforward nhead num_heads key_dim
    features stddev hidden_act"""
_REPEATED = frozenset(_REPEATED_TEXT.split())
"""Parameters whose equal values through a model are one decision."""
_HIDDEN = re.compile(
    r"(?:\w+_)?(?:hidden\w*|widths?|units|filters|channels|n_units|neurons|enc_dims|dec_dims)\Z"
)
_LAYERED = re.compile(
    r"(?:\w+_)?(?:layer_sizes|sizes|layers|dims|layer_dims|architecture|net_arch|nodes)\Z"
)

_INITIALISES = re.compile(r"(?i)init|params|weights|layer")


class Finder(OfPieces, Structures):
    """The offers of a piece of code."""

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
            if key is not None and key in groups and _joined(groups[key], offer):
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
            return self.choice_of_class(value)
        if value.role == "inner":
            return self.in_expression(value)
        if id(value.node) in self.links.arrays:
            return self.width_of_arrays(value)
        where = standing(value, self.code)
        if where is None:
            return None
        if piece := self.piece_called(where):
            return self.of_piece(piece, value, where)
        if value.role in ("keyword", "positional") and last_name_of(where) == "range":
            return self.loop(value, where)
        if not value.is_literal:
            return self.named_tuple(value, where)
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
        if where.name in ("boosting_type", "booster", "boosting") and self.stops_early:
            return True  # dart can't
        rule = find_rule(where.name, where.callee)
        tied = len(self.links.group_of(value.node) or ()) > 1  # then the data don't fix it
        if where.name and fixed_by_data(where.name) and not (rule and rule.callee) and not tied:
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
        record = self.code.parent(call)
        if isinstance(record, ast.Dict):
            key = next(
                (k for k, v in zip(record.keys, record.values, strict=True) if v is call), None
            )
            if isinstance(key, ast.Constant) and of_evaluation(str(key.value)):
                return True
        first = next(iter(call.args), None)
        names = [last_name(n) for n in ast.walk(first)] if first else []
        return any(of_evaluation(n) and "train" not in n.lower() for n in names)

    def _named(self, value: Value, where: Standing) -> Offer | None:
        if where.callee in WIDTH_LAYERS and where.library == "torch" and where.name in WIDTHS:
            return self.width(value, where)
        if len(self.links.group_of(value.node) or ()) > 1:
            return self.width(value, where)
        rule = self._rule(where)
        if value.role == "element":
            rule = self._rule_of_element(value, where)
            if rule is None:
                return None
        distribution: Distribution | None = None
        why = ""
        options = compared_with(where)
        if len(options) == 1:  # told apart from whatever else there may be
            return None
        if options:
            distribution, why = Categorical(options), "the code tells these apart"
        elif rule is not None and rule.rule is half_to_double and draws_data(where):
            return None
        elif rule is not None:
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
        if where.name == "scale" and self._begins_weights(where):
            own = find_rule("init_scale")
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

    def _begins_weights(self, where: Standing) -> bool:
        """Of a function that makes a network's weights."""
        function = function_of_default(where.value, self.code)
        return function is not None and _INITIALISES.search(function.name) is not None

    def _range(self, rule: Named, value: Value, where: Standing) -> Distribution | None:
        literal = value.literal
        if rule.rule is batches:
            return batches(literal, self.rows)
        if rule.rule is odd:
            return odd(literal) if self.keeps_size(where) else None
        found = rule.rule(literal)
        if found is None or (isinstance(found, Float) and self._counts(where)):
            return None
        if rule.rule is components and isinstance(found, Int):
            features = features_in(self.code)
            if features is not None and features >= literal:
                return Int(found.low, features, found.log) if features > found.low else None
        if self.heads and is_heads(where.name) and isinstance(literal, int):
            return heads_that_divide(literal, self.widths, self.heads)
        if self.heads and rule.rule is around and literal in self.widths:
            return divided_width(literal, self.heads)
        return without_impossible(found, where)

    def _counts(self, where: Standing) -> bool:
        """Whether a value is an integer that stays one: what it is called, or a type, says so."""
        literal = where.value.literal
        return integer(literal) and (declared_int(where) or not may_be_float(where.name))

    def _impossible(self, value: Value, where: Standing) -> bool:
        """Ends of a model, whose size or activation the data say."""
        call = where.argument.call if where.argument else None
        if call is None or where.library not in LAYER_LIBRARIES:
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

    def _repeats(self, value: Value, offer: Offer) -> Any:
        """What equal values of one model have in common, None for a value of its own."""
        if value.role == "callee":
            return ("callee", offer.short, value.key) if offer.short != "scaler" else None
        where = standing(value, self.code)
        if where is not None and where.argument and offer.long.partition(".")[2] in WIDTHS:
            return ("width", id(self.model_of(value.node)), where.callee, value.literal)
        if where is None or where.name not in _REPEATED or where.argument is None:
            return None
        if where.library not in LAYER_LIBRARIES or where.name in WIDTHS:
            return None
        scope = None if where.name == "batch_size" else id(self.code.scope(value.node))
        shown = value.literal if value.is_literal else value.text
        return (scope, where.name, type(shown), shown)


def _joined(group: Offer, offer: Offer) -> bool:
    """Whether an offer could be made one with others: with the choices that all have."""
    mine, theirs = group.distribution, offer.distribution
    if isinstance(mine, Categorical) and isinstance(theirs, Categorical):
        common = tuple(c for c in mine.choices if theirs.contains(c))
        if len(common) < 2:
            return False
        group.distribution = Categorical(common, mine.expressions)
    group.values += offer.values
    return True


def last_name_of(where: Standing) -> str:
    return where.argument.callee if where.argument else ""


def _activation(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "activation" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        return str(call.args[1].value)
    return ""
