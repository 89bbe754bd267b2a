"""The sampler by itself: what a suggestion costs in a long study, and whether TPE finds as
good a place when it is shown a bounded part of the trials (`search/learning.py`)."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from statistics import geometric_mean, median
from typing import Any

import optuna

from jupyter_hpo.search.learning import BOUND
from jupyter_hpo.search.optuna_sampler import OptunaSampler
from jupyter_hpo.space import Categorical, Float, Int, SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial import Trial, TrialState

from .table import Rows, table

Params = Mapping[str, Any]
LOSS = (Objective("loss", "minimize"),)
UNBOUNDED = 10**9
SIZES = (100, 1000, 5000)
ASKED = 40
SEEDS = 8
TRIALS = 1000

BOX = SearchSpace({f"x{i}": Float(-5, 5) for i in range(5)})
MIXED = SearchSpace(
    {
        "lr": Float(1e-6, 1, log=True),
        "units": Int(1, 512, log=True),
        "kind": Categorical(("a", "b", "c")),
        "mix": Float(0, 1),
        "drop": Float(0, 1),
    }
)


def sphere(params: Params) -> float:
    return sum((x - 1) ** 2 for x in params.values())


def rastrigin(params: Params) -> float:
    return sum((x - 1) ** 2 - 3 * math.cos(2 * math.pi * (x - 1)) + 3 for x in params.values())


def mixed(params: Params) -> float:
    return (
        (math.log10(params["lr"]) + 2.5) ** 2
        + (math.log2(params["units"]) - 5) ** 2 / 4
        + {"a": 0.0, "b": 0.5, "c": 2.0}[params["kind"]]
        + (params["mix"] - 0.7) ** 2 * (3 if params["kind"] == "a" else 1)
        + abs(params["drop"] - 0.3)
    )


FUNCTIONS: dict[str, tuple[SearchSpace, Callable[[Params], float]]] = {
    "sphere, 5 floats": (BOX, sphere),
    "rastrigin, 5 floats": (BOX, rastrigin),
    "mixed, 5 params": (MIXED, mixed),
}


def sampler(trials: int = TRIALS, seeds: int = SEEDS) -> str:
    """Both tables."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return costs() + "\n" + quality(trials, seeds)


def costs() -> str:
    rows: Rows = []
    for kind, bound in (("random", BOUND), ("tpe", BOUND), ("tpe", UNBOUNDED)):
        figures = [cost_s(kind, bound, size) for size in SIZES]
        name = kind if bound == BOUND else f"{kind}, shown every trial"
        cells = [f"{figure * 1e3:.2f} ms" for figure in figures]
        rows.append([name, *cells, f"{figures[-1] / figures[0]:.2f}"])
    head = ["", *(f"at {size}" for size in SIZES), f"{SIZES[-1]} to {SIZES[0]}"]
    return table("sampler: ask and tell of a trial with five params, CPU time", head, rows)


def cost_s(kind: str, bound: int, size: int) -> float:
    """CPU seconds of this thread for one ask and tell when `size` trials are known."""
    made = OptunaSampler(MIXED, LOSS, kind=kind, seed=0, bound=bound)
    chance = random.Random(0)
    spent = []
    for number in range(size + ASKED):
        began = time.thread_time()
        if number >= size:
            params = made.ask(number)
        else:
            params = {
                "lr": 10 ** chance.uniform(-6, 0),
                "units": chance.randint(1, 512),
                "kind": chance.choice("abc"),
                "mix": chance.random(),
                "drop": chance.random(),
            }
        made.tell(Trial(number, params, TrialState.COMPLETE, (mixed(params),)))
        spent.append(time.thread_time() - began)
    return median(spent[size:])


def quality(trials: int, seeds: int) -> str:
    rows: Rows = []
    for name, (space, function) in FUNCTIONS.items():
        whole, part = (
            geometric_mean(_best(space, function, trials, seed, bound) for seed in range(seeds))
            for bound in (UNBOUNDED, BOUND)
        )
        rows.append([name, f"{whole:.3g}", f"{part:.3g}", f"{part / whole:.2f}"])
    title = f"sampler: best of {trials} trials by TPE, geometric mean of {seeds} seeds"
    return table(title, ["", "every trial", f"shown {BOUND}", f"{BOUND} to every trial"], rows)


def _best(
    space: SearchSpace, function: Callable[[Params], float], trials: int, seed: int, bound: int
) -> float:
    made = OptunaSampler(space, LOSS, kind="tpe", seed=seed, bound=bound)
    best = math.inf
    for number in range(trials):
        params = made.ask(number)
        loss = function(params)
        best = min(best, loss)
        made.tell(Trial(number, params, TrialState.COMPLETE, (loss,)))
    return best
