"""Rules that look at a trial's own reports alone."""

from __future__ import annotations

from .base import StopOnly
from .length import Length

WARM_UP = 3
"""One in so many parts of a training passes before a value may end it."""


class Patience(StopOnly):
    """Ends a trial whose own reports have not improved for `steps` steps.

    Source: early stopping as in Prechelt, "Early Stopping - But When?", 1998, in the form that
    the frameworks have made common (a number of steps without a better value). An equal value
    is no improvement.
    """

    name = "patience"

    def __init__(self, steps: int = 5) -> None:
        super().__init__()
        self.steps = steps
        self._best: dict[int, tuple[float, int]] = {}  # trial -> (loss, its step)

    def on_end(self, number: int, *, complete: bool = False) -> None:
        self._best.pop(number, None)

    def judge(self, number: int, step: int, loss: float) -> str:
        best, at = self._best.get(number, (loss, step))
        if loss < best or number not in self._best:
            self._best[number] = best, at = loss, step
        if step - at < self.steps:
            return ""
        return f"no better value since step {at}, for {step - at} steps"


class Threshold(StopOnly):
    """Ends a trial that reports a value worse than `limit`: above it, or below when it is
    maximized. limit: as the person sees values. first_step: of which on it is looked at (from 1);
    None: from a third of a full training on, once one is known, as no training begins well.
    (Optuna's ThresholdPruner has the same as n_warmup_steps, 0 by default.)
    """

    name = "threshold"

    def __init__(
        self, limit: float, *, maximize: bool = False, first_step: int | None = None
    ) -> None:
        super().__init__()
        self.limit, self.maximize, self.first_step = limit, maximize, first_step
        self._length = Length()

    def on_end(self, number: int, *, complete: bool = False) -> None:
        self._length.end(number, complete=complete)

    def judge(self, number: int, step: int, loss: float) -> str:
        self._length.last[number] = step
        first = self.first_step
        if first is None and self._length.full is not None:
            first = -(-self._length.full // WARM_UP)
        value = -loss if self.maximize else loss
        good = value >= self.limit if self.maximize else value <= self.limit
        if good or first is None or step < first:
            return ""
        return f"{value:g} at step {step} is worse than the threshold {self.limit:g}"
