"""What is optimised: a name or an expression, and its direction."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Literal

from .printed import printed_text

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Objective:
    """source: a name the cell assigns, an expression over its names, or `printed("acc: {}")`
    for a number that it only prints."""

    source: str
    direction: Direction

    @property
    def is_name(self) -> bool:
        return self.source.isidentifier()

    @property
    def printed(self) -> str | None:
        """The text around the number, for an objective that is only printed."""
        return printed_text(self.source)

    def evaluate(self, namespace: Mapping[str, Any]) -> float:
        """The objective's value as a finite float.

        Raises ObjectiveError with a sentence for the person when the name was never
        assigned, the expression raises, or the value is no finite number. A printed
        objective has no value in a namespace: whoever runs the cell watches what it prints.
        """
        if self.is_name:
            if self.source not in namespace:
                raise ObjectiveError(f"the objective {self.source!r} was never assigned.")
            value = namespace[self.source]
        elif (text := self.printed) is not None:
            raise ObjectiveError(f"nothing the cell printed matched {text!r}.")
        else:
            try:
                value = evaluated(self.source, namespace)
            except Exception as error:
                raise ObjectiveError(
                    f"the objective {self.source!r} raised {type(error).__name__}: {error}"
                ) from None
        return as_number(value, self.source)


def evaluated(
    source: str, namespace: Mapping[str, Any], local: Mapping[str, Any] | None = None
) -> Any:
    """The value of an expression. local: of a function's frame, its names before the
    namespace's. Neither is changed. Raises whatever the expression raises."""
    code, scoped = _compiled(source)
    known = namespace if type(namespace) is dict and "__builtins__" in namespace else None
    if known is None or (local is not None and scoped):
        known = {**namespace, **(local or {})}  # inner scopes see globals only
    return eval(code, known, {} if local is None else local)


@lru_cache(maxsize=256)
def _compiled(source: str) -> tuple[CodeType, bool]:
    """The code, and whether it has scopes of its own (a comprehension, a lambda)."""
    tree = ast.parse(source.strip(), "<objective>", mode="eval")
    scopes = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda
    scoped = any(isinstance(node, scopes) for node in ast.walk(tree))
    return compile(tree, "<objective>", "eval", dont_inherit=True), scoped


class ObjectiveError(ValueError):
    """The objective has no usable value; the message is a sentence for the person."""


def as_number(value: Any, source: str) -> float:
    """A float from a number, a NumPy or framework scalar, or a one-element array.

    Raises ObjectiveError naming source and the value otherwise, also for NaN and inf.
    """
    if type(value) is float and math.isfinite(value):
        return value
    if value is None:
        raise ObjectiveError(f"the objective {source!r} is None, not a number.")
    if isinstance(value, str | bytes):
        raise ObjectiveError(f"the objective {source!r} is the string {value!r}, not a number.")
    try:
        if hasattr(value, "item") and getattr(value, "size", 1) is not None:
            value = value.item()
        number = float(value)
    except OverflowError:
        raise ObjectiveError(f"the objective {source!r} is too large for a float.") from None
    except Exception:
        shape = getattr(value, "shape", None)
        what = type(value).__name__ + (f" of shape {tuple(shape)}" if shape else "")
        raise ObjectiveError(f"the objective {source!r} is a {what}, not a number.") from None
    if not math.isfinite(number):
        raise ObjectiveError(f"the objective {source!r} is {number}, not a finite number.")
    return number
