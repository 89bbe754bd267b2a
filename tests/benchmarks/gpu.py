"""64 small trials on one GPU: one at a time, packed by the tool, by Ray Tune at fixed fractions.

    python -m tests.benchmarks.gpu                    on a machine with a GPU
    python -m tests.benchmarks.gpu --simulated        anywhere: a device in numbers, no Ray

Ray runs in the peers' environment (`make bench` sets it up); its best fraction counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .measured import Measured
from .workloads import Workload, dedent

ROOT = Path(__file__).parents[2]
PEER_PYTHON = ROOT / ".bench-venv" / "bin" / "python"
FRACTIONS = (1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125)
TRIALS = 64
MB = 1 << 20

REAL = Workload(
    name="gpu",
    title="a torch MLP on digits, on a GPU, 20 epochs",
    trials=TRIALS,
    setup=dedent("""
        import time
        import torch
        from sklearn.datasets import load_digits

        pixels, labels = load_digits(return_X_y=True)
        inputs = torch.tensor(pixels / 16, dtype=torch.float32)
        targets = torch.tensor(labels)
        train_x, test_x = inputs[:1400], inputs[1400:]
        train_y, test_y = targets[:1400], targets[1400:]
    """),
    # Nothing that is tuned changes how long a training takes, so all contenders do the same.
    cell=dedent("""
        began = time.perf_counter()
        lr = 0.05          # hpo: 1e-3..1e-1 log
        momentum = 0.5     # hpo: 0.0..0.95
        torch.manual_seed(0)
        x, y = train_x.to("cuda"), train_y.to("cuda")
        held_x, held_y = test_x.to("cuda"), test_y.to("cuda")
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 256), torch.nn.ReLU(),
            torch.nn.Linear(256, 256), torch.nn.ReLU(),
            torch.nn.Linear(256, 10),
        ).to("cuda")
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
        for epoch in range(20):
            for rows in torch.randperm(len(x), device="cuda").split(32):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
                loss.backward()
                optimizer.step()
            with torch.no_grad():
                spent = time.perf_counter() - began
                acc = (model(held_x).argmax(1) == held_y).float().mean().item()  # reported
    """),
    space={"lr": (1e-3, 1e-1, True), "momentum": (0.0, 0.95, False)},
    default={"lr": 0.05, "momentum": 0.5},
    data=("train_x", "train_y", "test_x", "test_y"),
)

SIMULATED = Workload(
    name="gpu",
    title="20 steps of 20 ms on a simulated device: 200 MB of 4 GB each, full speed to 6 at once",
    trials=TRIALS,
    setup="import time",
    cell=dedent("""
        import simulated_device
        began = time.perf_counter()
        lr = 0.05          # hpo: 1e-3..1e-1 log
        block = simulated_device.allocate(200 << 20)
        for epoch in range(20):
            simulated_device.work(0.02)
            spent = time.perf_counter() - began
            acc = 1 - lr  # reported
    """),
    space={"lr": (1e-3, 1e-1, True)},
    default={"lr": 0.05},
)


def ours(workload: Workload, title: str, options: str) -> Measured:
    """One study in a kernel of its own; prints how many ran side by side."""
    from .notebook import Notebook
    from .ours import Mode, study

    print(f"  {title} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        notebook = Notebook(folder)
        try:
            notebook.run(workload.setup)
            notebook.run("%load_ext jupyter_hpo")
            notebook.ready()
            measured = study(notebook, workload, Mode(title, options))
            if not measured.why:
                _, said = notebook.run("print(study.session.study.slots_why)")
                print(f"    {said.strip()}", file=sys.stderr, flush=True)
            return measured
        finally:
            notebook.close()


def ray(fraction: float) -> Measured:
    """Ray Tune with this part of the GPU for each trial, in the peers' environment."""
    print(f"  Ray Tune, {fraction:g} of the GPU a trial ...", file=sys.stderr, flush=True)
    command = [str(PEER_PYTHON), "-m", "tests.benchmarks.gpu", "--ray", str(fraction)]
    if not PEER_PYTHON.exists():
        return Measured(why="no .bench-venv: `make bench` sets it up")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return Measured(why=lines[-1] if lines else f"exit code {done.returncode}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def run_ray(fraction: float) -> Measured:
    """In the peers' process."""
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AIR_NEW_OUTPUT="0", RAY_TRAIN_ENABLE_V2="0")
    import ray as ray_module
    from ray import tune
    from ray.tune.search.optuna import OptunaSearch

    namespace: dict[str, Any] = {}
    exec(REAL.setup, namespace)
    data = {name: namespace[name] for name in REAL.data}
    trial = REAL.function({k: v for k, v in namespace.items() if k not in data})

    def trainable(config: dict[str, Any], **data: Any) -> None:
        acc, spent = trial(lambda acc, step: tune.report({"acc": acc}), **data, **config)
        tune.report({"acc": acc, "spent": spent, "at": time.time()})

    folder = tempfile.mkdtemp(prefix="ray-")
    ray_module.init(
        num_cpus=max(os.cpu_count() or 1, TRIALS), num_gpus=1, include_dashboard=False,
        logging_level="ERROR", log_to_driver=False, _temp_dir=folder,
    )  # fmt: skip
    began = time.time()
    try:
        found = tune.Tuner(
            tune.with_resources(
                tune.with_parameters(trainable, **data), {"cpu": 1, "gpu": fraction}
            ),
            param_space={
                name: tune.loguniform(low, high) if log else tune.uniform(low, high)
                for name, (low, high, log) in REAL.space.items()
            },
            tune_config=tune.TuneConfig(
                metric="acc", mode="max", num_samples=TRIALS, search_alg=OptunaSearch(),
                reuse_actors=True, max_concurrent_trials=int(1 / fraction),
            ),
            run_config=tune.RunConfig(storage_path=folder, verbose=0),
        ).fit()  # fmt: skip
        seconds = time.time() - began
        ends = sorted(result.metrics["at"] - began for result in found)
        return Measured(seconds, ends, [result.metrics["spent"] for result in found])
    finally:
        ray_module.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def simulate(folder: str) -> None:
    """Make the simulated device, for this process and the kernels it starts."""
    simulated = str(ROOT / "tests" / "simulated")
    sys.path.insert(0, simulated)
    import simulated_device

    os.environ.update(simulated_device.describe(Path(folder), 4096 * MB, knee=6))
    os.environ["PYTHONPATH"] = os.pathsep.join([simulated, str(ROOT)])


def table(rows: dict[str, Measured]) -> str:
    """Seconds of each, the first and its trials to an hour, and how much faster than the first."""
    first = next(iter(rows.values()))
    width = max(len(name) for name in rows)
    lines = [f"{'':<{width}}  seconds  trials/min  speed-up"]
    for name, made in rows.items():
        if made.why:
            lines.append(f"{name:<{width}}  {made.why}")
        else:
            a_minute = len(made.ends) / made.seconds * 60
            ratio = f"{first.seconds / made.seconds:8.2f}" if not first.why else "       -"
            lines.append(f"{name:<{width}}  {made.seconds:7.1f}  {a_minute:10.0f}  {ratio}")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--trials", type=int, default=TRIALS)
    parser.add_argument("--ray", type=float, help=argparse.SUPPRESS)
    found = parser.parse_args(argv)
    if found.ray is not None:
        print(json.dumps(run_ray(found.ray).as_dict()))
        return
    with tempfile.TemporaryDirectory() as folder:
        device, workload = "cuda:0", REAL
        if found.simulated:
            simulate(folder)
            device, workload = "sim:0", SIMULATED
        workload = workload.shortened(found.trials)
        rows = {
            "%%hpo, one at a time": ours(workload, "one at a time", f"--device {device} --jobs 1"),
            "%%hpo, packed": ours(workload, "packed", f"--device {device} --jobs auto"),
        }
    if not found.simulated:
        for fraction in FRACTIONS:
            rows[f"Ray Tune, {fraction:g} of the GPU"] = ray(fraction)
    print(f"{workload.trials} trials: {workload.title}\n{table(rows)}")


if __name__ == "__main__":
    main()
