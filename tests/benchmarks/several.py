"""Which sampler finds the best front of two objectives: what a study takes by itself (TPE over
all values together) and NSGA-II against Optuna's default, which looks at each value alone here.

The figure is the part of the hypervolume that is missing after TRIALS trials, mean over the seeds,
divided by what Optuna's default sampler misses: below 1 is better. The hypervolume is that of both
objectives scaled from the least value that any run found (0) to the ninth decile of all (1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from statistics import mean, median

import numpy as np
import optuna

from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

from .sampler_choice import FUNCTIONS, Params, middle, mixed, recorded, training, unit
from .table import Rows, table

TWO = (Objective("loss", "minimize"), Objective("size", "minimize"))
KINDS = ("default", "tpe", "nsga2")
TRIALS = (20, 40)
SEEDS = 17
Both = Callable[[Params], tuple[float, float]]
Pairs = list[tuple[float, float]]


def zdt1(p: Params) -> tuple[float, float]:
    """Zitzler, Deb and Thiele 2000."""
    first, *others = p.values()
    g = 1 + 9 * mean(others)
    return first, g * (1 - math.sqrt(first / g))


def _weights(p: Params) -> float:
    return math.log2(p["width"] * (p["width"] * (p["layers"] - 1) + 64)) / 20


def _and(loss: Callable[[Params], float], size: Callable[[Params], float]) -> Both:
    return lambda p: (loss(p), size(p))


@lru_cache
def tasks() -> dict[str, tuple[SearchSpace, Both]]:
    found: dict[str, tuple[SearchSpace, Both]] = {
        "ZDT1, 4 floats": (unit(4), zdt1),
        "mixed, 5 values": (
            FUNCTIONS["mixed, 5 values"][0],
            _and(mixed, lambda p: math.log2(p["units"]) / 9 + 0.2 * (p["kind"] == "a")),
        ),
        "training, 3 numbers": (
            FUNCTIONS["training, 3 numbers"][0],
            _and(training, lambda p: math.log2(p["units"]) / 9),
        ),
    }
    sizes = {"mlp_digits": _weights, "mlp_diabetes": _weights, "gb_friedman": lambda p: p["leaves"]}
    for name, size in sizes.items():
        data = recorded(name)
        if data is not None:
            found[f"recorded {name}"] = (data[0], _and(data[1], size))
    return found


def run(job: tuple[str, str, int]) -> Pairs:
    """The values of each trial."""
    task, kind, seed = job
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space, function = tasks()[task]
    sampler = OptunaSampler(space, TWO, kind="tpe" if kind == "default" else kind, seed=seed)
    if kind == "default":
        sampler._study.sampler = optuna.samplers.TPESampler(seed=seed)
    values: Pairs = []
    for number in range(max(TRIALS)):
        params = sampler.ask(number, middle(space) if number == 0 else None)
        values.append(function(params))
        sampler.tell(Trial(number, params, TrialState.COMPLETE, values[-1]))
    return values


def hypervolume(values: Iterable[tuple[float, float]]) -> float:
    """Of the square from 0 to 1, the part that lies above and to the right of a point."""
    volume, low = 0.0, 1.0
    for x, y in sorted(values):
        if x < 1 and y < low:
            volume += (1 - x) * (low - y)
            low = y
    return volume


def several(seeds: int = SEEDS) -> str:
    """A table for each number of trials."""
    jobs = [(task, kind, seed) for task in tasks() for kind in KINDS for seed in range(seeds)]
    with ProcessPoolExecutor(2) as pool:
        values = dict(zip(jobs, pool.map(run, jobs), strict=True))
    return "\n".join(_table(values, seeds, trials) for trials in TRIALS)


def _table(values: dict[tuple[str, str, int], Pairs], seeds: int, trials: int) -> str:
    rows: Rows = []
    ratios: dict[str, list[float]] = {kind: [] for kind in KINDS[1:]}
    for task in tasks():
        every = np.array(
            [pair for job, pairs in values.items() if job[0] == task for pair in pairs]
        )
        low, high = every.min(axis=0), np.quantile(every, 0.9, axis=0)

        def volume(pairs: Pairs, low: np.ndarray = low, high: np.ndarray = high) -> float:
            scaled = (np.array(pairs) - low) / (high - low)
            return hypervolume((float(x), float(y)) for x, y in scaled)

        most = volume([(float(x), float(y)) for x, y in every])
        missing = {
            kind: mean(most - volume(values[task, kind, s][:trials]) for s in range(seeds))
            for kind in KINDS
        }
        for kind, ratio in ratios.items():
            ratio.append(missing[kind] / missing["default"])
        rows.append([task, f"{missing['default']:.3f}", *(f"{r[-1]:.2f}" for r in ratios.values())])
    rows.append(["median", "", *(f"{median(r):.2f}" for r in ratios.values())])
    head = ["", "Optuna's default", *KINDS[1:]]
    return table(f"several: hypervolume missing after {trials} trials, to the default", head, rows)
