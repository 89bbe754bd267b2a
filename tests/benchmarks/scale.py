"""What a trial costs late in a long study, against early; the sampler included."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from statistics import median

from . import ours
from .table import Rows, table
from .workloads import MANY

EARLY = 100
WINDOW = 50


def scale(late: int = MANY.trials) -> str:
    """A table of ours, for each mode and sampler."""
    head = ["", f"a trial at {EARLY}", f"a trial at {late}", f"{late} to {EARLY}"]
    rows: Rows = []
    for mode in (ours.FORK, ours.WORKERS):
        for sampler in ("random", "tpe"):
            with tempfile.TemporaryDirectory() as folder:
                run = ours.measure(MANY.shortened(late), mode, sampler=sampler, folder=folder)
            name = f"%%hpo, {mode.title}, {sampler}"
            if run.why:
                rows.append([name, run.why])
                continue
            first, last = cost_s(run.ends, EARLY), cost_s(run.ends, late)
            rows.append([
                name, f"{first * 1e3:.2f} ms", f"{last * 1e3:.2f} ms", f"{last / first:.2f}"
            ])  # fmt: skip
    return table(f"scale: {late} trials of {MANY.title}", head, rows)


def cost_s(ends: Sequence[float], at: int) -> float:
    """Seconds a trial, about trial `at`: the median over windows of ten, since trials that
    run two at a time end in pairs."""
    last = min(at, len(ends)) - 10
    spans = [ends[i + 10] - ends[i] for i in range(max(0, last - WINDOW), last)]
    return median(spans) / 10
