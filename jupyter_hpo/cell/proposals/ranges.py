"""Makers of ranges: from the code's own value to a distribution that holds it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...space import Categorical, Distribution, Float, Int

Rule = Callable[[Any], Distribution | None]


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def tidy(value: float) -> float:
    return float(f"{value:.6g}")


def nothing(value: Any) -> Distribution | None:
    """For a name that is known and never tuned."""
    return None


def decades(low: float, high: float, *, below: float = 2, above: float = 2) -> Rule:
    """A log range some decades to either side of the value, clipped to low..high, but at
    least a factor of ten below and of five above it; low..high for 0."""

    def rule(value: Any) -> Distribution | None:
        if not number(value) or value < 0:
            return None
        if value == 0:
            return Float(low, high, log=True)
        here = 10.0 ** math.floor(math.log10(value) + 1e-9)
        bottom = min(max(here * 10**-below, low), here / 10)
        top = max(min(here * 10**above, high), here * 10 if value <= 2 * here else value * 10)
        return Float(tidy(bottom), tidy(top), log=True)

    return rule


def wide(low: float, high: float) -> Rule:
    """low..high on a log scale, widened by a decade where the value is outside."""
    return decades(low, high, below=99, above=99)


def factor(below: float, above: float) -> Rule:
    """From value/below to value*above, on a log scale."""

    def rule(value: Any) -> Distribution | None:
        if not number(value) or value <= 0:
            return None
        return Float(tidy(value / below), tidy(value * above), log=True)

    return rule


def log_between(low: float, high: float) -> Rule:
    """low..high on a log scale, widened just enough to hold the value with room."""

    def rule(value: Any) -> Distribution | None:
        if not number(value) or value < 0:
            return None
        if value == 0:
            return Float(low, high, log=True)
        bottom = low if value >= 2 * low else value / 10
        top = high if 1.5 * value <= high else value * 3
        if value < max(high, 1.0):
            top = min(top, max(high, 1.0))
        return Float(tidy(bottom), tidy(top), log=True)

    return rule


def linear(low: float, high: float) -> Rule:
    """low..high, widened where the value is at an end or outside; an end of 0 or 1 is one that
    the thing itself has."""

    def rule(value: Any) -> Distribution | None:
        if not number(value):
            return None
        bottom, top = min(low, float(value)), max(high, float(value))
        if value <= low and value not in (0, 1):
            bottom = value / 2 if value > 0 else value * 2.0
        if value >= high and value not in (0, 1):
            top = min(value * 1.5, (value + 1) / 2) if value < 1 else value * 1.5
        return Float(tidy(bottom), tidy(top))

    return rule


def near_one(low: float, high: float) -> Rule:
    """A share: nothing is said of values outside 0..1."""

    def rule(value: Any) -> Distribution | None:
        return linear(low, high)(value) if number(value) and 0 <= value <= 1 else None

    return rule


def integers(low: int, high: int, *, log: bool = False, step: int | None = None) -> Rule:
    """An integer range widened to hold the code's own value."""

    def rule(value: Any) -> Distribution | None:
        if not integer(value) or value < min(low, 1):
            return None
        bottom, top = low, high
        if value < low:
            bottom = value
        elif value == low > 2:
            bottom = value // 2
        if value > high:
            top = value * 2
        elif value == high:
            top = value + max(1, value // 2)
        if step is not None and (value - bottom) % step:
            return Int(bottom, top)
        return Int(bottom, top, log, step)

    return rule


def around(value: Any) -> Distribution | None:
    """From a quarter of the value, but 4 where the value is more, to four times it, as a log
    range."""
    if not integer(value) or value < 4:
        return None
    return Int(max(4, value // 4) if value > 4 else 2, value * 4, log=True)


def half_to_double(value: Any) -> Distribution | None:
    if not integer(value) or value < 2:
        return None
    return Int(max(1, value // 2), value * 2, log=True)


def quarter_to_double(value: Any) -> Distribution | None:
    if not integer(value) or value < 1:
        return None
    return Int(max(1, value // 4), max(3, value * 2), log=value >= 8)


def components(value: Any) -> Distribution | None:
    """How many features are made of the data's, or the share of their variance that is kept."""
    return near_one(0.8, 0.99)(value) if isinstance(value, float) else quarter_to_double(value)


def rounds(value: Any) -> Distribution | None:
    if not integer(value) or value < 2:
        return None
    return Int(max(1, value // 4), value * 4, log=True)


def powers(least: int, below: int = 4, above: int = 4) -> Rule:
    """The value halved and doubled a few times, as choices not under `least`."""

    def rule(value: Any) -> Distribution | None:
        if not integer(value) or value < 1:
            return None
        near, factor = [value], 2
        while factor <= max(below, above):
            if factor <= below and value % factor == 0:
                near.append(value // factor)
            if factor <= above:
                near.append(value * factor)
            factor *= 2
        return Categorical(tuple(sorted({n for n in near if n >= least or n == value})))

    return rule


def batches(value: Any, rows: int | None = None) -> Distribution | None:
    """Batch sizes near the one in use, none greater than half the rows of the data."""
    if not integer(value) or value < 2:
        return None
    near = [value // 4, value // 2, value, value * 2, value * 4]
    most = max(value, rows // 2) if rows else max(near)
    return Categorical(tuple(n for n in near if 2 <= n <= most))


def odd(value: Any) -> Distribution | None:
    if not integer(value) or value % 2 == 0 or value > 11:
        return None
    return Categorical(tuple(sorted({3, 5, 7, value})))


def depth(value: Any) -> Distribution | None:
    """Of a tree; None is no limit."""
    if value is None:
        return Categorical((None, 3, 5, 8, 12, 20))
    return integers(2, 16)(value)


def boosted_depth(value: Any) -> Distribution | None:
    if value in (None, -1):
        return Categorical((value, 4, 6, 8, 12))
    return integers(2, 12)(value)


def dropout(value: Any) -> Distribution | None:
    return Float(0.0, max(0.7, float(value))) if number(value) and 0 <= value < 1 else None


def flag(value: Any) -> Distribution | None:
    return Categorical((False, True)) if isinstance(value, bool) else None


def options(*families: tuple[Any, ...]) -> Rule:
    """The family of choices that the code's own value belongs to."""

    def rule(value: Any) -> Distribution | None:
        for family in families:
            if any(type(value) is type(c) and value == c for c in family):
                return Categorical(family)
        return None

    return rule


def first(*rules: Rule) -> Rule:
    """The first rule that has something to say."""

    def rule(value: Any) -> Distribution | None:
        for one in rules:
            found = one(value)
            if found is not None:
                return found
        return None

    return rule


def between(least: float, below: float, rule: Rule) -> Rule:
    """The rule, for numbers from least on that are below the other."""
    return lambda value: rule(value) if number(value) and least <= value < below else None


def of_floats(rule: Rule) -> Rule:
    """The rule, for floats only."""
    return lambda value: rule(value) if isinstance(value, float) else None


def of_ints(rule: Rule) -> Rule:
    return lambda value: rule(value) if integer(value) else None
