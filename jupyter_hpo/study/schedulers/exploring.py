"""Other values for a copy of a trial: PBT's explore step.

Source: Jaderberg et al., "Population Based Training of Neural Networks", 2017 (arXiv
1711.09846), section 4.1, has two ways apart: perturbing each value by a factor of 0.8 or 1.2, and
resampling it with some probability. Both in one, with a probability of 0.25, and a choice that
moves to a neighbour, are those of Ray Tune's PopulationBasedTraining.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Any

from ...space import Categorical, Distribution, Float, Int, SearchSpace

FACTORS = (0.8, 1.2)
RESAMPLED = 0.25


def explored(params: Mapping[str, Any], space: SearchSpace, draw: Random) -> dict[str, Any]:
    """The params with perturbed values, all within their ranges. Values that decide which others
    exist stay as they are."""
    deciding = {n for p in space.values() if p.condition is not None for n in p.condition.names}
    return {
        name: _explored(value, space[name].distribution, draw)
        if name in space and name not in deciding
        else value
        for name, value in params.items()
    }


def _explored(value: Any, distribution: Distribution, draw: Random) -> Any:
    resampled = draw.random() < RESAMPLED
    if isinstance(distribution, Categorical):
        return _choice(value, distribution, draw, resampled=resampled)
    if resampled:
        return _sampled(distribution, draw)
    factor = draw.choice(FACTORS)
    if isinstance(distribution, Float):
        return _fitted(float(value) * factor, distribution)
    moved = round(value * factor)
    if moved == value:  # a small integer moves all the same
        moved += 1 if factor > 1 else -1
    return _fitted(moved, distribution)


def _choice(value: Any, distribution: Categorical, draw: Random, *, resampled: bool) -> Any:
    """A neighbour where the choices have an order, as numbers have; else the same, unless it is
    resampled."""
    choices = distribution.choices
    if resampled:
        return draw.choice(choices)
    numbers = all(isinstance(c, int | float) and not isinstance(c, bool) for c in choices)
    if distribution.expressions or not numbers or value not in choices:
        return value
    ordered = sorted(choices)
    place = ordered.index(value) + draw.choice((-1, 1))
    return ordered[min(max(place, 0), len(ordered) - 1)]


def _sampled(distribution: Float | Int, draw: Random) -> float | int:
    low, high = distribution.low, distribution.high
    if distribution.log:
        value = math.exp(draw.uniform(math.log(low), math.log(high)))
    else:
        value = draw.uniform(low, high)
    return _fitted(value, distribution)


def _fitted(value: float, distribution: Float | Int) -> float | int:
    """The nearest value of the range, on its grid."""
    low, high, step = distribution.low, distribution.high, distribution.step
    value = min(max(value, low), high)
    if step is not None:
        value = min(low + round((value - low) / step) * step, high)
    if isinstance(distribution, Int):
        return int(min(max(round(value), low), high))
    return float(value)
