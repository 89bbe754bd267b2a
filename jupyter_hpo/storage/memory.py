"""A storage that forgets: the in-process double, and the way on when the disk can't be used."""

from __future__ import annotations

import copy
from typing import Any

from ..space import SearchSpace
from ..study.endings import INTERRUPTED
from ..study.trial import Trial, TrialError, TrialState


class MemoryStorage:
    """Keeps copies in a dict that outlives it when given (`shared`), as a file would."""

    def __init__(self, shared: dict[int, Trial] | None = None) -> None:
        self._trials: dict[int, Trial] = shared if shared is not None else {}
        self.attributes: dict[str, Any] = {}

    def load(self) -> list[Trial]:
        for trial in self._trials.values():
            close_zombie(trial)
        return [copy.deepcopy(self._trials[n]) for n in sorted(self._trials)]

    def save(self, trial: Trial) -> None:
        self._trials[trial.number] = copy.deepcopy(trial)

    def save_report(self, trial: Trial) -> None:
        self._trials[trial.number].reports.append(trial.reports[-1])

    def describe(self, attributes: dict[str, Any]) -> None:
        self.attributes.update(attributes)

    def described(self) -> dict[str, Any]:
        return dict(self.attributes)

    def change_space(self, space: SearchSpace) -> None:
        return None

    def problem(self) -> str | None:
        return None

    def close(self) -> None:
        return None


def close_zombie(trial: Trial) -> bool:
    """Turn a trial left unfinished by an earlier session into a failed one."""
    if trial.state.finished:
        return False
    trial.state = TrialState.FAIL
    trial.error = TrialError(INTERRUPTED, "the session ended before the trial did")
    return True
