"""Who runs a workload, and how often: ours in a real kernel, each peer in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import ours
from .measured import Measured
from .names import LOKY, LOOP, ON_RAY, OURS, RAY, RAY_REUSING, SEQUENTIAL, THREADS, WORKERS
from .workloads import Workload

ROOT = Path(__file__).parents[2]
PEER_PYTHON = ROOT / ".bench-venv" / "bin" / "python"
PEER_LIMIT_S = 1800


@dataclass(frozen=True)
class Contender:
    """run(workload, memory) -> Measured. trials, rounds: at most so many, for the slow ones."""

    name: str
    run: Callable[[Workload, bool], Measured]
    trials: int = 10**6
    rounds: int = 10**6

    def measure(self, workload: Workload, memory: bool = False) -> Measured:
        print(f"  {workload.name}: {self.name} ... ", end="", file=sys.stderr, flush=True)
        run = self.run(workload.shortened(self.trials), memory)
        print(run.why or f"{run.seconds:.1f} s", file=sys.stderr, flush=True)
        return run


def of_ours(name: str, mode: ours.Mode, sampler: str = "random", jobs: int = 2) -> Contender:
    def run(workload: Workload, memory: bool) -> Measured:
        with tempfile.TemporaryDirectory() as folder:
            return ours.measure(
                workload, mode, sampler=sampler, jobs=jobs, folder=folder, memory=memory
            )

    return Contender(name, run)


def of_peer(peer: str, sampler: str = "random", name: str = "", **limits: int) -> Contender:
    def run(workload: Workload, memory: bool) -> Measured:
        command = [
            str(PEER_PYTHON), "-m", "tests.benchmarks.peers",
            peer, workload.name, str(workload.trials), sampler, *(["memory"] if memory else []),
        ]  # fmt: skip
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        if not PEER_PYTHON.exists():
            return Measured(why="no .bench-venv: `make bench` sets it up")
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True,
                timeout=PEER_LIMIT_S,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Measured(why=f"took longer than {PEER_LIMIT_S} s")
        if done.returncode != 0:
            return Measured(why=(done.stderr.strip().splitlines() or ["failed"])[-1])
        return Measured(**json.loads(done.stdout.splitlines()[-1]))

    return Contender(name or peer, run, **limits)


def contenders(workload: Workload) -> list[Contender]:
    """Ours first; the others are compared with the first."""
    few = {"trials": 20, "rounds": 1} if workload.name == "w1" else {"rounds": 1}
    own = [of_ours(OURS, ours.FORK), of_ours(WORKERS, ours.WORKERS)]
    if workload.name == "w1":
        own += [
            of_ours(f"{OURS}, one at a time", ours.FORK, jobs=1),
            of_ours(f"{WORKERS}, one at a time", ours.WORKERS, jobs=1),
            of_ours(f"{OURS}, TPE", ours.FORK, "tpe"),
            of_ours(f"{WORKERS}, TPE", ours.WORKERS, "tpe"),
            of_ours(ON_RAY, ours.ON_RAY),
        ]
    peers = [of_peer(LOOP), of_peer(SEQUENTIAL)]
    if workload.name == "w1":
        peers.append(of_peer(SEQUENTIAL, "tpe", f"{SEQUENTIAL}, TPE"))
    peers += [of_peer(THREADS), of_peer(LOKY), of_peer(RAY_REUSING), of_peer(RAY, **few)]
    return [*own, *peers]


def race(workload: Workload, rounds: int, those: list[Contender]) -> dict[str, list[Measured]]:
    """Every contender once a round, one after the other, so that noise of the machine hits all.

    Who can't run in the first round is left out of the others; a run that fails later says
    so on its own.
    """
    results: dict[str, list[Measured]] = {c.name: [] for c in those}
    for number in range(rounds):
        for contender in those:
            runs = results[contender.name]
            if number < contender.rounds and not (runs and runs[0].why):
                runs.append(contender.measure(workload))
    return results
