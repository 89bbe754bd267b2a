"""A notebook that holds much data: what the trials take beside it, and that they keep apart."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from jupyter_hpo.study.trial_events import Answer, Ended, Finished, Reported

GB = 1 << 30
CELL = """
from jupyter_hpo.worker.reporting import report
assert array[0] == 0 and array[-1] == 1 and view[0] == 0, "another trial's change is seen"
total = float(array[511::512].sum())  # every page is read
report(x=total)
array[:1_000_000] = -1
view[-1] = -1
assert array[0] == -1 and array[1_999_999] == -1
x = total
"""


def available_bytes() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def held_bytes(pid: int) -> int:
    """Memory of a process, what it shares counted by parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def held_by_all() -> int:
    """Of this process and all that it started; one that ends meanwhile has nothing."""
    total = 0
    for pid in (os.getpid(), *descendants(os.getpid())):
        try:
            total += held_bytes(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="measured in /proc")
@pytest.mark.parametrize(
    ("reuse", "size", "limit"),
    [(False, 2 * GB, 2.5 * GB), (True, GB // 2, GB)],
    ids=["fresh", "reused"],
)
def test_eight_trials_over_one_copy(workers, reuse, size, limit):
    if available_bytes() < 6 * GB:
        pytest.skip(f"needs 6 GB of free memory, there are {available_bytes() / GB:.1f}")
    array = np.zeros(size // 8)
    array[-1] = 1
    array[::512] += 0.0  # every page is there before
    before = held_by_all()
    workers.open(
        CELL, namespace={"array": array, "view": array[1_000_000:2_000_000]}, jobs=2, reuse=reuse
    )
    peak, over = before, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(1.0):
            peak = max(peak, held_by_all())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        for number in range(8):  # all are there at once, paused at their report
            workers.submit(number)
        for _ in range(8):
            assert workers.until(Reported).values == (1.0,)
        peak = max(peak, held_by_all())
        for number in range(8):
            workers.executor.answer(number, Answer.CONTINUE)
            assert workers.until(Finished, number).values == (1.0,)
            peak = max(peak, held_by_all())
            workers.executor.answer(number, Answer.RELEASE)
            workers.until(Ended, number)
    finally:
        over.set()
        watching.join()
    assert peak - before < limit, f"{(peak - before) / GB:.2f} GB beside the notebook"
    assert not array[:-1:4096].any()
