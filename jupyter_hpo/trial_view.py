"""One trial as a person reads it."""

from __future__ import annotations

from . import logs
from .study.rounds import spread
from .study.trial import Trial


class TrialView:
    """One trial, read-only: number, state, params, value(s), reports, log, error."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    number = property(lambda self: self._trial.number)
    params = property(lambda self: dict(self._trial.params))
    state = property(lambda self: self._trial.state.value)
    values = property(lambda self: self._trial.values)
    rounds = property(lambda self: list(self._trial.rounds))  # the values of each fold or repeat
    parent = property(lambda self: self._trial.parent)  # of which trial it is a copy, or None
    duration_s = property(lambda self: self._trial.duration_s)
    figures = property(lambda self: dict(self._trial.figures))
    notice = property(lambda self: self._trial.notice)

    @property
    def value(self) -> float | None:
        """The first objective's value: final, or the last report of a pruned trial."""
        return self._trial.values[0] if self._trial.values else None

    @property
    def spread(self) -> float | None:
        """The sample standard deviation of the first objective over folds or repeats."""
        return spread(self._trial.rounds)

    @property
    def reports(self) -> dict[int, float]:
        """step -> value of the first objective."""
        return {report.step: report.values[0] for report in self._trial.reports}

    @property
    def error(self) -> str | None:
        """The traceback at the cell's own lines, or the sentence that says what happened."""
        error = self._trial.error
        return (error.traceback or error.message) if error else None

    @property
    def log(self) -> str:
        """All that the trial printed, progress bars as they stood last."""
        return logs.whole(self._trial.log_path)

    def __repr__(self) -> str:
        return f"Trial({self.number}, {self.state}, value={self.value}, params={self.params})"
