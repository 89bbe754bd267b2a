"""Goals: of what a study looks for, the part that no name of the cell alone gives.

Objectives over figures (`n_params`, `val_loss + 1e-8 * n_params`) and constraints. A trial
computes them where the cell's namespace and its own figures are at hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .constraints import Constraint, parsed
from .figures import FIGURES, by_name, figures_in
from .objective import Objective, ObjectiveError
from .trial import Trial, TrialState

UNKNOWN = math.nan
"""An objective's value at a report, when it is known at the end only."""


@dataclass(frozen=True)
class Goals:
    """measured: objectives over figures, each with its place among all of the study's.
    lasting: of the constraints those that a trial breaks for good once it breaks them. assigned:
    names of figures that the cell assigns itself: there its own name is meant."""

    measured: tuple[tuple[int, Objective], ...] = ()
    constraints: tuple[Constraint, ...] = ()
    lasting: tuple[Constraint, ...] = ()
    assigned: frozenset[str] = frozenset()

    @property
    def by_figures(self) -> tuple[Constraint, ...]:
        """Of the constraints those that a trial's figures alone decide."""
        figures = FIGURES.keys() - self.assigned
        return tuple(c for c in self.constraints if figures.issuperset(c.names))

    @property
    def any(self) -> bool:
        return bool(self.measured or self.constraints)

    def values(
        self, own: Sequence[float], namespace: Mapping[str, Any], *, final: bool
    ) -> tuple[float, ...]:
        """One value for each of the study's objectives. own: of those that the cell gives, in
        their order. namespace: the cell's names and figures, see `view`.

        Raises ObjectiveError when final and one has none; until then that is UNKNOWN.
        """
        found = list(own)
        for place, objective in self.measured:
            try:
                value = objective.evaluate(namespace)
            except ObjectiveError as error:
                if final:
                    raise _without(objective.source, namespace, error) from None
                value = UNKNOWN
            found.insert(place, value)
        return tuple(found)

    def amounts(self, namespace: Mapping[str, Any], *, final: bool) -> dict[str, float]:
        """By how much the trial breaks each constraint, 0 or less where it holds. Until it is
        final only those that it breaks for good, as far as they can be told.

        Raises ObjectiveError when final and one can't be told.
        """
        found: dict[str, float] = {}
        for constraint in self.constraints if final else self.lasting:
            try:
                amount = constraint.amount(namespace)
            except ObjectiveError as error:
                if final:
                    raise _without(constraint.text, namespace, error) from None
                continue
            if final or amount > 0:
                found[constraint.text] = amount
        return found


def judged_again(
    trial: Trial, objectives: Sequence[Objective], constraints: Sequence[Constraint]
) -> list[str]:
    """Hold a finished trial of an earlier session to these constraints, by what is on record:
    its figures, its numeric params, its objectives that are names, and what earlier bounds
    tell. The texts of those that can't be told."""
    values = trial.values if trial.state is TrialState.COMPLETE else None
    named = {o.source: v for o, v in zip(objectives, values or (), strict=False) if o.is_name}
    tuned = {name: v for name, v in trial.params.items() if isinstance(v, int | float)}
    before = {**trial.slacks, **trial.violations}
    seen = {**by_name(trial.figures), **tuned, **_told_by(before), **named}
    amounts: dict[str, float] = {}
    untold: list[str] = []
    for constraint in constraints:
        if constraint.text in before:
            amounts[constraint.text] = before[constraint.text]
            continue
        try:
            if values is not None or constraint.stays_broken:
                amounts[constraint.text] = constraint.amount(seen)
        except ObjectiveError:
            untold.append(constraint.text)
    if values is None:
        amounts = {text: amount for text, amount in amounts.items() if amount > 0}
    trial.take_amounts(amounts)
    return untold


def _told_by(amounts: Mapping[str, float]) -> dict[str, float]:
    """The values of names that were compared with a number, by how much that was broken."""
    found: dict[str, float] = {}
    for text, amount in amounts.items():
        one = parsed(text)
        if one is not None and one.left.isidentifier() and one.bound is not None:
            sign = 1 if one.sign in ("<=", "<") else -1
            found[one.left] = one.bound + sign * amount
    return found


def view(
    namespace: Mapping[str, Any],
    figures: Mapping[str, float],
    own: Mapping[str, float],
    assigned: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """What goals are computed from: the cell's names, over them the figures but for those whose
    name the cell assigns itself (`assigned`), over these its own objectives that are names."""
    measured = {name: value for name, value in figures.items() if name not in assigned}
    return {**namespace, **measured, **own}


def _without(source: str, namespace: Mapping[str, Any], error: ObjectiveError) -> ObjectiveError:
    """The error, or which figure the trial has not, and why."""
    for name in figures_in(source):
        if name not in namespace:
            why = FIGURES[name].without
            return ObjectiveError(f"{name!r} can't be had of this trial: {why}")
    return error
