"""Rules that look at a trial's own reports alone."""

from __future__ import annotations

from .base import StopOnly


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
    maximized. limit: as the person sees values."""

    name = "threshold"

    def __init__(self, limit: float, *, maximize: bool = False) -> None:
        super().__init__()
        self.limit, self.maximize = limit, maximize

    def judge(self, number: int, step: int, loss: float) -> str:
        value = -loss if self.maximize else loss
        if value >= self.limit if self.maximize else value <= self.limit:
            return ""
        return f"{value:g} at step {step} is worse than the threshold {self.limit:g}"
