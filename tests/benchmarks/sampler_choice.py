"""Which sampler finds the best place: each of ours against Optuna's default, in as many trials as
a person waits for. What `sampling.choose` does by itself rests on this table.

The figure is the loss above the least one, after TRIALS trials, the first of them the middle of
the space (as trial 0 is the cell's own values), geometric mean over the seeds, divided by what
Optuna's default sampler reaches: below 1 is better.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

import numpy as np
import optuna

from jupyter_hpo.options import Options
from jupyter_hpo.sampling import choose
from jupyter_hpo.search.grid import GridSampler
from jupyter_hpo.search.kinds import missing
from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.search.sampler import Sampler
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

from .table import Rows, table

Params = Mapping[str, Any]
LOSS = (Objective("loss", "minimize"),)
TRIALS = (30, 60)
SEEDS = 10
FLOOR = 1e-6
"""Losses above the least one that are smaller count as this: no training knows better."""

CURVES = Path(__file__).parent / "curves"
RECORDED = ("mlp_digits", "cnn_digits", "mlp_diabetes", "gb_friedman")


def branin(p: Params) -> float:
    x, y = p["x0"] * 15 - 5, p["x1"] * 15
    a = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return a**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.397887


def rosenbrock(p: Params) -> float:
    x = [4 * v - 2 for v in p.values()]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def ackley(p: Params) -> float:
    x = np.array([16 * v - 7 for v in p.values()])
    far = -20 * math.exp(-0.2 * math.sqrt(np.mean(x**2)))
    return float(far - math.exp(np.mean(np.cos(2 * math.pi * x))) + 20 + math.e)


HARTMANN = (
    np.array([1.0, 1.2, 3.0, 3.2]),
    np.array(
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
         [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
    ),
    1e-4
    * np.array(
        [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
         [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]
    ),
)  # fmt: skip


def hartmann(p: Params) -> float:
    weights, a, at = HARTMANN
    x = np.array(list(p.values()))
    return float(3.32237 - weights @ np.exp(-(a * (x - at) ** 2).sum(axis=1)))


def training(p: Params) -> float:
    """What a learning rate, a width and a dropout do to a net, roughly; numbers only."""
    return (
        (math.log10(p["lr"]) + 2.7) ** 2 / 4
        + (math.log2(p["units"]) - 6.3) ** 2 / 30
        + (p["dropout"] - 0.25) ** 2
        + 0.3 * max(0.0, math.log10(p["lr"]) + 2) * math.log2(p["units"]) / 9
    )


def mixed(p: Params) -> float:
    return (
        (math.log10(p["lr"]) + 2.5) ** 2
        + (math.log2(p["units"]) - 5) ** 2 / 4
        + {"a": 0.0, "b": 0.5, "c": 2.0}[p["kind"]]
        + (p["mix"] - 0.7) ** 2 * (3 if p["kind"] == "a" else 1)
        + abs(p["drop"] - 0.3)
    )


def conditional(p: Params) -> float:
    if p["opt"] == "sgd":
        return (math.log10(p["lr"]) + 1) ** 2 + 2 * (p["momentum"] - 0.9) ** 2
    if p["opt"] == "adam":
        return 0.1 + (math.log10(p["lr"]) + 3) ** 2 + (p["beta"] - 0.95) ** 2
    return 0.4 + (math.log10(p["lr"]) + 2) ** 2


def selection(p: Params) -> float:
    """Three models, each with values of its own."""
    if p["model"] == "svm":
        return 0.05 + (p["c"] - 1) ** 2 / 9 + (p["gamma"] + 3) ** 2 / 9
    if p["model"] == "forest":
        return 0.1 + (p["depth"] - 12) ** 2 / 200 + abs(p["features"] - 0.4)
    bad = (p["lr"] + 2.5) ** 2 / 4 + (p["width"] - 5) ** 2 / 20 + (p["drop"] - 0.2) ** 2
    return bad + 0.2 * max(0.0, p["lr"] + 2) * p["width"]


def unit(n: int) -> SearchSpace:
    return SearchSpace({f"x{i}": Float(0, 1) for i in range(n)})


def _when(value: str, name: str = "opt") -> Condition:
    return Condition((Comparison(name, "==", value),))


LR = Float(1e-6, 1, log=True)
FUNCTIONS: dict[str, tuple[SearchSpace, Callable[[Params], float]]] = {
    "Branin, 2 floats": (unit(2), branin),
    "Rosenbrock, 3 floats": (unit(3), rosenbrock),
    "Ackley, 3 floats": (unit(3), ackley),
    "Hartmann, 6 floats": (unit(6), hartmann),
    "training, 3 numbers": (
        SearchSpace({"lr": LR, "units": Int(4, 512, log=True), "dropout": Float(0, 0.8)}),
        training,
    ),
    "mixed, 5 values": (
        SearchSpace(
            {
                "lr": LR,
                "units": Int(1, 512, log=True),
                "kind": Categorical(("a", "b", "c")),
                "mix": Float(0, 1),
                "drop": Float(0, 1),
            }
        ),
        mixed,
    ),
    "conditional": (
        SearchSpace(
            [
                Parameter("lr", LR),
                Parameter("opt", Categorical(("sgd", "adam", "rmsprop"))),
                Parameter("momentum", Float(0, 0.99), _when("sgd")),
                Parameter("beta", Float(0.8, 0.999), _when("adam")),
            ]
        ),
        conditional,
    ),
    "model selection": (
        SearchSpace(
            [
                Parameter("model", Categorical(("svm", "forest", "mlp"))),
                Parameter("c", Float(-3, 3), _when("svm", "model")),
                Parameter("gamma", Float(-6, 1), _when("svm", "model")),
                Parameter("depth", Int(1, 30), _when("forest", "model")),
                Parameter("features", Float(0.1, 1), _when("forest", "model")),
                Parameter("lr", Float(-6, 0), _when("mlp", "model")),
                Parameter("width", Int(2, 10), _when("mlp", "model")),
                Parameter("drop", Float(0, 0.8), _when("mlp", "model")),
            ]
        ),
        selection,
    ),
    "grid of 24": (
        SearchSpace(
            {
                "lr": Categorical((1e-4, 1e-3, 1e-2, 1e-1)),
                "units": Categorical((32, 64, 128)),
                "dropout": Categorical((0.0, 0.5)),
            }
        ),
        training,
    ),
}


def recorded(name: str) -> tuple[SearchSpace, Callable[[Params], float]] | None:
    """A surrogate of measured trainings: the error of the nearest ones, where they lie here."""
    if not (CURVES / f"{name}.npz").exists():
        return None
    data = np.load(CURVES / f"{name}.npz")
    configs = json.loads(bytes(data["params"]))
    final = np.nan_to_num(data["error"][-1].astype(float), nan=1e9)
    final = np.minimum(final, np.quantile(final, 0.9))  # where it diverges, no model looks closer
    common = sorted(set.intersection(*(set(c) for c in configs)))
    space, columns = {}, []
    for key in common:
        values = [c[key] for c in configs]
        if isinstance(values[0], str | bool) or len(set(values)) < 6:
            space[key] = Categorical(tuple(sorted(set(values), key=str)))
            columns.append(None)
            continue
        low, high = min(values), max(values)
        log = low > 0 and high / low > 50
        kind = Int if all(isinstance(v, int) for v in values) else Float
        space[key] = kind(low, high, log=log)
        columns.append((math.log(low), math.log(high)) if log else (low, high))

    def place(p: Params) -> list[Any]:
        found = []
        for key, ends in zip(common, columns, strict=True):
            if ends is None:
                found.append(p[key])
            else:
                value = math.log(p[key]) if space[key].log else p[key]
                found.append((value - ends[0]) / (ends[1] - ends[0] or 1))
        return found

    places = [place(c) for c in configs]

    def function(p: Params) -> float:
        here = place(p)
        far = np.array(
            [
                sum(
                    (a != b) if isinstance(a, str | bool) or ends is None else 4 * (a - b) ** 2
                    for a, b, ends in zip(here, there, columns, strict=True)
                )
                for there in places
            ]
        )
        weight = 1 / (far + 0.05) ** 3
        return float(weight @ final / weight.sum() - final.min())

    return SearchSpace(space), function


@lru_cache
def tasks() -> dict[str, tuple[SearchSpace, Callable[[Params], float]]]:
    more = {name: recorded(name) for name in RECORDED}
    return {**FUNCTIONS, **{f"recorded {n}": found for n, found in more.items() if found}}


def middle(space: SearchSpace) -> dict[str, Any]:
    """As a cell's own values would lie."""
    values: dict[str, Any] = {}
    for name, parameter in space.items():
        if parameter.condition is not None and not parameter.condition.holds(values):
            continue
        one = parameter.distribution
        if isinstance(one, Categorical):
            values[name] = one.choices[0]
        else:
            mid = math.sqrt(one.low * one.high) if one.log else (one.low + one.high) / 2
            values[name] = round(mid) if isinstance(one, Int) else 0.37 * mid + 0.63 * one.low
    return values


class Default:
    """Optuna's own default sampler, asked as ours are."""

    name, why = "default", ""

    def __init__(self, space: SearchSpace, seed: int) -> None:
        self._inner = OptunaSampler(space, LOSS, kind="tpe", seed=seed)
        self._inner._study.sampler = optuna.samplers.TPESampler(seed=seed)
        self.ask, self.tell = self._inner.ask, self._inner.tell


def contender(kind: str, space: SearchSpace, seed: int) -> Sampler:
    if kind == "default":
        return Default(space, seed)  # type: ignore[return-value]
    if kind == "grid":
        return GridSampler(space, seed=seed)
    return OptunaSampler(space, LOSS, kind=kind, seed=seed)


def run(job: tuple[str, str, int, int]) -> list[float]:
    """The best loss after each trial."""
    task, kind, seed, trials = job
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space, function = tasks()[task]
    sampler, best = contender(kind, space, seed), []
    least = math.inf
    for number in range(trials):
        try:
            params = sampler.ask(number, middle(space) if number == 0 else None)
        except Exception as end:
            if type(end).__name__ != "Exhausted":
                raise
            best += [least] * (trials - number)
            break
        loss = function(params)
        least = min(least, loss)
        best.append(least)
        sampler.tell(Trial(number, params, TrialState.COMPLETE, (loss,)))
    return best


def sampler_choice(
    kinds: tuple[str, ...] = ("tpe", "gp", "cmaes", "random", "qmc"), seeds: int = SEEDS
) -> str:
    """A table for each number of trials."""
    found = ["default", *(kind for kind in kinds if not missing(kind))]
    jobs = [
        (task, kind, seed, max(TRIALS))
        for task, (space, _) in tasks().items()
        for kind in [*found, *(["grid"] if task.startswith("grid") else [])]
        for seed in range(seeds)
    ]
    with ProcessPoolExecutor(2) as pool:
        curves = dict(zip(jobs, pool.map(run, jobs), strict=True))
    return "\n".join(_table(curves, [*found, "grid"], seeds, n) for n in TRIALS)


def by_itself(task: str, trials: int) -> str:
    """What a study takes whose person asked for nothing, and whose trials take long."""
    choice = choose(tasks()[task][0], LOSS, Options(trials=trials), pruned=False)
    return "gp" if choice.slow else choice.kind


def _table(
    curves: dict[tuple[str, str, int, int], list[float]], kinds: list[str], seeds: int, n: int
) -> str:
    rows: Rows = []
    ratios: dict[str, list[float]] = {kind: [] for kind in kinds[1:]}
    ours: list[float] = []
    for task in tasks():
        reached = {
            kind: geometric_mean(
                max(FLOOR, curves[task, kind, seed, max(TRIALS)][n - 1]) for seed in range(seeds)
            )
            for kind in kinds
            if (task, kind, 0, max(TRIALS)) in curves
        }
        cells = [f"{reached['default']:.3g}"]
        for kind in kinds[1:]:
            if kind in reached:
                ratios[kind].append(reached[kind] / reached["default"])
            cells.append(f"{ratios[kind][-1]:.2f}" if kind in reached else "")
        taken = by_itself(task, n)
        ours.append(reached[taken] / reached["default"] if taken in reached else 1.0)
        rows.append([task, *cells, f"{ours[-1]:.2f} ({taken})"])
    medians = [f"{median(r):.2f}" if r else "" for r in ratios.values()]
    rows.append(["median", "", *medians, f"{median(ours):.2f}"])
    head = ["", "Optuna's default", *kinds[1:], "by itself"]
    return table(f"sampler-choice: loss after {n} trials, to Optuna's default", head, rows)
