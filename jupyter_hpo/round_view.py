"""What the widgets are told that all trials together show: rounds, counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite

from .study.study import Study
from .study.trial import Trial, TrialState


@dataclass
class RoundsSeen:
    """Kept as trials change, so that no message walks over all of them. most: rounds of a
    complete trial. any: some trial has one. curves: what is reported are the steps of a round,
    and not the rounds. heard: some trial reported; complete: some trial ran to its end."""

    most: int = 0
    any: bool = False
    curves: bool = False
    heard: bool = False
    complete: bool = False

    @property
    def silent(self) -> bool:
        """Whether trials run to their end without a report, so that nobody can judge them."""
        return self.complete and not self.heard and not self.any

    def look(self, trials: Iterable[Trial]) -> None:
        """At trials that have changed; the engine's lock is held."""
        for trial in trials:
            n = len(trial.rounds)
            self.any |= n > 0
            self.curves |= len(trial.reports) > n
            self.heard |= bool(trial.reports)
            if trial.state is TrialState.COMPLETE:
                self.complete = True
                self.most = max(self.most, n)

    def of(self, study: Study) -> tuple[int, str, bool]:
        """`Header.n_rounds`, `Header.round_word` and `Header.by_round`."""
        rounds = study.config.rounds
        if rounds.n > 1:
            return rounds.n, rounds.word, not self.curves
        return (self.most, "fold", not self.curves) if self.any else (0, "", False)


@dataclass
class CountsSeen:
    """Which objectives are counts, kept as trials change: all their values are whole numbers, and
    not only 0 and 1."""

    large: set[int] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)

    def look(self, trials: Iterable[Trial]) -> None:
        """At trials that have changed; the engine's lock is held."""
        for trial in trials:
            values = trial.values or (trial.reports[-1].values if trial.reports else ())
            for index, value in enumerate(values):
                if not isfinite(value) or value in (-1, 0, 1):
                    continue
                (self.large if value == int(value) else self.parts).add(index)

    def __contains__(self, index: int) -> bool:
        return index in self.large and index not in self.parts


def of_first(trial: Trial) -> list[float]:
    """The values of the first objective by round."""
    return [values[0] for values in trial.rounds]
