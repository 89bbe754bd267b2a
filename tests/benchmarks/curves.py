"""How many epochs a search needs: samplers and schedulers over recorded learning curves.

The target is the final median error (over the seeds) of the search without a pruner by the same
sampler; the figure is its budget over the epochs after which the median error of a search is as
low. An error counts when its trial is complete. Trial 0 runs first, to its end, and alone to its
first report, as in every study, also without a pruner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, log
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

import numpy as np

from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.study.schedulers import Asha, Hyperband, MedianRule, NoPruning, Scheduler
from jupyter_hpo.study.trial import Trial

from .simulate import ERROR, Course, Curve, Simulation
from .table import Rows, table

FOLDER = Path(__file__).parent / "curves"
EPOCHS = ("mlp_digits", "cnn_digits", "mlp_diabetes", "mlp_friedman", "mlp_classes", "sgd_synth")
ROUNDS = ("gb_diabetes", "gb_friedman", "gb_synth")
TRAININGS = 50
"""The budget of a search, in full trainings."""

NONE = "none"
SCHEDULERS: Mapping[str, Callable[[], Scheduler]] = {
    NONE: NoPruning,
    "median": MedianRule,
    "Hyperband": Hyperband,
    "halving, stop-only": lambda: Asha(pausing=False),
    "ASHA, 4 paused": lambda: Asha(pool=4),
    "ASHA, 8 paused": Asha,
    "ASHA, unlimited": lambda: Asha(pool=10**9),
}
LEFT_OUT = ("ASHA, 4 paused", "ASHA, unlimited")
FIRST_RUNGS: Mapping[str, Callable[[], Scheduler]] = {
    NONE: NoPruning,
    "ASHA from step 1": lambda: Asha(first_step=1),
    "ASHA from 1/27": lambda: Asha(first_step=4),
    "ASHA from 1/9": Asha,
    "ASHA from 1/3": lambda: Asha(first_step=33),
    "Hyperband": Hyperband,
    "median": MedianRule,
}


@dataclass(frozen=True)
class Task:
    """name: of the recording. params[i] leads to curves[i]; steps: of a full training."""

    name: str
    params: Sequence[dict[str, Any]]
    curves: Sequence[Curve]

    @property
    def steps(self) -> int:
        return len(self.curves[0].errors)


@cache
def task(name: str) -> Task:
    """A recording from the folder."""
    with np.load(FOLDER / f"{name}.npz") as data:
        errors = data["error"].T.astype(float).tolist()
        seconds = data["seconds"].astype(float).tolist()
        params = json.loads(data["params"].tobytes())
    steps = len(errors[0])
    made = [Curve(e, [s / steps] * steps) for e, s in zip(errors, seconds, strict=True)]
    return Task(name, params, made)


class Draw:
    """Random search: the recorded configurations in random order, again when all were tried."""

    def __init__(self, of: Task, seed: int) -> None:
        self._order = np.random.default_rng(seed).permutation(len(of.curves)).tolist()

    def ask(self, number: int, fixed: Any = None) -> dict[str, Any]:
        return {"index": self._order[number % len(self._order)]}

    def tell(self, trial: Trial) -> None:
        return None


class Nearest:
    """TPE over the space of the recordings: what it suggests stands for the nearest recorded
    configuration, every value counted over its range."""

    def __init__(self, of: Task, seed: int) -> None:
        self.space = space_of(of.params)
        self._tpe = OptunaSampler(self.space, [ERROR], kind="tpe", seed=seed)
        self._places = np.array([self._place(p) for p in of.params])

    def ask(self, number: int, fixed: Any = None) -> dict[str, Any]:
        params = self._tpe.ask(number)
        gap = np.abs(self._places - self._place(params))
        return {**params, "index": int(np.nansum(gap, axis=1).argmin())}

    def tell(self, trial: Trial) -> None:
        self._tpe.tell(trial)

    def _place(self, params: Mapping[str, Any]) -> list[float]:
        """Numbers from 0 to 1; NaN for what a configuration does not have."""
        found: list[float] = []
        for name, parameter in self.space.items():
            of, value = parameter.distribution, params.get(name)
            if isinstance(of, Categorical):
                found += [float(value == choice) / 2 for choice in of.choices]
            elif value is None:
                found.append(float("nan"))
            else:
                low, high = (log(of.low), log(of.high)) if of.log else (of.low, of.high)
                value = log(value) if of.log else value
                found.append((value - low) / (high - low))
        return found


def space_of(params: Sequence[Mapping[str, Any]]) -> SearchSpace:
    """The space that recorded configurations were drawn from, by what they range over."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for p in params for name in p):
        values = [p[name] for p in params if name in p]
        if isinstance(values[0], (str, bool)):
            found[name] = Categorical(sorted(set(values)))
            continue
        low, high = min(values), max(values)
        kind = Int if all(isinstance(v, int) for v in values) else Float
        found[name] = kind(low, high, log=low > 0 and high / low >= 10)
    return SearchSpace(found)


SAMPLERS: Mapping[str, Callable[[Task, int], Any]] = {"random": Draw, "TPE": Nearest}


def search(
    of: Task,
    sampler: str,
    scheduler: Callable[[], Scheduler],
    seed: int,
    *,
    slots: int,
    budget: int,
) -> Course:
    """One search of `budget` epochs."""
    return Simulation(
        scheduler(),
        SAMPLERS[sampler](of, seed),
        lambda params: of.curves[params["index"]],
        epochs=budget,
        slots=slots,
    ).run()


@dataclass(frozen=True)
class Result:
    """Of one scheduler on one task: speed-up (0: the target was not reached) and the median error
    in the end."""

    speed_up: float
    final: float


def compare(
    of: Task,
    sampler: str,
    schedulers: Mapping[str, Callable[[], Scheduler]] = SCHEDULERS,
    *,
    seeds: int = 40,
    slots: int = 2,
    trainings: int = TRAININGS,
) -> dict[str, Result]:
    """Every scheduler against none, on one task."""
    budget, results = trainings * of.steps, {}
    target = inf
    for name, scheduler in {NONE: NoPruning, **schedulers}.items():
        courses = [
            search(of, sampler, scheduler, seed, slots=slots, budget=budget)
            for seed in range(seeds)
        ]
        final = median(course.error_at(budget) for course in courses)
        target = final if name == NONE else target
        reached = next(
            (n for n in sorted({n for c in courses for n, _, _ in c.better})
             if median(c.error_at(n) for c in courses) <= target),
            inf,
        )  # fmt: skip
        results[name] = Result(budget / reached, final)
    return results


def curves(
    sampler: str = "random",
    tasks: Sequence[str] = EPOCHS,
    schedulers: Mapping[str, Callable[[], Scheduler]] = SCHEDULERS,
    *,
    seeds: int = 40,
    slots: int = 2,
    trainings: int = TRAININGS,
) -> str:
    """The table: speed-up of each scheduler on each task, in brackets its final error over that
    of the search without a pruner."""
    found = {
        name: compare(
            task(name), sampler, schedulers, seeds=seeds, slots=slots, trainings=trainings
        )
        for name in tasks
    }
    rows: Rows = []
    alone = _mean(found[name][NONE] for name in tasks)
    for scheduler in schedulers:
        results = [found[name][scheduler] for name in tasks]
        base = [found[name][NONE].final for name in tasks]
        mean = _mean(results)
        cells = [_cell(r, b) for r, b in zip(results, base, strict=True)]
        rows.append([scheduler, *cells, f"{mean:.2f}", f"{mean / alone:.2f}"])
    title = (
        f"{sampler} search, {trainings} full trainings of epochs, {slots} at a time, {seeds} "
        "seeds: epochs to the final median of the search without a pruner, as a speed-up "
        "(final error over that search's)"
    )
    return table(title, ["", *tasks, "geometric mean", "to none's"], rows)


def all_curves(seeds: int) -> Iterator[str]:
    """The tables of `make bench ARGS=curves`, the quickest first. TPE takes much longer than
    all else, so it gets a fifth of the seeds, and four of the tasks."""
    yield curves(seeds=seeds)
    few = (NONE, "halving, stop-only", "ASHA, 8 paused")
    for slots in (4, 8):
        yield curves(
            schedulers={name: SCHEDULERS[name] for name in few},
            seeds=max(1, seeds // 2),
            slots=slots,
        )
    yield curves(tasks=ROUNDS, schedulers=FIRST_RUNGS, seeds=max(1, seeds // 2))
    most = {name: made for name, made in SCHEDULERS.items() if name not in LEFT_OUT}
    yield curves("TPE", EPOCHS[:4], most, seeds=max(1, seeds // 5))


def _mean(results: Iterable[Result]) -> float:
    """Geometric; a target not reached counts as reached after twice the budget."""
    return geometric_mean(result.speed_up or 0.5 for result in results)


def _cell(result: Result, base: float) -> str:
    up = f"{result.speed_up:.2f}" if result.speed_up else "-"
    return f"{up} ({result.final / base:.2f})"
