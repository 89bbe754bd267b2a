"""Grid search: every combination of a finite space once, in an order that covers it early."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from math import floor
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Distribution, Float, SearchSpace
from ..study.trial import Trial
from .sampler import Exhausted

MOST = 100_000
"""Combinations that are listed; nobody waits for more."""

Combination = dict[str, Any]


def points(distribution: Distribution) -> list[Any] | None:
    """The values of a distribution, in order; None when they can't be counted, or are more than
    MOST."""
    if isinstance(distribution, Categorical):
        return list(distribution.choices)
    low, high, step = distribution.low, distribution.high, distribution.step
    if low == high:
        return [low]
    if isinstance(distribution, Float):
        if step is None or (high - low) / step > MOST:
            return None
        return [low + i * step for i in range(floor((high - low) / step + 1e-6) + 1)]
    by = int(step or 1)
    return None if (high - low) // by > MOST else list(range(int(low), int(high) + 1, by))


def combinations(space: SearchSpace) -> list[Combination]:
    """All that are valid: a conditional parameter is there only where its condition holds.

    Raises SpaceError, naming the parameter, when there are not finitely many, or more than MOST.
    """
    values: dict[str, list[Any]] = {}
    for name, parameter in space.items():
        found = points(parameter.distribution)
        if found is None:
            raise SpaceError(
                f"grid search tries every value, and {name!r} has too many to list.",
                f"Give it a step ({name}=a..b:step=c) or choices ({name}=a|b|c), or take another "
                "--sampler.",
            )
        values[name] = found
    made = []
    for one in _from(list(space), values, space, {}):
        made.append(one)
        if len(made) > MOST:
            raise SpaceError(
                f"grid search tries every combination, and here are more than {MOST:,}.",
                "Take wider steps or fewer choices, or take another --sampler.",
            )
    return made


def size(space: SearchSpace) -> int | None:
    """How many combinations there are; None when they can't be counted, or are too many."""
    try:
        return len(combinations(space))
    except SpaceError:
        return None


def untried(space: SearchSpace, trials: Iterable[Trial]) -> tuple[int, int]:
    """How many combinations none of the trials has, and how many there are; 0 and 0 when they
    can't be counted."""
    try:
        keys = {_key(one) for one in combinations(space)}
    except SpaceError:
        return 0, 0
    return len(keys - {_key(trial.params) for trial in trials}), len(keys)


def _from(
    names: list[str], values: dict[str, list[Any]], space: SearchSpace, chosen: Combination
) -> Iterator[Combination]:
    if not names:
        yield dict(chosen)
        return
    name, rest = names[0], names[1:]
    condition = space[name].condition
    if condition is not None and not condition.holds(chosen):
        yield from _from(rest, values, space, chosen)
        return
    for value in values[name]:
        yield from _from(rest, values, space, {**chosen, name: value})


class GridSampler:
    """Every combination once; what earlier sessions tried is not tried again.

    They come in a shuffled order (the same for the same seed), so that a study that ends before
    its grid does has seen all of it a little. Raises as `combinations` does.
    """

    name = "grid"

    def __init__(self, space: SearchSpace, *, seed: int | None = None, why: str = "") -> None:
        self.space, self.why = space, why
        found = combinations(space)
        random.Random(seed or 0).shuffle(found)
        self._left = {_key(one): one for one in found}
        self._size = len(found)
        self._asked: dict[int, Combination] = {}

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> Combination:
        ahead = self._asked.pop(number, None)
        if ahead is not None:  # asked ahead of time, before other values were asked for
            self._left = {_key(ahead): ahead, **self._left}
        usable = {n: v for n, v in (fixed or {}).items() if n in self.space}
        usable = {n: v for n, v in usable.items() if self.space.fits(n, v)}
        if not usable and not self._left:
            raise Exhausted(f"all {self._size} combinations of the space were tried")
        chosen = self._matching(usable) or self._completed(usable)
        self._left.pop(_key(chosen), None)
        self._asked[number] = chosen
        return dict(chosen)

    def tell(self, trial: Trial) -> None:
        self._asked.pop(trial.number, None)
        self._left.pop(_key(trial.params), None)

    def _matching(self, fixed: Mapping[str, Any]) -> Combination | None:
        """The next one that has these values."""
        wanted = _key(fixed)
        for key, one in self._left.items():
            if wanted <= key:
                return one
        return None

    def _completed(self, fixed: Mapping[str, Any]) -> Combination:
        """These values, which no combination that is left has, and the first of each other."""
        chosen: Combination = {}
        for name, parameter in self.space.items():
            if parameter.condition is not None and not parameter.condition.holds(chosen):
                continue
            found = points(parameter.distribution)
            assert found
            chosen[name] = fixed.get(name, found[0])
        return chosen


def _key(params: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Equal for equal values: 1 is not True, and 0.1 + 0.2 is 0.3."""
    return frozenset(
        (name, f"{value:.9g}" if type(value) is float else repr(value))
        for name, value in params.items()
    )
