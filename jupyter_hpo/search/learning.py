"""What a sampler that models the past is shown of a long study.

TPE's cost of a suggestion grows with the number of trials it learns from: with five params
it takes eight times as long after 5,000 trials as after 100 (`make bench ARGS=sampler`; 2.4
times when shown 400). Its model needs few of them: the good ones (at most
25 with one objective) make l(x); all others only make g(x), the density of what is not good,
where old trials count less (the weights of Bergstra et al. 2013, "Making a Science of Model
Search", section 5: a linear ramp, full weight for the newest 25). So past a bound it is shown
the best and an even sample of the rest; up to the bound, everything.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from math import inf

import numpy as np
from optuna.storages import InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

BOUND = 400
"""Finished trials that are shown; fewer than 250 would take good ones from TPE."""

SLACK = 1.1
"""They are chosen anew when there are this many times as many, so choosing costs little."""

LEARNED = (TrialState.COMPLETE, TrialState.PRUNED)


class LearningStorage(InMemoryStorage):
    """Optuna's storage in memory, holding one study, that shows a bounded part of it.

    Nothing is forgotten: `deepcopy=True` (as in `study.trials`) lists everything. Used by one
    thread at a time.
    """

    def __init__(self, bound: int = BOUND) -> None:
        super().__init__()
        self._bound = bound
        self._unfinished: set[int] = set()  # numbers of trials
        self._shown: list[int] = []  # numbers of finished trials
        self._thinned = False

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        self._study_id = study_id
        trial_id = super().create_new_trial(study_id, template_trial)
        self._note(self.get_trial(trial_id))
        return trial_id

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        changed = super().set_trial_state_values(trial_id, state, values)
        self._note(self.get_trial(trial_id))
        return changed

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        if deepcopy or not self._thinned or states == (TrialState.WAITING,):
            return super().get_all_trials(study_id, deepcopy, states)
        by_number = super().get_all_trials(study_id, deepcopy=False)
        shown = [by_number[number] for number in sorted([*self._shown, *self._unfinished])]
        return [t for t in shown if states is None or t.state in states]

    def _note(self, trial: FrozenTrial) -> None:
        if not trial.state.is_finished():
            self._unfinished.add(trial.number)
            return
        self._unfinished.discard(trial.number)
        if trial.state not in LEARNED:
            return
        self._shown.append(trial.number)
        if len(self._shown) > self._bound * SLACK:
            by_number = super().get_all_trials(self._study_id, deepcopy=False)
            learned = [t for t in by_number if t.state in LEARNED]
            candidates = [by_number[number] for number in self._shown]
            directions = self.get_study_directions(self._study_id)
            self._shown = thin(learned, candidates, directions, self._bound)
            self._thinned = True


def thin(
    trials: Sequence[FrozenTrial],
    candidates: Sequence[FrozenTrial],
    directions: Sequence[StudyDirection],
    bound: int,
) -> list[int]:
    """Numbers of `bound` of the trials, in order: the best tenth (what TPE takes for good
    ones), and the others evenly, so that neither place nor age is over-represented.

    candidates: the trials among which the best must be.
    """
    good = set(best_first(candidates, directions)[: bound // 10])
    others = [t.number for t in trials if t.number not in good]
    places = np.linspace(0, len(others) - 1, bound - len(good)).round().astype(int)
    return sorted(good.union(others[i] for i in places))


def best_first(trials: Sequence[FrozenTrial], directions: Sequence[StudyDirection]) -> list[int]:
    """Numbers of the trials in the order in which Optuna's TPE takes them for good ones:
    complete ones by value, pruned ones by last step and value, infeasible ones.

    With several objectives complete trials stand by how many others dominate each of them
    (Fonseca and Fleming 1993), the newest of equals first.
    """
    signs = [-1.0 if d == StudyDirection.MAXIMIZE else 1.0 for d in directions]
    feasible = [t for t in trials if _violation(t) == 0]
    complete = [t for t in feasible if t.state == TrialState.COMPLETE]
    losses = np.array([t.values for t in complete]).reshape(len(complete), len(signs)) * signs
    if len(signs) == 1:
        order = np.argsort(losses[:, 0], kind="stable")
    else:
        nowhere_worse = (losses[:, None] <= losses[None]).all(axis=2)
        somewhere_better = (losses[:, None] < losses[None]).any(axis=2)
        beaten_by = (nowhere_worse & somewhere_better).sum(axis=0)
        order = np.lexsort((-np.arange(len(complete)), beaten_by))
    pruned = [t for t in feasible if t.state == TrialState.PRUNED]
    infeasible = [t for t in trials if _violation(t) > 0]
    return [
        *(complete[i].number for i in order),
        *(t.number for t in sorted(pruned, key=lambda t: _last_report(t, signs[0]))),
        *(t.number for t in sorted(infeasible, key=_violation)),
    ]


def _violation(trial: FrozenTrial) -> float:
    return sum(v for v in trial.constraints.values() if v > 0)


def _last_report(trial: FrozenTrial, sign: float) -> tuple[float, float]:
    if not trial.intermediate_values:
        return 1, 0.0
    step, value = max(trial.intermediate_values.items())
    return (-step, inf) if np.isnan(value) else (-step, sign * value)
