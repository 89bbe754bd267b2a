"""Every framework's adapter keeps the contract, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from .families import FAMILIES

HERE = Path(__file__).parent

CLAUSES = (
    "each_step_is_a_report_with_the_frameworks_own_value",
    "the_cell_does_and_prints_what_it_does_without",
    "a_stop_ends_the_fit_after_that_step_and_the_cell_after_the_fit",
    "nothing_stays_replaced",
    "a_fit_in_a_loop_is_the_loops_matter",
    "what_is_reported_by_hand_is_all_that_is",
    "an_objective_that_nothing_measures_has_no_reports",
    "workers_report_the_same",
)


def hold(name: str) -> dict[str, str]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, str(HERE / "contract.py"), name],
        capture_output=True, text=True, env={**os.environ, **quiet}, timeout=240,
    )  # fmt: skip
    if done.returncode:
        return dict.fromkeys(CLAUSES, done.stderr[-2000:])
    said: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def held() -> dict[str, Future[dict[str, str]]]:
    """What each framework's process says; two run at a time."""
    with ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(hold, name) for name in FAMILIES}
        yield futures
        for future in futures.values():
            future.cancel()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_contract(name, held):
    said = held[name].result()
    assert set(said) == set(CLAUSES)
    assert not {clause: wrong for clause, wrong in said.items() if wrong}
