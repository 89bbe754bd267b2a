"""Offers for the arguments of pieces, each for the kinds that use it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...space import Categorical, Distribution
from ...space.grammar import Term, plain
from ...space.space import MISSING
from ..pieces import PIECES, Setting, setting_of
from ..values import Value
from ..written_out import piece_of
from .context import Context, Offer
from .standing import Standing

PLATEAU = "plateau"
"""Of the schedules the one that has to be stepped with a value."""

WHY = {
    "kind": "one of the piece's kinds",
    "lr": "learning rates are searched on a log scale",
    "weight_decay": "regularisation is searched on a log scale",
    "momentum": "momentum lies between 0 and 1",
}


class OfPieces(Context):
    def piece_called(self, where: Standing) -> str:
        """The piece whose argument a value is, '' for any other."""
        call = where.argument.call if where.argument else None
        return piece_of(self.code.origin(call.func)) if call is not None else ""

    def of_piece(self, piece: str, value: Value, where: Standing) -> Offer | None:
        setting = setting_of(piece, where.name, value.literal) if value.is_literal else None
        distribution = setting.range_for(value.literal) if setting is not None else None
        if setting is None or distribution is None or where.argument is None:
            return None
        if piece == "lr_schedule" and self._stepped_blindly(where.argument.call):
            if setting.name == "patience" or value.literal == PLATEAU:
                return None
            if isinstance(distribution, Categorical):
                rest = tuple(choice for choice in distribution.choices if choice != PLATEAU)
                distribution = Categorical(rest)
        terms: tuple[Term, ...] = ()
        on: list[Value] = []
        for term in setting.spec.terms:
            parent = self._argument(piece, where.argument.call, term.name)
            if parent is None or not parent.is_literal:
                return None
            if id(parent) in self.fixed_values:
                if not _holds(term, parent.literal):
                    return None
                continue
            terms += (term,)
            on.append(parent)
        short, long = self.names(where)
        return Offer(
            [value], distribution, WHY.get(setting.name, _why(setting, distribution)), short, long,
            tuple(zip(terms, on, strict=True)),
        )  # fmt: skip

    def _stepped_blindly(self, call: ast.Call) -> bool:
        """Whether the code steps this schedule, and never with a value."""
        statement = self.code.statement(call)
        holders = statement.targets if isinstance(statement, ast.Assign) else ()
        names = {holder.id for holder in holders if isinstance(holder, ast.Name)}
        steps = [
            node
            for node in ast.walk(self.code.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "step"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in names
        ]
        return bool(steps) and not any(step.args or step.keywords for step in steps)

    def _argument(self, piece: str, call: ast.Call, name: str) -> Value | None:
        """The value that a call gives a parameter."""
        order = PIECES[piece].positional
        nodes: Iterator[ast.expr] = iter(k.value for k in call.keywords if k.arg == name)
        place = order.index(name) if name in order else len(call.args)
        node = call.args[place] if place < len(call.args) else next(nodes, None)
        return self.by_node.get(id(node))


def _holds(term: Term, literal: object) -> bool:
    """Whether a condition holds for a value that no trial changes."""
    words = [w.text if (p := plain(w.text)) is MISSING else p for w in term.words]
    match term.op:
        case "==" | "in":
            return literal in words
        case "!=" | "not in":
            return literal not in words
    return True


def _why(setting: Setting, distribution: Distribution) -> str:
    if isinstance(distribution, Categorical):
        return "what the piece can do"
    return "the piece's usual range" + (", by factors" if "log" in setting.mark else "")
