"""Constraints: what a trial must keep to be chosen, such as `n_params <= 1e6`.

Each compares two expressions over figures and the cell's names. A trial that breaks one is
never the best; by how much it breaks it is told to the sampler.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from .figures import FIGURES
from .objective import ObjectiveError, as_number, evaluated

Sign = Literal["<=", "<", ">=", ">"]

SIGNS: dict[type[ast.cmpop], Sign] = {ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">"}
TURNED: dict[Sign, Sign] = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}

BROKEN: dict[Sign, str] = {"<=": ">", "<": "≥", ">=": "<", ">": "≤"}

LEAST = 1e-12
"""What a strict constraint is broken by at least, when both sides are equal."""

EXAMPLE = 'Write a bound, like "n_params <= 1e6".'


class ConstraintError(ValueError):
    """The text is no constraint; a sentence with the next step."""


@dataclass(frozen=True)
class Constraint:
    """left, right: source of the two expressions; a number alone stands on the right."""

    left: str
    sign: Sign
    right: str

    @property
    def text(self) -> str:
        """As it is shown, told to the sampler and written down."""
        return f"{self.left} {self.sign} {self.right}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names it reads, in order."""
        return tuple(dict.fromkeys([*_names(self.left), *_names(self.right)]))

    @property
    def bound(self) -> float | None:
        """The number on the right, when there is one alone."""
        try:
            return float(ast.literal_eval(self.right))
        except (ValueError, TypeError, SyntaxError):
            return None

    @property
    def stays_broken(self) -> bool:
        """Whether a trial that breaks it now does so for good: an upper bound on what only
        rises while a trial runs (memory so far, time, parameters)."""
        low, high = (self.left, self.right) if self.sign in ("<=", "<") else (self.right, self.left)
        return _rises(_tree(low)) and not _names(high)

    def amount(self, namespace: Mapping[str, Any]) -> float:
        """By how much it is broken; 0 or less: it holds.

        Raises ObjectiveError with a sentence when a side is no finite number.
        """
        left, right = (self._side(source, namespace) for source in (self.left, self.right))
        over = left - right if self.sign in ("<=", "<") else right - left
        return max(over, LEAST) if over == 0 and self.sign in ("<", ">") else over

    def _side(self, source: str, namespace: Mapping[str, Any]) -> float:
        try:
            return as_number(evaluated(source, namespace), source)
        except ObjectiveError as error:
            said = str(error).removeprefix(f"the objective {source!r} ")
            raise ObjectiveError(f"{source!r}, in the constraint {self.text!r}, {said}") from None
        except NameError as error:
            name = getattr(error, "name", None) or source
            raise ObjectiveError(
                f"the constraint {self.text!r} reads {name!r}, which was never assigned."
            ) from None
        except Exception as error:
            raise ObjectiveError(
                f"the constraint {self.text!r} raised {type(error).__name__}: {error}"
            ) from None


def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """The constraints in a text: comparisons, joined by `and` or chained (`0.1 < x <= 2`).

    Raises ConstraintError for anything else.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise ConstraintError(f"{text!r} is no comparison. {EXAMPLE}") from None
    parts = tree.values if _is_and(tree) else [tree]  # type: ignore[attr-defined]
    return tuple(one for part in parts for one in _compared(part, text))


@lru_cache(maxsize=256)
def parsed(text: str) -> Constraint | None:
    """A constraint from its own text; None where that is none."""
    try:
        found = parse_constraints(text)
    except ConstraintError:
        return None
    return found[0] if len(found) == 1 else None


def said(text: str, amount: float) -> str:
    """How a trial breaks a constraint, with its own value where that is known:
    `n_params 1.2M > 1M`."""
    one = parsed(text)
    bound = one.bound if one is not None else None
    if one is None or bound is None:
        return f"{text} is broken by {readable(amount)}"
    value = bound + amount if one.sign in ("<=", "<") else bound - amount
    return f"{one.left} {readable(value, unlike=bound)} {BROKEN[one.sign]} {readable(bound)}"


def infeasible(violations: Mapping[str, float]) -> str:
    """What a trial breaks, in a few words; empty when that is nothing."""
    return ", ".join(said(text, amount) for text, amount in violations.items())


def readable(value: float, *, unlike: float | None = None) -> str:
    """A figure in few characters: 1.2M, 0.034; with more digits where few would make it the
    same as `unlike`."""
    for digits in (3, 5, 8):
        text = _short(value, digits)
        if unlike is None or value == unlike or text != _short(unlike, digits):
            break
    return text


def _short(value: float, digits: int) -> str:
    size = abs(value)
    for scale, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= scale:
            return f"{value / (1e3 if unit == 'k' else scale):.{digits}g}{unit}"
    return f"{value:.{digits if size < 1e3 else max(digits, 4)}g}"


def _is_and(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And)


def _compared(tree: ast.expr, text: str) -> list[Constraint]:
    if isinstance(tree, ast.BoolOp):
        raise ConstraintError(
            f"{text!r} joins with `or`: a trial keeps every constraint, each by itself. Give "
            "several --constraint, or write max(...) or min(...) of the two."
        )
    if not isinstance(tree, ast.Compare):
        raise ConstraintError(f"{text!r} is no comparison. {EXAMPLE}")
    found = []
    sides = [tree.left, *tree.comparators]
    for left, operator, right in zip(sides, tree.ops, sides[1:], strict=False):
        sign = SIGNS.get(type(operator))
        if sign is None:
            raise ConstraintError(
                f"{text!r} is no bound: compare with <=, <, >= or >. For one value only, tune "
                "nothing there."
            )
        one = Constraint(_source(left, text), sign, _source(right, text))
        if not one.names:
            raise ConstraintError(f"{text!r} compares numbers only, no figure and no name.")
        flip = not _names(one.left)
        found.append(Constraint(one.right, TURNED[sign], one.left) if flip else one)
    return found


def _source(node: ast.expr, text: str) -> str:
    found = ast.get_source_segment(text.strip(), node)
    return " ".join((found or ast.unparse(node)).split())


def _tree(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def _names(source: str) -> list[str]:
    """The names an expression reads, but for those it binds itself and what it calls."""
    tree = _tree(source)
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stores(n)}
    called = {n.func.id for n in ast.walk(tree) if _is_call(n)}  # type: ignore[attr-defined]
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return [name for name in names if name not in bound and name not in called & _BUILT_IN]


_BUILT_IN = frozenset({"abs", "max", "min", "sum", "len", "float", "int", "round"})


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _rises(node: ast.expr) -> bool:
    """Whether its value never falls while a trial runs. Figures are never below zero."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name):
            return name in FIGURES and FIGURES[name].rises
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _rises(left) and _rises(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return all(_rises(side) and not _subtracts(side) for side in (left, right))
        case ast.BinOp(left=left, op=ast.Sub() | ast.Div(), right=ast.Constant()):
            return _rises(left)
        case ast.Call(func=ast.Name(id="max" | "min"), args=args, keywords=[]):
            return all(map(_rises, args))
    return False


def _subtracts(node: ast.expr) -> bool:
    """Whether it may be below zero, for all that figures never are."""
    return any(isinstance(part, ast.Sub) for part in ast.walk(node))
