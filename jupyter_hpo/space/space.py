"""SearchSpace: named parameters, in an order in which parents stand before children."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import SpaceError
from .conditions import Condition
from .distributions import Categorical, Distribution, Float, Int


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"  # stays the one MISSING in a worker


MISSING: Any = _Missing()


@dataclass(frozen=True)
class Parameter:
    """A name, its distribution, when it exists, and the value the code has now.

    default: the notebook's own value (for expression choices its source text), MISSING when
    there is none. It may lie outside the distribution; then it is no suggestion for trial 0.
    """

    name: str
    distribution: Distribution
    condition: Condition | None = None
    default: Any = MISSING


class SearchSpace(Mapping[str, Parameter]):
    """An immutable mapping of name to Parameter, parents before children.

    `SearchSpace({"lr": Float(1e-5, 1e-1, log=True)})` or from Parameters. Raises SpaceError
    for a name given twice, a condition on an unknown parameter, or conditions in a circle.
    """

    def __init__(
        self, parameters: Mapping[str, Distribution | Parameter] | Iterable[Parameter] = ()
    ) -> None:
        if isinstance(parameters, Mapping):
            items = [
                p if isinstance(p, Parameter) else Parameter(name, p)
                for name, p in parameters.items()
            ]
        else:
            items = list(parameters)
        for item in items:
            if not isinstance(item.distribution, Float | Int | Categorical):
                raise SpaceError(
                    f"{item.name!r} is {item.distribution!r}.",
                    "Give a Float, an Int or a Categorical.",
                )
        self._parameters = _parents_first(items)

    def __getitem__(self, name: str) -> Parameter:
        return self._parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __repr__(self) -> str:
        rows = ", ".join(
            f"{p.name}={p.distribution!r}" + (f" if {p.condition}" if p.condition else "")
            for p in self.values()
        )
        return f"SearchSpace({rows})"

    @property
    def conditional(self) -> bool:
        return any(p.condition is not None for p in self.values())

    def active(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The names that exist under these values, parents first."""
        kept: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if parameter.condition is None or parameter.condition.holds(kept):
                if name in params:
                    kept[name] = params[name]
                else:
                    kept.setdefault(name, MISSING)
        return tuple(kept)

    def fits(self, name: str, value: Any) -> bool:
        """Whether a value lies in a parameter's distribution (an int is a float, too)."""
        distribution = self[name].distribution
        if isinstance(distribution, Float) and type(value) is int:
            value = float(value)
        return distribution.contains(value)

    def holds(self, params: Mapping[str, Any]) -> bool:
        """Whether these are params of this space: its active parameters, in their ranges."""
        active = self.active(params)
        return set(active) == set(params) and all(self.fits(name, params[name]) for name in active)

    def completed(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """The params, in this space, of a trial of the same code that was made in another:
        what was not tuned then had the code's own value. None when the space does not hold
        them."""
        values: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if parameter.condition is not None and not parameter.condition.holds(values):
                continue
            value = params.get(name, parameter.default)
            if value is MISSING or not self.fits(name, value):
                return None
            values[name] = value
        return values if params.keys() <= values.keys() else None

    def defaults(self) -> dict[str, Any] | None:
        """The notebook's own values of the active parameters, or None when one is missing
        or lies outside its distribution (then there is no trial of the cell as it stands)."""
        values: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if parameter.condition is not None and not parameter.condition.holds(values):
                continue
            value = parameter.default
            if value is MISSING or not self.fits(name, value):
                return None
            is_float = isinstance(parameter.distribution, Float)
            values[name] = float(value) if is_float else value
        return values


def _parents_first(items: list[Parameter]) -> dict[str, Parameter]:
    by_name: dict[str, Parameter] = {}
    for item in items:
        if item.name in by_name:
            raise SpaceError(f"two parameters are named {item.name!r}.", "Rename one: `as other`.")
        by_name[item.name] = item
    ordered: dict[str, Parameter] = {}
    visiting: list[str] = []

    def place(item: Parameter) -> None:
        if item.name in ordered:
            return
        if item.name in visiting:
            circle = " -> ".join([*visiting, item.name])
            raise SpaceError(f"conditions go in a circle: {circle}.", "Remove one of them.")
        visiting.append(item.name)
        for parent in item.condition.names if item.condition else ():
            if parent not in by_name:
                known = ", ".join(by_name) or "none"
                raise SpaceError(
                    f"the condition of {item.name!r} looks at {parent!r}, which is not tuned.",
                    f"Parameters here: {known}.",
                )
            place(by_name[parent])
        visiting.pop()
        ordered[item.name] = item

    for item in items:
        place(item)
    return ordered
