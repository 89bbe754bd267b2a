"""Offers of what is no named literal: linked widths, loops over layers, tuples, classes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ...space import Categorical, Float, Int
from ..values import Value
from . import expressions
from .code import last_name
from .company import divided_width
from .context import LAYER_LIBRARIES, Context, Offer
from .families import Family, alternatives
from .ranges import around, batches
from .rules import find_rule, plain_name
from .standing import Standing, argument_of, standing

_LEARNED = (".mean_", ".var_", ".scale_", ".center_", ".data_min_", ".data_max_", ".min_")
"""What a scaler learns, which each calls otherwise."""


class Structures(Context):
    """Finds them; `offers.Finder` asks for each value."""

    def width(self, value: Value, where: Standing) -> Offer | None:
        """A width of torch's layers: only with all that must agree with it."""
        tied = self.group(value)
        if tied is None or tied[0] is not value or any(id(v) in self.taken for v in tied):
            return None
        distribution = around(value.literal)
        if self.heads and distribution is not None:
            distribution = divided_width(value.literal, self.heads)
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

    def width_of_arrays(self, value: Value) -> Offer | None:
        group = [self.by_node.get(id(n)) for n in self.links.arrays[id(value.node)]]
        tied = [v for v in group if v is not None and id(v) not in self.taken]
        distribution = around(value.literal)
        if tied[:1] != [value] or len(tied) != len(group) or distribution is None:
            return None
        return Offer(tied, distribution, "a hidden width, by factors of two", "hidden", "hidden")

    def loop(self, value: Value, where: Standing) -> Offer | None:
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
        owner = self.model_of(value.node)
        found = []
        for call in self.code.calls.get("range", ()):
            literal = call.args[0] if len(call.args) == 1 else None
            other = self.by_node.get(id(literal)) if literal is not None else None
            same = other is not None and other.literal == value.literal
            if other is not None and same and self.model_of(call) is owner:
                found.append(other)
        return sorted(found, key=lambda v: self.order[id(v)])

    def _builds_layers(self, body: Sequence[ast.AST]) -> bool:
        builds = False
        for node in (n for part in body for n in ast.walk(part)):
            if isinstance(node, ast.Call):
                name = last_name(node.func)
                if name in ("backward", "fit", "step", "zero_grad", "train_on_batch", "train"):
                    return False
                library = self.code.library(node.func)
                own = name in self.code.classes or any(
                    self.code.library(n.func) in LAYER_LIBRARIES and last_name(n.func)[:1].isupper()
                    for f in self.code.functions.get(name, ())
                    for n in ast.walk(f)
                    if isinstance(n, ast.Call)
                )
                builds = builds or (library in LAYER_LIBRARIES and name[:1].isupper()) or own
        return builds

    def named_tuple(self, value: Value, where: Standing) -> Offer | None:
        """`ngram_range=(1, 2)`: the tuple is the choice."""
        if not isinstance(value.node, ast.Tuple):
            return None
        if where.name == "kernel_size" and self.keeps_size(where):
            sizes = {e.value for e in value.node.elts if isinstance(e, ast.Constant)}
            own = ast.unparse(value.node)
            if sizes and sizes <= {3, 5, 7} and len(sizes) == 1:
                many = [str((n,) * len(value.node.elts)) for n in (3, 5, 7)]
                short, long = self.names(where)
                return Offer(
                    [value], Categorical(tuple(many), expressions=True),
                    "odd kernels keep the size", short, long,
                )  # fmt: skip
            return None
        if where.name != "ngram_range":
            return None
        own = ast.unparse(value.node)
        choices = tuple(dict.fromkeys([own, "(1, 1)", "(1, 2)", "(1, 3)"]))
        return Offer(
            [value], Categorical(choices, expressions=True), "words, pairs and triples",
            "ngram_range", f"{where.callee}.ngram_range",
        )  # fmt: skip

    def _is_computed(self, node: ast.AST) -> bool:
        """Whether numbers alone make up an expression, which is then a value itself."""
        value = self.by_node.get(id(node))
        return value is not None and value.computed

    def in_expression(self, value: Value) -> Offer | None:
        if any(self._is_computed(node) for node in self.code.above(value.node)):
            return None
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
        return argument is not None and family.name in plain_name(argument.name)

    def _settings(self, node: ast.expr) -> frozenset[str]:
        """Of a class handed over as `optimizer`, what `optimizer__momentum` and such set."""
        argument = argument_of(node, self.code)
        keywords = argument.call.keywords if argument is not None else []
        pairs = [(k.arg or "").rpartition("__") for k in keywords]
        return frozenset(
            name for owner, _, name in pairs if argument is not None and owner == argument.name
        )

    def _takes_output_alone(self, made: ast.Call) -> bool:
        """Whether of a recurrent layer's results the code uses the outputs only: the states of
        one kind are not those of another. Keras gives them only when asked."""
        if self.code.library(made.func) == "keras":
            outer = self.code.parent(made)
            given = outer.keywords if isinstance(outer, ast.Call) and outer.func is made else []
            return not any(k.arg == "initial_state" for k in given)
        match self.code.parent(made):
            case ast.Assign(targets=[ast.Name(id=name)]):
                readers = self.code.readers.get(name, [])
            case ast.Assign(targets=[ast.Attribute(attr=name)]):
                readers = self.code.readers.get(f".{name}", [])
            case _:
                return False
        uses = [r for r in readers if not self._flattens(r)]
        return bool(uses) and all(self._output_alone(use) for use in uses)

    def _flattens(self, reader: ast.expr) -> bool:
        parent = self.code.parent(reader)
        return isinstance(parent, ast.Attribute) and parent.attr == "flatten_parameters"

    def _output_alone(self, layer: ast.expr) -> bool:
        """`out, _ = layer(x)` or `layer(x)[0]`, with no state given."""
        call = self.code.parent(layer)
        if not isinstance(call, ast.Call) or call.func is not layer:
            return False
        if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
            return False
        match self.code.parent(call):
            case ast.Subscript(slice=ast.Constant(value=0)):
                return True
            case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=state)])]):
                scope = self.code.scope(call)
                reads = self.code.readers.get(state, ())
                return not any(self.code.scope(r) is scope for r in reads)
        return False

    def choice_of_class(self, value: Value) -> Offer | None:
        parent = self.code.parent(value.node)
        call = parent if isinstance(parent, ast.Call) and parent.func is value.node else None
        settings = frozenset() if call is not None else self._settings(value.node)
        found = alternatives(value.node, call, self.code, settings)
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
        if found.family.name == "recurrent" and not (call and self._takes_output_alone(call)):
            return None
        if found.family.name == "scaler" and any(self.code.readers.get(n) for n in _LEARNED):
            return None
        return Offer(
            [value], Categorical(found.choices, expressions=True), found.family.why,
            found.family.name, f"{value.key}.{found.family.name}",
        )  # fmt: skip
