"""Float, Int and Categorical: what values a hyperparameter may take.

The three follow Optuna's distributions in names and meaning, so that a study is the same
thing in both. They are plain frozen values; drawing from them is the sampler's work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..errors import SpaceError

Primitive = (type(None), bool, int, float, str)


def _number(value: Any, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SpaceError(f"{what} is {value!r}, not a number.", "Write a number, like 1e-3 or 64.")
    if not math.isfinite(value):
        raise SpaceError(f"{what} is {value!r}.", "Both ends of a range must be finite.")


def _check_range(low: float, high: float, log: bool, step: float | None) -> None:
    _number(low, "low")
    _number(high, "high")
    if low > high:
        raise SpaceError(
            f"low {low:g} is greater than high {high:g}.", f"Write {high:g}..{low:g} instead."
        )
    if log and low <= 0:
        raise SpaceError(
            f"a log range can't start at {low:g}.", "Start it above 0, or leave out `log`."
        )
    if step is not None:
        _number(step, "step")
        if step <= 0:
            raise SpaceError(f"step is {step:g}.", "A step must be greater than 0.")
        if log:
            raise SpaceError("a range can't have both log and step.", "Leave out one of them.")


def _on_grid(low: float, value: float, step: float) -> float:
    """The last point of the grid from low that is not above value (but for rounding)."""
    return low + math.floor((value - low) / step + 1e-6) * step


@dataclass(frozen=True)
class Float:
    """A float in [low, high]; on a log scale, or on a grid of `step` from low (high is then
    the last point of the grid).

    Raises SpaceError when low > high, an end is not finite, log with low <= 0,
    step <= 0, or log together with step.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    def __post_init__(self) -> None:
        _check_range(self.low, self.high, self.log, self.step)
        if not math.isfinite(self.high - self.low):
            raise SpaceError(
                f"the range {self.low:g}..{self.high:g} is too wide to draw from.",
                "Bring its ends closer together.",
            )
        if self.step is not None and (self.high - self.low) / self.step > 1e12:
            raise SpaceError(
                f"a step of {self.step:g} is too small for {self.low:g}..{self.high:g}.",
                "Leave it out: a float range needs no step.",
            )
        high = self.high
        if self.step is not None and not self._reaches(high):
            high = _on_grid(self.low, self.high, self.step)
        object.__setattr__(self, "low", float(self.low))
        object.__setattr__(self, "high", float(high))

    def contains(self, value: Any) -> bool:
        """Whether value lies in the range and, with a step, on its grid."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not self.low <= value <= self.high:
            return False
        return self._reaches(value)

    def _reaches(self, value: float) -> bool:
        if self.step is None:
            return True
        nearest = _on_grid(self.low, value, self.step)
        return math.isclose(nearest, value, rel_tol=1e-9, abs_tol=self.step * 1e-6)


@dataclass(frozen=True)
class Int:
    """An integer in [low, high], both included; on a log scale, or every `step` from low.

    Raises SpaceError as `Float` does, and when an end or the step is no integer.
    """

    low: int
    high: int
    log: bool = False
    step: int | None = None

    def __post_init__(self) -> None:
        _check_range(self.low, self.high, self.log, self.step)
        for what in ("low", "high", "step"):
            value = getattr(self, what)
            if value is not None:
                if value != int(value):
                    raise SpaceError(
                        f"{what} {value!r} of an integer range is not an integer.",
                        "Round it, or write the literal in the code as a float (64.0).",
                    )
                object.__setattr__(self, what, int(value))
        if self.step is not None:
            object.__setattr__(self, "high", self.high - (self.high - self.low) % self.step)

    def contains(self, value: Any) -> bool:
        """Whether value is an integer in the range and, with a step, on its grid."""
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        on_grid = self.step is None or (value - self.low) % self.step == 0
        return self.low <= value <= self.high and on_grid


@dataclass(frozen=True)
class Categorical:
    """One of `choices`: None, bool, int, float or str values, in the order given.

    expressions: the choices are strings of Python source (`"torch.optim.Adam"`), evaluated
    where the cell's own value stood; they are shown, stored and returned as that text.
    Raises SpaceError for no choices, a repeated one, or a type that can't be stored.
    """

    choices: tuple[Any, ...]
    expressions: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(self.choices))
        if not self.choices:
            raise SpaceError("a choice needs at least one value.", "Write them as a | b | c.")
        seen = []
        for choice in self.choices:
            if not isinstance(choice, Primitive):
                raise SpaceError(
                    f"the choice {choice!r} is a {type(choice).__name__}.",
                    "Choices are None, booleans, numbers, strings, or names in scope.",
                )
            key = (type(choice), choice)
            if key in seen:
                raise SpaceError(f"the choice {choice!r} stands twice.", "Leave one of them out.")
            seen.append(key)

    def contains(self, value: Any) -> bool:
        """Whether value is one of the choices, by type and value (1 is not True)."""
        return any(type(value) is type(c) and value == c for c in self.choices)


Distribution = Float | Int | Categorical
