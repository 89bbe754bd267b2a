"""scikit-learn: `param_grid` and `param_distributions` as a SearchSpace, and back.

Read by what SciPy's frozen distributions answer; SciPy is imported only to write.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import SpaceError
from ..space import (
    Categorical,
    Distribution,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from .choices import cannot, choice_of, refuse_condition, values_of
from .optuna_spaces import one_of

POINTS = 10_000
"""A stepped range with more values than this is not listed."""


def grid_of(value: Any) -> Any:
    """The grid of a search (GridSearchCV, RandomizedSearchCV, ParameterGrid, ...), a grid
    itself, or None."""
    for attribute in ("param_grid", "param_distributions"):
        if hasattr(value, attribute):
            return getattr(value, attribute)
    if isinstance(value, Mapping):
        return value
    rows = isinstance(value, list | tuple) and value and all(isinstance(g, Mapping) for g in value)
    return value if rows else None


def from_sklearn(grid: Any) -> SearchSpace:
    """The space of a `param_grid` or `param_distributions`, or of the search that has one.

    Lists are choices; `scipy.stats.uniform`, `loguniform` and `randint` are ranges. Of a list
    of dicts, parameters that not all have become conditional on the one whose choices tell
    the dicts apart (`kernel`). Raises SpaceError that names what can't be said.
    """
    grid = grid_of(grid)
    if grid is None:
        raise SpaceError("it is no param_grid.", "Give a dict of name -> list or distribution.")
    rows = [grid] if isinstance(grid, Mapping) else list(grid)
    read = [{str(n): _ours(str(n), v) for n, v in row.items()} for row in rows]
    return SearchSpace(read[0]) if len(read) == 1 else _joined(read)


def to_sklearn(space: SearchSpace) -> dict[str, Any] | list[dict[str, Any]]:
    """`param_distributions` for a RandomizedSearchCV: a dict, or a list of them when
    parameters hang on one categorical parameter. Imports SciPy. Raises SpaceError for what
    can't be said: an integer on a log scale, other conditions, code of the notebook."""
    parents = {n for p in space.values() if p.condition for n in p.condition.names}
    if not parents:
        return {name: _theirs(parameter) for name, parameter in space.items()}
    conditional = next(p for p in space.values() if p.condition)
    parent = space[parents.pop()]
    if parents or not isinstance(parent.distribution, Categorical) or parent.condition:
        refuse_condition(conditional, "a list of dicts")
    if parent.distribution.expressions:  # type: ignore[union-attr]
        refuse_condition(conditional, "a list of dicts")
    cases: dict[tuple[str, ...], list[Any]] = {}
    for choice in values_of(parent, "the search"):
        active = space.active({parent.name: choice})
        cases.setdefault(active, []).append(choice)
    return [
        {n: choices if n == parent.name else _theirs(space[n]) for n in names}
        for names, choices in cases.items()
    ]


# in ----------------------------------------------------------------------------------------


def _ours(name: str, values: Any) -> Distribution:
    if hasattr(values, "rvs"):
        return _range(name, values)
    if isinstance(values, str) or not (hasattr(values, "__iter__") or hasattr(values, "tolist")):
        raise SpaceError(
            f"{name!r} is {values!r}, neither a list nor a distribution.",
            f"Write [{values!r}], or scipy.stats.uniform(...).",
        )
    return choice_of(name, values.tolist() if hasattr(values, "tolist") else values)


def _range(name: str, frozen: Any) -> Distribution:
    """Of a frozen distribution of SciPy, by its name and what it says of itself."""
    kind = getattr(getattr(frozen, "dist", None), "name", type(frozen).__name__)
    if kind == "randint":
        low, high = frozen.support()
        return Int(int(low), int(high))
    if kind in ("uniform", "loguniform", "reciprocal"):
        low, high = map(float, frozen.support())
        log = kind != "uniform"
        if not log or math.isclose(float(frozen.ppf(0.5)), math.sqrt(low * high), rel_tol=1e-6):
            return Float(low, high, log)
        kind = "a moved loguniform (loc)"
    raise SpaceError(
        f"{name!r} is drawn from {kind}, which is no range that can be searched.",
        "Use scipy.stats.uniform, loguniform or randint, or list the values.",
    )


def _joined(rows: Sequence[Mapping[str, Distribution]]) -> SearchSpace:
    """Of several dicts: one space, conditional on what tells the dicts apart."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    partial = [n for n in names if not _everywhere(n, rows)]
    parent = next((n for n in names if _tells_apart(n, rows)), None)
    if parent is None:
        if not partial:
            return SearchSpace(rows[0])
        raise SpaceError(
            f"nothing tells the {len(rows)} dicts apart, so nobody knows when there is a "
            f"{partial[0]!r}.",
            "Give each dict other choices of one parameter (kernel=['rbf'], kernel=['poly']).",
        )
    choices = [c for row in rows for c in _choices(row[parent])]
    found = [Parameter(parent, choice_of(parent, choices))]
    for name in (n for n in names if n != parent):
        having = [row for row in rows if name in row]
        distributions = [row[name] for row in having]
        if any(d != distributions[0] for d in distributions):
            raise SpaceError(
                f"{name!r} has different values in different dicts.",
                "Give it the same ones, or another name in each.",
            )
        told = one_of(parent, [c for row in having for c in _choices(row[parent])])
        condition = None if len(having) == len(rows) else told
        found.append(Parameter(name, distributions[0], condition))
    return SearchSpace(found)


def _everywhere(name: str, rows: Iterable[Mapping[str, Distribution]]) -> bool:
    found = [row.get(name) for row in rows]
    return None not in found and all(d == found[0] for d in found)


def _tells_apart(name: str, rows: Sequence[Mapping[str, Distribution]]) -> bool:
    """Whether all have it, as plain choices, and no two the same choice."""
    found = [row.get(name) for row in rows]
    if not all(isinstance(d, Categorical) and not d.expressions for d in found):
        return False
    choices = [(type(c), c) for d in found for c in _choices(d)]
    return len(choices) == len(set(choices))


def _choices(distribution: Distribution | None) -> tuple[Any, ...]:
    return distribution.choices if isinstance(distribution, Categorical) else ()


# out ---------------------------------------------------------------------------------------


def _theirs(parameter: Parameter) -> Any:
    from scipy import stats

    match parameter.distribution:
        case Float(low, high, log, None):
            if low == high:
                return [low]
            return stats.loguniform(low, high) if log else stats.uniform(low, high - low)
        case Float(low, high, _, float() | int() as step):
            count = round((high - low) / step) + 1
            return [low + i * step for i in _listed(parameter, range(count))]
        case Int(low, high, True, _):
            why = f"SciPy has no integers from {low} to {high} on a log scale"
            raise cannot(parameter, why, "Leave out `log`, or list the values.")
        case Int(low, high, _, None | 1):
            return stats.randint(low, high + 1)
        case Int(low, high, _, int() as step):
            return list(_listed(parameter, range(low, high + 1, step)))
    return values_of(parameter, "the search")


def _listed(parameter: Parameter, values: range) -> range:
    if len(values) > POINTS:
        why = f"its {len(values):,} steps would have to be listed"
        raise cannot(parameter, why, "Leave out the step, or make it larger.")
    return values
