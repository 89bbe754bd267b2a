"""How each trial stands among the others, also those that were ended early.

Under a pruner few trials are complete, and what they say is said by three or six of sixty. But each
two of them can be compared: by the last values that both have, so at the same fidelity. A trial's
standing is the share of the others that it beats in that way (a tie counts half): where all are
complete, it orders them as their values do; a trial ended after a step stands where the values of
that step put it, one that went on stands by its later ones against those that went on, too.

Sums of pairwise comparisons are Copeland's rule (A. H. Copeland, 1951), see Saari & Merlin, "The
Copeland method", Economic Theory 8 (1996).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .objective import Objective
from .trial import Trial, TrialState

Point = tuple[float, float, float]
"""Rounds that were done, the step, and the loss there: lower is better."""
END = (math.inf, 0.0)


@dataclass(frozen=True)
class Standings:
    """of: trial number -> share of the others that it beats, 0 (worst) to 1. n: trials that are
    in it. n_complete: of these."""

    of: dict[int, float]
    n_complete: int

    @property
    def n(self) -> int:
        return len(self.of)

    def __str__(self) -> str:
        """What they rest on: `60 trials, 5 of them complete`."""
        if self.n_complete == self.n:
            return f"{self.n} complete {_trials(self.n)}"
        return f"{self.n} {_trials(self.n)}, {self.n_complete} of them complete"


def compared(trials: Iterable[Trial]) -> list[Trial]:
    """Those that count: complete or pruned with a value, and of the present space."""
    ended = (TrialState.COMPLETE, TrialState.PRUNED)
    return [
        t for t in trials
        if t.state in ended and not t.outside and not t.infeasible and (t.values or t.reports)
    ]  # fmt: skip


def standings(trials: Iterable[Trial], objective: Objective, index: int = 0) -> Standings:
    """Of those that can be compared by this objective, the index-th of their values."""
    usual = compared(trials)
    points = {t.number: found for t in usual if (found := _points(t, objective, index))}
    won = dict.fromkeys(points, 0.0)
    met = dict.fromkeys(points, 0)
    by_last: dict[tuple[float, float], list[int]] = {}
    for number, found in points.items():
        by_last.setdefault(found[-1][:2], []).append(number)
    further: list[int] = []
    for last in sorted(by_last, reverse=True):
        here = by_last[last]
        there = {n: loss for n in further if (loss := _at(points[n], last)) is not None}
        own = {n: points[n][-1][2] for n in here}
        losses, ahead = sorted(own.values()), sorted(there.values())
        for number, loss in own.items():
            won[number] += _beaten(losses, loss) - 0.5 + _beaten(ahead, loss)
            met[number] += len(losses) - 1 + len(ahead)
        for number, loss in there.items():
            won[number] += _beaten(losses, loss)
            met[number] += len(losses)
        further += here
    complete = {t.number for t in usual if t.state is TrialState.COMPLETE}
    alone = len(points) == 1
    of = {n: won[n] / met[n] if met[n] else 1.0 for n in points if met[n] or alone}
    return Standings(of, len(complete & of.keys()))


def _points(trial: Trial, objective: Objective, index: int) -> list[Point]:
    """What is known of it in the course of its run; empty where its last value is no number."""
    sign = -1.0 if objective.direction == "maximize" else 1.0
    found = [(0.0, float(r.step), sign * r.values[index]) for r in trial.reports]
    sums = 0.0
    for done, values in enumerate(trial.rounds, 1):
        sums += values[index]
        found.append((float(done), 0.0, sign * sums / done))
    if trial.state is TrialState.COMPLETE and trial.values:
        found.append((*END, sign * trial.values[index]))
    elif not found and trial.values:
        found.append((0.0, 0.0, sign * trial.values[index]))
    return found if found and math.isfinite(found[-1][2]) else []


def _at(points: Sequence[Point], when: tuple[float, float]) -> float | None:
    """The loss known then; None before the first, and where it was no number."""
    place = bisect_right(points, when, key=lambda p: p[:2])
    loss = points[place - 1][2] if place else math.nan
    return loss if math.isfinite(loss) else None


def _beaten(losses: Sequence[float], loss: float) -> float:
    """How many of these ascending losses it beats, a tie half."""
    first, last = bisect_left(losses, loss), bisect_right(losses, loss)
    return len(losses) - last + (last - first) / 2


def _trials(count: int) -> str:
    return "trial" if count == 1 else "trials"
