"""The peers, each as its documentation shows it. Runs in their own environment:

    python -m tests.benchmarks.peers CONTENDER WORKLOAD TRIALS SAMPLER [memory]

prints one line of JSON, a `Measured`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import joblib
import optuna

from .measured import Measured
from .memory import PeakMemory
from .names import LOKY, LOOP, RAY, RAY_REUSING, SEQUENTIAL, THREADS
from .workloads import WORKLOADS, Workload

SLOTS = 2


class Bench:
    """A workload made ready: its trial function and its data. note(spent) after each trial."""

    def __init__(self, workload: Workload, sampler: str) -> None:
        self.workload, self.sampler = workload, sampler
        namespace: dict[str, Any] = {}
        exec(workload.setup, namespace)
        self.data = {name: namespace[name] for name in workload.data}
        bare = {k: v for k, v in namespace.items() if k not in self.data}
        self.trial = workload.function(bare)  # a worker's copy carries no data along
        self.began = time.time()
        self.ends: list[float] = []
        self.spent: list[float] = []

    def note(self, spent: float) -> None:
        self.ends.append(time.time() - self.began)
        self.spent.append(spent)

    def study(self) -> Any:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        kinds = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
        return optuna.create_study(direction="maximize", sampler=kinds[self.sampler](seed=0))

    def suggest(self, trial: Any) -> dict[str, Any]:
        return {
            name: (
                trial.suggest_int(name, low, high)
                if isinstance(low, int)
                else trial.suggest_float(name, low, high, log=log)
            )
            for name, (low, high, log) in self.workload.space.items()
        }


def loop(bench: Bench) -> None:
    """The cell in a for loop: no search at all."""
    for _ in range(bench.workload.trials):
        _, spent = bench.trial(_no_report, **bench.data, **bench.workload.default)
        bench.note(spent)


def optuna_sequential(bench: Bench, n_jobs: int = 1) -> None:
    def objective(trial: Any) -> float:
        acc, spent = bench.trial(trial.report, **bench.data, **bench.suggest(trial))
        bench.note(spent)
        return acc

    bench.study().optimize(objective, n_trials=bench.workload.trials, n_jobs=n_jobs)


def optuna_threads(bench: Bench) -> None:
    optuna_sequential(bench, n_jobs=SLOTS)


def loky(bench: Bench) -> None:
    """joblib's processes with Optuna's ask and tell: asks when a worker is free."""
    study, trial = bench.study(), bench.trial

    def one(asked: int, params: dict[str, Any], data: dict[str, Any]) -> Any:
        return asked, trial(lambda acc, step: None, **data, **params)

    def asks() -> Iterator[Any]:
        for _ in range(bench.workload.trials):
            asked = study.ask()
            yield joblib.delayed(one)(asked.number, bench.suggest(asked), bench.data)

    parallel = joblib.Parallel(n_jobs=SLOTS, return_as="generator_unordered", pre_dispatch=SLOTS)
    for number, (acc, spent) in parallel(asks()):
        study.tell(number, acc)
        bench.note(spent)


def ray_tune(bench: Bench, reuse: bool = False) -> None:
    os.environ.update(
        RAY_USAGE_STATS_ENABLED="0", RAY_AIR_NEW_OUTPUT="0", RAY_DISABLE_IMPORT_WARNING="1",
        RAY_DEDUP_LOGS="0", RAY_TRAIN_ENABLE_V2="0",
    )  # fmt: skip
    import ray
    from ray import tune
    from ray.tune.search.optuna import OptunaSearch

    trial, spaces = bench.trial, {}
    for name, (low, high, log) in bench.workload.space.items():
        if isinstance(low, int):
            spaces[name] = tune.randint(low, high + 1)
        else:
            spaces[name] = tune.loguniform(low, high) if log else tune.uniform(low, high)

    def trainable(config: dict[str, Any], **data: Any) -> None:
        def report(acc: float, step: int) -> None:
            tune.report({"acc": acc, "step": step})

        acc, spent = trial(report, **data, **config)
        tune.report({"acc": acc, "spent": spent, "at": time.time()})

    folder = tempfile.mkdtemp(prefix="ray-")
    ray.init(
        num_cpus=SLOTS, include_dashboard=False, logging_level="ERROR", log_to_driver=False,
        object_store_memory=3 * 10**9, _temp_dir=folder,
    )  # fmt: skip
    try:
        function = tune.with_parameters(trainable, **bench.data) if bench.data else trainable
        found = tune.Tuner(
            tune.with_resources(function, {"cpu": 1}),
            param_space=spaces,
            tune_config=tune.TuneConfig(
                metric="acc", mode="max", num_samples=bench.workload.trials,
                search_alg=OptunaSearch(sampler=bench.study().sampler), reuse_actors=reuse,
                max_concurrent_trials=SLOTS,
            ),
            run_config=tune.RunConfig(storage_path=folder, verbose=0),
        ).fit()  # fmt: skip
        for result in sorted(found, key=lambda result: result.metrics["at"]):
            bench.ends.append(result.metrics["at"] - bench.began)
            bench.spent.append(result.metrics["spent"])
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def ray_tune_reusing(bench: Bench) -> None:
    ray_tune(bench, reuse=True)


CONTENDERS: dict[str, Callable[[Bench], None]] = {
    LOOP: loop,
    SEQUENTIAL: optuna_sequential,
    THREADS: optuna_threads,
    LOKY: loky,
    RAY: ray_tune,
    RAY_REUSING: ray_tune_reusing,
}


def measure(contender: str, workload: Workload, sampler: str, memory: bool) -> Measured:
    bench = Bench(workload, sampler)
    sampled = PeakMemory(os.getpid()) if memory else contextlib.nullcontext()
    with sampled:
        bench.began = time.time()
        CONTENDERS[contender](bench)
        seconds = time.time() - bench.began
    peak = sampled.peak_bytes if isinstance(sampled, PeakMemory) else None
    return Measured(seconds, sorted(bench.ends), bench.spent, peak)


def _no_report(acc: float, step: int) -> None:
    pass


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    name, workload, trials, sampler, *more = sys.argv[1:]
    with contextlib.redirect_stdout(sys.stderr):
        made = measure(name, WORKLOADS[workload].shortened(int(trials)), sampler, bool(more))
    print(json.dumps(made.as_dict()))
