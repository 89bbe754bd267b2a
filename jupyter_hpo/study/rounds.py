"""Rounds: a trial that is several runs of its cell, or of the loop in it, on other folds or seeds.

Rounds of one trial follow one another; trials run side by side. Round r of every trial is the
same fold and the same seed, so two trials are compared round by round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rounds:
    """The runs of a cell that make a trial: each of `folds` folds, `repeats` times over.

    1 and 1: a trial is one run. Round r is fold `r % folds` of repeat `r // folds`.
    """

    folds: int = 1
    repeats: int = 1

    @property
    def n(self) -> int:
        return self.folds * self.repeats

    @property
    def word(self) -> str:
        """What a round is called."""
        return "fold" if self.folds > 1 else "repeat"

    @property
    def suffix(self) -> str:
        """What the rounds add to the name of a study; '' where a trial is one run."""
        folds = f"-folds{self.folds}" if self.folds > 1 else ""
        return folds + (f"-repeats{self.repeats}" if self.repeats > 1 else "")

    def repeat_of(self, number: int) -> int:
        return number // self.folds

    def fold_of(self, number: int) -> int:
        return number % self.folds

    def name(self, number: int) -> str:
        """`fold 3 of 5`, `repeat 2 of 3`, `fold 3 of 5, repeat 2 of 3`; '' of the only one."""
        said = []
        if self.folds > 1:
            said.append(f"fold {self.fold_of(number) + 1} of {self.folds}")
        if self.repeats > 1:
            said.append(f"repeat {self.repeat_of(number) + 1} of {self.repeats}")
        return ", ".join(said)


def mean(rounds: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The mean of each objective over the rounds; there is one at least."""
    return tuple(math.fsum(values) / len(values) for values in zip(*rounds, strict=True))


def spread(rounds: Sequence[Sequence[float]], objective: int = 0) -> float | None:
    """The sample standard deviation over the rounds (n - 1): how far one fold or seed lies from
    the mean. None for fewer than two."""
    values = [one[objective] for one in rounds]
    if len(values) < 2:
        return None
    middle = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (len(values) - 1))
