"""Measured runs as one table of text. Every ratio is printed with the name of what it is to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from .measured import Measured
from .workloads import Workload

Rows = list[Sequence[str]]


def table(title: str, head: Sequence[str], rows: Rows) -> str:
    """Columns padded, all but the first to the right. A row of two says why there is nothing
    to show: a line below the table."""
    reasons = [f"{row[0]}: {row[1]}" for row in rows if len(row) < len(head)]
    rows = [row if len(row) == len(head) else [row[0], *"-" * (len(head) - 1)] for row in rows]
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(
            f"{cell:<{width}}" if i == 0 else f"{cell:>{width}}"
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, ["-" * width for width in widths], *rows]
    ]
    return "\n".join([title, *lines, *reasons, ""])


def of_short_trials(workload: Workload, results: Mapping[str, list[Measured]]) -> str:
    """For trials of no work: what one costs."""
    base = next(iter(results))
    head = ["", "first trial after", "a trial, then", f"to {base}"]
    rows: Rows = []
    for name, runs in results.items():
        if not _worked(runs):
            rows.append([name, runs[0].why])
            continue
        rows.append([
            name,
            f"{_median(runs, lambda run: run.ends[0]):.2f} s",
            f"{_median(runs, lambda run: run.steady_s) * 1e3:.2f} ms",
            _ratio(runs, results[base], lambda run: run.steady_s),
        ])  # fmt: skip
    return table(_title(workload, results), head, rows)


def of_training(workload: Workload, results: Mapping[str, list[Measured]], slots: int) -> str:
    """For trials of real work: how near the run came to the work itself."""
    base = next(iter(results))
    head = ["", "took", f"its work / {slots}", "took to that limit", f"took to {base}"]
    rows: Rows = []
    for name, runs in results.items():
        if not _worked(runs):
            rows.append([name, runs[0].why])
            continue
        rows.append([
            name,
            f"{_median(runs, lambda run: run.seconds):.1f} s",
            f"{_median(runs, lambda run: run.limit_s(slots)):.1f} s",
            f"{_median(runs, lambda run: run.seconds / run.limit_s(slots)):.3f}",
            _ratio(runs, results[base], lambda run: run.seconds),
        ])  # fmt: skip
    return table(_title(workload, results), head, rows)


def of_memory(
    workload: Workload, results: Mapping[str, list[Measured]], peaks: Mapping[str, Measured]
) -> str:
    """For a notebook with much data: the cost of a trial, and of the whole in memory."""
    base = next(iter(results))
    head = ["", "first trial after", "a trial, then", f"to {base}", "peak beyond the notebook's"]
    rows: Rows = []
    for name, runs in results.items():
        if not _worked(runs):
            rows.append([name, runs[0].why])
            continue
        peak = peaks[name].peak_bytes
        rows.append([
            name,
            f"{_median(runs, lambda run: run.ends[0]):.2f} s",
            f"{_median(runs, lambda run: run.steady_s) * 1e3:.2f} ms",
            _ratio(runs, results[base], lambda run: run.steady_s),
            peaks[name].why if peak is None else f"{peak / 2**30:.2f} GiB",
        ])  # fmt: skip
    return table(_title(workload, results), head, rows)


def _title(workload: Workload, results: Mapping[str, list[Measured]]) -> str:
    rounds = max(len(runs) for runs in results.values())
    median_of = f", median of {rounds} rounds" if rounds > 1 else ""
    return f"{workload.name}: {workload.trials} trials of {workload.title}{median_of}"


def _median(runs: Sequence[Measured], figure: Callable[[Measured], float]) -> float:
    return median(figure(run) for run in _worked(runs))


def _worked(runs: Sequence[Measured]) -> list[Measured]:
    return [run for run in runs if not run.why]


def _ratio(
    runs: Sequence[Measured], base: Sequence[Measured], figure: Callable[[Measured], float]
) -> str:
    """The median of the ratios within a round."""
    pairs = [(run, to) for run, to in zip(runs, base, strict=False) if not run.why and not to.why]
    return f"{median(figure(run) / figure(to) for run, to in pairs):.3g}" if pairs else ""
