"""What a worker measures of a trial: time, memory, parameters, warnings, pace of reports.

A figure that can't be had here is left out. Starting and reading a meter costs some tenths
of a millisecond, models not counted.
"""

from __future__ import annotations

import os
import re
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .complexity import most_complex

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LINUX = sys.platform == "linux"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
WORTH_RESETTING_BYTES = 1 << 20

UNSEEN = re.compile(
    r"More than \d+ figures have been opened|.*(is non-interactive|non-GUI backend), "
)
"""Warnings of matplotlib's about figures that a trial doesn't show anyway."""


class Meter:
    """Measures one trial from its making on, in the process (and thread) that runs it."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Measure from now on: another trial's, when this process is a copy."""
        self.n_warnings = 0
        self.n_reports = 0
        self.waited_s = 0.0
        self._cpu_s = cpu_s()
        self._memory = _Memory()
        self._began = time.perf_counter()

    @contextmanager
    def warnings_counted(self) -> Iterator[None]:
        """While it lasts, warnings that are shown are counted."""
        shown = warnings.showwarning

        def count(message: Any, *args: Any, **options: Any) -> None:
            if not UNSEEN.match(str(message)):
                self.n_warnings += 1
                shown(message, *args, **options)

        warnings.showwarning = count
        try:
            yield
        finally:
            warnings.showwarning = shown

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """A report waits for its answer: that time is no time of the training's."""
        self.n_reports += 1
        began = time.perf_counter()
        try:
            yield
        finally:
            self.waited_s += time.perf_counter() - max(began, self._began)

    def read(self, namespace: Mapping[str, Any]) -> dict[str, float]:
        """The figures so far: wall_s (pauses not counted), cpu_s (children that ended included),
        peak_memory_bytes (what the trial took besides what it found), n_warnings, reports_per_s
        (in wall_s), n_params (of the largest model that has a name), complexity (of the most
        complex model that has one, see `complexity`)."""
        wall_s = max(0.0, time.perf_counter() - self._began - self.waited_s)
        figures = {
            "wall_s": wall_s,
            "cpu_s": cpu_s() - self._cpu_s,
            "n_warnings": float(self.n_warnings),
        }
        peak = self._memory.peak_bytes()
        if peak is not None:
            figures["peak_memory_bytes"] = float(peak)
        if self.n_reports:
            figures["reports_per_s"] = self.n_reports / max(wall_s, 1e-6)
        count = largest_model(namespace)
        if count is not None:
            figures["n_params"] = float(count)
        complexity = most_complex(namespace, count)
        if complexity is not None:
            figures["complexity"] = float(complexity)
        return figures


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    if resource is None:
        return sum(os.times()[:4])
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class _Memory:
    """The most memory that this process holds, beyond what it held when this was made.

    On Linux pages of files and of the snapshot that were only read don't count, as all
    trials share them, and what a trial overwrites of the snapshot does; it misses private
    copies of other inherited pages. Elsewhere: how far the process's peak rose.
    """

    def __init__(self) -> None:
        self._before = 0
        if LINUX:
            resident, shared = _resident()
            if (_peak_resident() or 0) - resident > WORTH_RESETTING_BYTES:
                _forget_peak()  # an earlier trial's, in a process that runs several
            self._before = resident - shared
        else:
            self._before = _peak_resident() or 0

    def peak_bytes(self) -> int | None:
        peak = _peak_resident()
        if peak is None:
            return None
        shared = _resident()[1] if LINUX else 0
        return max(0, peak - shared - self._before)


def _resident() -> tuple[int, int]:
    """Bytes resident, and of these the ones that belong to files or shared memory."""
    fd = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        fields = os.read(fd, 200).split()
    finally:
        os.close(fd)
    return int(fields[1]) * PAGE_BYTES, int(fields[2]) * PAGE_BYTES


def _peak_resident() -> int | None:
    """Since the fork, or since it was last forgotten: what getrusage reads from the process's
    memory map, as VmHWM in /proc/self/status, which is slower to read."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def _forget_peak() -> None:
    try:
        with open("/proc/self/clear_refs", "wb", buffering=0) as file:
            file.write(b"5")
    except OSError:  # not in every container: then the earlier peak counts for this trial too
        pass


def largest_model(namespace: Mapping[str, Any]) -> int | None:
    """How many parameters the largest torch module or Keras model among the values has; None
    when there is none. Neither library is imported."""
    torch: Any = sys.modules.get("torch")
    keras: Any = sys.modules.get("keras")
    module = getattr(getattr(torch, "nn", None), "Module", None)
    model = getattr(keras, "Model", None)
    kinds = tuple(kind for kind in (module, model) if isinstance(kind, type))
    if not kinds:
        return None
    counts = [
        _count(value, model) for value in list(namespace.values()) if isinstance(value, kinds)
    ]
    return max((count for count in counts if count is not None), default=None)


def _count(value: Any, keras_model: Any) -> int | None:
    try:
        if keras_model is not None and isinstance(value, keras_model):
            return int(value.count_params())
        return sum(int(p.numel()) for p in value.parameters())
    except Exception:  # not built yet, lazy, or a `parameters` of the person's own
        return None
