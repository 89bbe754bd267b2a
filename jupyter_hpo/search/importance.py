"""How much each parameter mattered, from trials in memory.

Source: Watanabe et al., "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in
Arbitrary Subspaces", IJCAI 2023 (arXiv 2304.10255), with parameters that exist under conditions as
in "Conditional PED-ANOVA", KDD 2026 (arXiv 2601.20800), as Optuna computes it. It asks only which
trials are the best ones; here these are the first by `study.standing`, so that trials which were
pruned count as well: of 60 trials under ASHA hardly ten are complete.

It takes the trials as drawn for this objective alone. With several, those that are best in one were
drawn for the other, too, whose favourite values would then be given the credit: there only the
parameters share whose effect is beyond chance when all others are allowed for (`effects`); where
that is none, all do.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial

from ..space import SearchSpace
from ..study.objective import Objective
from ..study.standing import Standings, compared, standings
from ..study.trial import Trial, TrialState
from .convert import frozen
from .effects import beyond_chance

BOUND = 1000
"""Trials it is computed from, at most: an even sample of a longer study. It goes by the best
tenth against all, which a sample keeps; more would hold the interpreter for seconds."""

LEAST = 2
"""With fewer trials there is nothing to compare."""

TOP, TOP_LEAST, TOP_MOST = 0.1, 5, 0.5
"""The best trials, of which it looks for what sets them apart: this part of all, but so many where
there are, since chance rules what two or three have in common, and this part at most."""

STANDING = Objective("standing", "maximize")

# For good, because a filter that is taken back is not for threads. What they say (few trials)
# the reader is told by the number of trials that stands beside the result.
for said in ("Some regimes for parameter", "Target and region quantiles"):
    warnings.filterwarnings("ignore", message=said)


def importances(
    trials: Sequence[Trial], space: SearchSpace, objectives: Sequence[Objective]
) -> list[dict[str, float]]:
    """Per objective: parameter to its share, the largest first; they add up to 1.

    trials: all of the study; what counts are those of the present space that are complete or were
    pruned, with a finite value. Empty for an objective with fewer than LEAST of them, or where
    nothing was tuned. Any thread; takes up to a second.
    """
    usual = compared(trials)
    usual = usual[:: -(-len(usual) // BOUND) or 1]
    several = len(objectives) > 1
    return [
        shares_of(standings(usual, objective, index), usual, space, several=several)
        for index, objective in enumerate(objectives)
    ]


def shares_of(
    standing: Standings, trials: Sequence[Trial], space: SearchSpace, *, several: bool
) -> dict[str, float]:
    """Of the objective in which the trials stand so. several: it is one of them."""
    place = standing.of
    if len(place) < LEAST:
        return {}
    usable = [_single(t, place[t.number], space) for t in trials if t.number in place]
    top = max(TOP, min(TOP_MOST, TOP_LEAST / len(usable)))
    found = get_param_importances(
        _Still(usable, STANDING.direction),
        evaluator=PedAnovaImportanceEvaluator(target_quantile=top),
    )
    shares = {str(name): float(value) for name, value in found.items()}
    return _drawn_for_others(shares, trials, place, space) if several else shares


def _drawn_for_others(
    shares: dict[str, float],
    trials: Sequence[Trial],
    standing: dict[int, float],
    space: SearchSpace,
) -> dict[str, float]:
    beyond = beyond_chance(trials, standing, space)
    whole = sum(shares.get(name, 0.0) for name in beyond)
    if not whole:
        return shares
    kept = {name: share / whole if name in beyond else 0.0 for name, share in shares.items()}
    return dict(sorted(kept.items(), key=lambda item: -item[1]))


def _single(trial: Trial, standing: float, space: SearchSpace) -> FrozenTrial:
    """The trial as a complete one of which only its standing is known."""
    bare = Trial(trial.number, trial.params, TrialState.COMPLETE, values=(standing,))
    return frozen(bare, space, [STANDING])


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
