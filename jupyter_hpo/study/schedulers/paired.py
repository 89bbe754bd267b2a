"""Pruning by rounds (folds, repeats): each compared with the best trial's same round."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

from ..signed_rank import student_above, wilcoxon
from .base import StopOnly

WILCOXON_P = 0.1
"""Below it the ranks say that a trial is worse: from four rounds on, or three at .125."""

STUDENT_P = 0.02
"""Below it the sizes do, already after a round or two."""

LENT = 4
"""So many degrees of freedom at most are lent by the pairs of earlier trials, one for each four
that these have."""


class Paired(StopOnly):
    """Ends a trial that is worse than the best complete one, by the differences in the rounds
    that it has done: the hard folds are hard for both, so these vary less than the values.

    Two tests, each one-sided and exact. Wilcoxon's signed-rank test (Optuna's WilcoxonPruner has
    the same p) can say nothing of fewer than four pairs. For those a paired t-test, whose variance
    is shrunk to that of earlier pairs, as in Smyth, "Linear models and empirical Bayes methods",
    2004; a fold that is far worse then is enough. As the rounds are all there is, and no
    sample of more, its error shrinks to none at the last (the finite population correction,
    Cochran, "Sampling Techniques", 1977, section 2.6).

    word: what a round is called. total: rounds of a full trial, None when that shows at the first.
    Values are losses, step k is round k (from 1); a trial reports its rounds in order.
    """

    name = "paired"

    def __init__(
        self,
        *,
        word: str = "fold",
        total: int | None = None,
        wilcoxon_p: float = WILCOXON_P,
        student_p: float = STUDENT_P,
        lent: int = LENT,
    ) -> None:
        super().__init__()
        self.word, self.total = word, total
        self._wilcoxon_p, self._student_p, self._lent = wilcoxon_p, student_p, lent
        self._losses: dict[int, list[float]] = {}
        self._complete: set[int] = set()
        self._best: int | None = None
        self._squares, self._df = 0.0, 0  # of the differences about their means

    @property
    def best(self) -> int | None:
        """The trial that others are compared with."""
        return self._best

    def judge(self, number: int, step: int, loss: float) -> str:
        losses = self._losses.setdefault(number, [])
        del losses[step - 1 :]
        losses.append(loss)
        best, total = self._best, self.total
        if best is None or best == number or (total is not None and step >= total):
            return ""
        differences = self._differences(number, best)
        found = self._test(differences, total)
        if not found:
            return ""
        worse = sum(d > 0 for d in differences)
        folds = f"{self.word}s" if len(differences) > 1 else self.word
        return f"worse than trial {best} in {worse} of {len(differences)} {folds}, {found}"

    def _test(self, differences: list[float], total: int | None) -> str:
        """What says that they are above zero, '' when nothing does."""
        n = len(differences)
        if n == 0 or math.fsum(differences) <= 0:
            return ""
        p = wilcoxon(differences)
        if n > 1 and p <= self._wilcoxon_p:
            return f"Wilcoxon p {_short(p)}"
        p = self._student(differences, total)
        return f"paired t p {_short(p)}" if p <= self._student_p else ""

    def _student(self, differences: list[float], total: int | None) -> float:
        n, (middle, squares) = len(differences), _moments(differences)
        lent = min(self._lent, self._df // 4)
        df = n - 1 + lent
        if lent:
            squares += lent * self._squares / self._df
        if df == 0 or squares == 0:
            return 1.0
        t = middle * math.sqrt(n * df / squares)
        if total is not None:
            t *= math.sqrt(total / (total - n))
        return student_above(t, df)

    def _differences(self, number: int, best: int) -> list[float]:
        """Trial minus best in the rounds that both have."""
        pairs = zip(self._losses[number], self._losses[best], strict=False)
        return [one - other for one, other in pairs]

    def on_end(self, number: int, *, complete: bool = False) -> None:
        losses = self._losses.get(number)
        if not losses:
            return
        if self._best is not None and self._best != number:
            differences = self._differences(number, self._best)
            if len(differences) > 1 and number not in self.left_out:
                self._squares += _moments(differences)[1]
                self._df += len(differences) - 1
        if complete:
            self.total = max(self.total or 0, len(losses))
            self._complete.add(number)
            if number not in self.left_out:
                others = {number} if self._best is None else {number, self._best}
                self._best = min(others, key=self._merit)
        else:  # when it is tried again it begins anew
            del self._losses[number]

    def leave_out(self, numbers: AbstractSet[int]) -> None:
        super().leave_out(numbers)
        those = self._complete - self.left_out
        self._best = min(those, key=self._merit, default=None)

    def _merit(self, number: int) -> tuple[float, int]:
        losses = self._losses[number]
        return math.fsum(losses) / len(losses), number


def _moments(values: list[float]) -> tuple[float, float]:
    """Mean, and the sum of squares about it."""
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((v - mean) ** 2 for v in values)


def _short(p: float) -> str:
    return f"= {p:.2g}" if p >= 0.0005 else "< 0.001"
