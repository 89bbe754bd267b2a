"""How much each parameter mattered, from trials in memory.

Source: Watanabe et al., "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in
Arbitrary Subspaces", IJCAI 2023 (arXiv 2304.10255), as Optuna computes it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import isfinite

import optuna
from optuna.importance import get_param_importances
from optuna.trial import FrozenTrial

from ..space import SearchSpace
from ..study.objective import Objective
from ..study.trial import Trial, TrialState
from .convert import frozen

BOUND = 1000
"""Trials it is computed from, at most: an even sample of a longer study. It goes by the best
tenth against all, which a sample keeps; more would hold the interpreter for seconds."""

LEAST = 2
"""With fewer complete trials there is nothing to compare."""

# For good, because a filter that is taken back is not for threads. What they say (few trials)
# the reader is told by the number of trials that stands beside the result.
for said in ("Some regimes for parameter", "Target and region quantiles"):
    warnings.filterwarnings("ignore", message=said)


def importances(
    trials: Sequence[Trial], space: SearchSpace, objectives: Sequence[Objective]
) -> list[dict[str, float]]:
    """Per objective: parameter to its share, the largest first; they add up to 1.

    Of complete trials with a finite value. Empty for an objective with fewer than LEAST of them,
    or where nothing was tuned. Any thread; takes up to a second.
    """
    complete = [t for t in trials if t.state is TrialState.COMPLETE and t.values]
    return [
        _of(index, objective, complete, space, objectives)
        for index, objective in enumerate(objectives)
    ]


def _of(
    index: int,
    objective: Objective,
    complete: Sequence[Trial],
    space: SearchSpace,
    objectives: Sequence[Objective],
) -> dict[str, float]:
    usable = [t for t in complete if t.values and isfinite(t.values[index])]
    usable = usable[:: -(-len(usable) // BOUND) or 1]
    if len(usable) < LEAST:
        return {}
    trials = [_single(t, index, space, objectives) for t in usable]
    found = get_param_importances(_Still(trials, objective.direction))
    return {str(name): float(value) for name, value in found.items()}


def _single(
    trial: Trial, index: int, space: SearchSpace, objectives: Sequence[Objective]
) -> FrozenTrial:
    """The trial as if it had this objective only, and without its reports."""
    assert trial.values
    bare = Trial(trial.number, trial.params, trial.state, values=(trial.values[index],))
    return frozen(bare, space, [objectives[index]])


class _Still(optuna.Study):
    """Trials as a study that can only be read: adding them to a storage would copy each twice,
    and log that there is a new study."""

    def __init__(self, trials: Sequence[FrozenTrial], direction: str) -> None:
        self._directions = [optuna.study.StudyDirection[direction.upper()]]
        self._trials = list(trials)
        for number, trial in enumerate(self._trials):
            trial.number = trial._trial_id = number

    def get_trials(self, deepcopy: bool = True, states: object = None) -> list[FrozenTrial]:
        return self._trials
