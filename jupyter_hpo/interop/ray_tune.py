"""Ray Tune: a `param_space` as a SearchSpace, and back.

Read by the names of the classes in `ray.tune.search.sample`; Ray is imported only to write.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Distribution, Float, Int, Parameter, SearchSpace
from .choices import cannot, choice_of, refuse_condition, values_of

_MODULES = ("ray.tune.search.sample", "ray.tune.sample")
_GRID = "grid_search"


def is_param_space(value: Any) -> bool:
    """Whether a dict holds something of Ray Tune's, at any depth."""
    return isinstance(value, Mapping) and any(
        _domain(one) is not None or _is_grid(one) or is_param_space(one) for one in value.values()
    )


def from_ray(param_space: Mapping[str, Any], *, separator: str = ".") -> SearchSpace:
    """The space of a `param_space`. Nested dicts give joined names (`model.width`); constants
    are no parameters. Raises SpaceError that names what can't be said: `sample_from`, normal
    distributions, quantised log ranges, dicts among choices.
    """
    found: dict[str, Distribution] = {}
    _collect(param_space, "", separator, found)
    return SearchSpace(found)


def to_ray(space: SearchSpace) -> dict[str, Any]:
    """The flat `param_space` with the same values. Imports Ray. Raises SpaceError for a
    parameter that it can't say: a condition, a grid that isn't of multiples of its step, a
    choice that is code of the notebook."""
    from ray import tune

    return {name: _theirs(tune, parameter) for name, parameter in space.items()}


def _collect(
    space: Mapping[str, Any], prefix: str, separator: str, found: dict[str, Distribution]
) -> None:
    for key, value in space.items():
        name = f"{prefix}{key}"
        if _is_grid(value):
            found[name] = _choice(name, value[_GRID])
        elif isinstance(value, Mapping):
            _collect(value, f"{name}{separator}", separator, found)
        elif (kind := _domain(value)) is not None:
            found[name] = _ours(name, kind, value)


def _is_grid(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {_GRID}


def _domain(value: Any) -> str | None:
    """The name of Ray's class that a value is of, or derives from."""
    for base in type(value).__mro__:
        if base.__module__ in _MODULES and base.__name__ != "Domain":
            return base.__name__
    return None


def _ours(name: str, kind: str, domain: Any) -> Distribution:
    if kind == "Categorical":
        return _choice(name, domain.categories)
    if kind not in ("Float", "Integer"):
        raise SpaceError(
            f"{name!r} is drawn by a function (sample_from), which says no range.",
            "Give it tune.uniform, tune.randint or tune.choice.",
        )
    sampler, step = domain.get_sampler(), None
    if type(sampler).__name__ == "Quantized":
        sampler, step = sampler.sampler, sampler.q
    scale = type(sampler).__name__
    if scale not in ("_Uniform", "_LogUniform"):
        raise SpaceError(
            f"{name!r} is drawn from a {scale.strip('_').lower()} distribution, which has no ends.",
            "Give it tune.uniform or tune.loguniform.",
        )
    log = scale == "_LogUniform"
    if log and step not in (None, 1):
        raise SpaceError(
            f"{name!r} is on a log scale and in steps of {step!r}.",
            "Give it tune.loguniform, tune.lograndint or tune.quniform.",
        )
    if kind == "Float":
        return Float(float(domain.lower), float(domain.upper), log, step)
    if step in (None, 1):  # the upper end is not drawn
        return Int(domain.lower, domain.upper - 1, log)
    lowest = math.ceil(domain.lower / step) * step
    return Int(lowest, domain.upper, step=step)


def _choice(name: str, values: Any) -> Categorical:
    values = list(values)
    for value in values:
        if isinstance(value, Mapping) or _domain(value) is not None:
            raise SpaceError(
                f"the choices of {name!r} hold a space of their own.",
                "Make their parameters parameters of the outer space, with a condition: "
                "`Parameter(name, distribution, Condition(...))`.",
            )
    return choice_of(name, values)


def _theirs(tune: Any, parameter: Parameter) -> Any:
    refuse_condition(parameter, "a param_space")
    match parameter.distribution:
        case Float(low, high, log, None):
            return tune.loguniform(low, high) if log else tune.uniform(low, high)
        case Float(low, high, _, float() | int() as step):
            if not _multiples(low, high, step):
                raise _no_multiples(parameter, low, step)
            return tune.quniform(low, high, step)
        case Int(low, high, log, None | 1):
            return tune.lograndint(low, high + 1) if log else tune.randint(low, high + 1)
        case Int(low, high, _, int() as step):
            if low % step:
                raise _no_multiples(parameter, low, step)
            return tune.qrandint(low, high, step)
    return tune.choice(values_of(parameter, "tune.choice"))


def _multiples(low: float, high: float, step: float) -> bool:
    return all(math.isclose(v / step, round(v / step), rel_tol=1e-9) for v in (low, high))


def _no_multiples(parameter: Parameter, low: float, step: float) -> SpaceError:
    why = f"its values go from {low:g} in steps of {step:g}, and Ray's are multiples of the step"
    return cannot(parameter, why, f"Begin at a multiple of {step:g}, or list the values.")
