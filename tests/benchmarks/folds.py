"""Folds saved by comparing trials fold by fold, on recorded 10-fold cross-validations.

`python -m tests.benchmarks.folds` prints, for each rule, how many times fewer folds were run
than without it, and in how many of 40 orders of the trials the best configuration was lost.
`folds.json`: losses of 60 random configurations in 10 folds, by task: support vector machines
on scikit-learn's digits (600 rows) and breast cancer, logistic regression on wine, random forests
on diabetes (mean squared error), gradient boosting on breast cancer and digits.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, geometric_mean

from jupyter_hpo.study.schedulers import Asha, MedianRule, NoPruning, Scheduler, Verdict
from jupyter_hpo.study.schedulers.paired import Paired

Losses = list[list[float]]

NEVER = -1.0
"""A p that is never reached."""

RULES: dict[str, tuple[Callable[[], Scheduler], bool]] = {
    "none": (NoPruning, True),
    "median of the mean so far": (MedianRule, True),
    "Wilcoxon p = .1": (lambda: Paired(student_p=NEVER), False),
    "Wilcoxon p = .2": (lambda: Paired(student_p=NEVER, wilcoxon_p=0.2), False),
    "Wilcoxon p = .1, t p = .02": (Paired, False),
    "halving of the mean so far": (lambda: Asha(pausing=False), True),
}
"""By name: the scheduler, and whether it is told the mean so far, else each fold by itself."""


def recorded() -> dict[str, Losses]:
    found: dict[str, Losses] = json.loads(Path(__file__).with_name("folds.json").read_text())
    return found


def simulate(losses: Losses, make: Callable[[], Scheduler], means: bool, seed: int) -> int:
    """One search, trial after trial: the folds it took, negative when it lost the best trial."""
    order = list(range(len(losses)))
    random.Random(seed).shuffle(order)
    scheduler, took, complete = make(), 0, []
    scheduler.protect(0)
    for number, row in enumerate(order):
        for k in range(1, len(losses[row]) + 1):
            took += 1
            loss = fmean(losses[row][:k]) if means else losses[row][k - 1]
            if scheduler.on_report(number, k, loss) is not Verdict.CONTINUE:
                scheduler.on_end(number)
                break
        else:
            complete.append(row)
            scheduler.on_end(number, complete=True)
    best = min(fmean(row) for row in losses)
    return took if min(fmean(losses[row]) for row in complete) <= best else -took


def measure(losses: Losses, rule: str, orders: int = 40) -> tuple[float, float]:
    """Times fewer folds, and the share of orders in which the best was lost."""
    make, means = RULES[rule]
    took = [simulate(losses, make, means, seed) for seed in range(orders)]
    full = sum(len(row) for row in losses)
    return full / fmean(map(abs, took)), fmean(t < 0 for t in took)


def main() -> None:
    tasks = recorded()
    width = max(map(len, RULES))
    print(" " * width, *(f"{name:>16}" for name in tasks), f"{'all':>8}")
    for rule in RULES:
        found = [measure(losses, rule) for losses in tasks.values()]
        cells = [f"{times:.2f}x lost {lost:3.0%}" for times, lost in found]
        together = geometric_mean(times for times, _ in found)
        print(f"{rule:{width}}", *(f"{cell:>16}" for cell in cells), f"{together:7.2f}x")


if __name__ == "__main__":
    main()
