"""What the widgets are told of rounds: of all trials, and of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .study.study import Study
from .study.trial import Trial, TrialState


@dataclass
class RoundsSeen:
    """Kept as trials change, so that no message walks over all of them. most: rounds of a
    complete trial. any: some trial has one. curves: what is reported are the steps of a round,
    and not the rounds."""

    most: int = 0
    any: bool = False
    curves: bool = False

    def look(self, trials: Iterable[Trial]) -> None:
        """At trials that have changed; the engine's lock is held."""
        for trial in trials:
            n = len(trial.rounds)
            self.any |= n > 0
            self.curves |= len(trial.reports) > n
            if trial.state is TrialState.COMPLETE:
                self.most = max(self.most, n)

    def of(self, study: Study) -> tuple[int, str, bool]:
        """`Header.n_rounds`, `Header.round_word` and `Header.by_round`."""
        rounds = study.config.rounds
        if rounds.n > 1:
            return rounds.n, rounds.word, not self.curves
        return (self.most, "fold", not self.curves) if self.any else (0, "", False)


def of_first(trial: Trial) -> list[float]:
    """The values of the first objective by round."""
    return [values[0] for values in trial.rounds]
