"""The median stopping rule."""

from __future__ import annotations

from bisect import insort
from collections.abc import Set as AbstractSet
from statistics import median

from .base import StopOnly


class MedianRule(StopOnly):
    """Ends a trial whose best loss so far is worse than the median, over the complete trials, of
    their mean losses up to the same step.

    Source: Golovin et al., "Google Vizier: A Service for Black-Box Optimization", KDD 2017,
    section 3.2.2. least: complete trials that there must be to compare with (the paper
    leaves it open; Optuna's MedianPruner has 5 as well).
    """

    name = "median"

    def __init__(self, *, least: int = 5) -> None:
        super().__init__()
        self.least = least
        self._best: dict[int, float] = {}
        self._reports: dict[int, list[tuple[int, float]]] = {}  # (step, loss), as they came
        self._complete: list[int] = []
        self._means: dict[int, list[float]] = {}  # step -> of the complete ones, in order

    def judge(self, number: int, step: int, loss: float) -> str:
        self._reports.setdefault(number, []).append((step, loss))
        self._best[number] = best = min(loss, self._best.get(number, loss))
        means = self._means_at(step)
        if len(means) < self.least or best <= median(means):
            return ""
        return (
            f"its best value by step {step} is worse than the median of the {len(means)} "
            "complete trials"
        )

    def on_end(self, number: int, *, complete: bool = False) -> None:
        if complete:
            self._complete.append(number)
            if number not in self.left_out:
                for step, means in self._means.items():
                    self._add(number, step, means)
        else:  # it counts for nobody, and if it is tried again it begins anew
            self._reports.pop(number, None)
        self._best.pop(number, None)

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        super().leave_out(numbers)
        self._means.clear()

    def _means_at(self, step: int) -> list[float]:
        if step not in self._means:
            self._means[step] = []
            for number in self._complete:
                if number not in self.left_out:
                    self._add(number, step, self._means[step])
        return self._means[step]

    def _add(self, number: int, step: int, means: list[float]) -> None:
        """The trial's mean loss up to the step, where it reported any until then."""
        losses = [loss for at, loss in self._reports.get(number, ()) if at <= step]
        if losses:
            insort(means, sum(losses) / len(losses))
