"""What is optimised: a name or an expression, and its direction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Objective:
    """source: a name the cell assigns or an expression over its names."""

    source: str
    direction: Direction

    @property
    def is_name(self) -> bool:
        return self.source.isidentifier()

    def evaluate(self, namespace: Mapping[str, Any]) -> float:
        """The objective's value as a finite float.

        Raises ObjectiveError with a sentence for the person when the name was never
        assigned, the expression raises, or the value is no finite number.
        """
        if self.is_name:
            if self.source not in namespace:
                raise ObjectiveError(f"the objective {self.source!r} was never assigned.")
            value = namespace[self.source]
        else:
            try:
                value = eval(self.source, dict(namespace))
            except Exception as error:
                raise ObjectiveError(
                    f"the objective {self.source!r} raised {type(error).__name__}: {error}"
                ) from None
        return as_number(value, self.source)


class ObjectiveError(ValueError):
    """The objective has no usable value; the message is a sentence for the person."""


def as_number(value: Any, source: str) -> float:
    """A float from a number, a NumPy or framework scalar, or a one-element array.

    Raises ObjectiveError naming source and the value otherwise, also for NaN and inf.
    """
    if value is None:
        raise ObjectiveError(f"the objective {source!r} is None, not a number.")
    if isinstance(value, str | bytes):
        raise ObjectiveError(f"the objective {source!r} is the string {value!r}, not a number.")
    try:
        if hasattr(value, "item") and getattr(value, "size", 1) is not None:
            value = value.item()
        number = float(value)
    except Exception:
        shape = getattr(value, "shape", None)
        what = type(value).__name__ + (f" of shape {tuple(shape)}" if shape else "")
        raise ObjectiveError(f"the objective {source!r} is a {what}, not a number.") from None
    if not math.isfinite(number):
        raise ObjectiveError(f"the objective {source!r} is {number}, not a finite number.")
    return number
