"""Optuna: a study's distributions, or a dict of them, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Comparison, Condition, Distribution, Parameter, SearchSpace
from .choices import choice_of, refuse_condition


def is_study(value: Any) -> bool:
    """Whether a value is an `optuna.Study` (or one derived from it)."""
    return hasattr(value, "get_trials") and any(
        base.__module__.partition(".")[0] == "optuna" for base in type(value).__mro__
    )


def is_distribution(value: Any) -> bool:
    """Whether a value is one of `optuna.distributions`."""
    return any(base.__module__ == "optuna.distributions" for base in type(value).__mro__)


def from_optuna(source: Any) -> SearchSpace:
    """The space of an Optuna study, or of a dict of name -> distribution.

    Of a study: what its trials suggested, each as the newest trial has it. A parameter that
    only some trials have gets the condition on a categorical one that tells these from the
    others, where there is one. Raises SpaceError for a study without trials, and for choices
    that can't be kept.
    """
    if not is_study(source):
        return SearchSpace({name: _ours(name, d) for name, d in source.items()})
    trials = [t for t in source.get_trials(deepcopy=False) if t.distributions]
    if not trials:
        raise SpaceError(
            f"the study {source.study_name!r} has no trials, so it says nothing of its space.",
            "Give a dict of distributions, or run a trial.",
        )
    found: dict[str, Any] = {}
    for trial in trials:
        found.update(trial.distributions)
    ours = {name: _ours(name, d) for name, d in found.items()}
    params = [trial.params for trial in trials]
    return SearchSpace(Parameter(n, d, _condition(n, ours, params)) for n, d in ours.items())


def to_optuna(space: SearchSpace) -> dict[str, Any]:
    """name -> `optuna.distributions` object. Choices that are expressions go as their text.
    Raises SpaceError for a conditional parameter."""
    from ..search.convert import to_optuna as theirs

    for parameter in space.values():
        refuse_condition(parameter, "a dict of Optuna's distributions")
    return {name: theirs(parameter.distribution) for name, parameter in space.items()}


def _ours(name: str, distribution: Any) -> Distribution:
    from ..search.convert import from_optuna as ours

    if hasattr(distribution, "choices"):
        return choice_of(name, distribution.choices)
    try:
        return ours(distribution)
    except TypeError as error:
        raise SpaceError(f"{name!r}: {error}.", "Use Float, Int or Categorical.") from None


def _condition(
    name: str, ours: Mapping[str, Distribution], trials: Iterable[Mapping[str, Any]]
) -> Condition | None:
    """On the first categorical parameter whose values tell the trials that have `name`."""
    trials = list(trials)
    having = [params for params in trials if name in params]
    lacking = [params for params in trials if name not in params]
    if not lacking:
        return None
    for parent, distribution in ours.items():
        if parent == name or not isinstance(distribution, Categorical):
            continue
        if distribution.expressions or any(parent not in params for params in having):
            continue
        inside = [c for c in distribution.choices if any(p[parent] == c for p in having)]
        outside = {p[parent] for p in lacking if parent in p}
        if not outside & set(inside):
            return one_of(parent, inside)
    return None


def one_of(parent: str, values: list[Any]) -> Condition:
    """`parent == value`, or `parent in (...)`."""
    if len(values) == 1:
        return Condition((Comparison(parent, "==", values[0]),))
    return Condition((Comparison(parent, "in", tuple(values)),))
