"""`read_space`: whatever a person already has, as a SearchSpace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Float, Int, Parameter, SearchSpace
from .optuna_spaces import from_optuna, is_distribution, is_study
from .ray_tune import from_ray, is_param_space
from .sklearn_grids import from_sklearn, grid_of


def read_space(value: Any) -> SearchSpace:
    """A SearchSpace, a dict of our distributions, an Optuna study or its distributions, a Ray
    `param_space`, a scikit-learn grid (or list of them, or the search that has one).

    Raises SpaceError that says what it is instead, or what of it can't be said.
    """
    if isinstance(value, SearchSpace):
        return value
    if is_study(value):
        return from_optuna(value)
    if isinstance(value, Mapping):
        held = list(value.values())
        if held and all(map(is_distribution, held)):
            return from_optuna(value)
        if any(isinstance(v, Float | Int | Categorical | Parameter) for v in held):
            return SearchSpace(value)
        if is_param_space(value):
            return from_ray(value)
    if not isinstance(value, Mapping) and not isinstance(value, list | tuple):
        grid = grid_of(value)
    else:
        grid = grid_of(value) if value else None
    if grid is None:
        raise SpaceError(
            f"a value of type {type(value).__name__} is no search space.",
            "Give a SearchSpace, an Optuna study, a Ray param_space or a scikit-learn grid.",
        )
    return from_sklearn(grid)
