"""How busy the machine is: its CPU cores together, and the GPUs that the trials run on.

The CPU by the kernel's own counters, `/proc/stat` (proc(5)): where there is no such file,
nothing is said of it. The GPUs by NVML, where the module `pynvml` is there.
"""

from __future__ import annotations

import importlib
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .gpus import by_nvml, select

STAT = Path("/proc/stat")

EVERY_S = 1.0
"""It is looked at once in so long, at most."""

IDLE, WAITING = 3, 4
"""Places of the times idle and waiting for a disk in the line `cpu` of /proc/stat."""

COUNTED = 8
"""Times in that line that add up; the guests' are counted among the users'."""


class MachineUse:
    """Shares from 0 to 1 by name, as `Header.use` tells them. Any thread."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        stat: Path = STAT,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._clock, self._stat = clock, stat
        self._environment = os.environ if environment is None else environment
        self._lock = threading.Lock()
        self._at: float | None = None
        self._spent: tuple[int, int] | None = None  # ticks: busy, in all
        self._gpus: _Gpus | None = None
        self._device = ""
        self._last: dict[str, float] = {}

    def now(self, device: str) -> dict[str, float]:
        """device: what the study says it runs on, such as "cuda:0 (NVIDIA L4)". The first
        time nothing is known of the CPU: its counters say something from one look to the next.
        """
        with self._lock:
            at = self._clock()
            if self._at is None or at >= self._at + EVERY_S:
                self._at = at
                self._last = {**self._cpu(), **self._gpus_of(device).busy()}
            return dict(self._last)

    def _gpus_of(self, device: str) -> _Gpus:
        if self._gpus is None or self._device != device:
            self._gpus, self._device = _Gpus(device, self._environment), device
        return self._gpus

    def _cpu(self) -> dict[str, float]:
        before, self._spent = self._spent, _ticks(self._stat)
        if before is None or self._spent is None or self._spent[1] <= before[1]:
            return {}
        share = (self._spent[0] - before[0]) / (self._spent[1] - before[1])
        return {"CPU": round(min(1.0, max(0.0, share)), 3)}


def _ticks(stat: Path) -> tuple[int, int] | None:
    try:
        words = stat.read_text(encoding="ascii").partition("\n")[0].split()
        times = [int(word) for word in words[1 : 1 + COUNTED]]
    except (OSError, ValueError):
        return None
    if words[:1] != ["cpu"] or len(times) <= WAITING:
        return None
    return sum(times) - times[IDLE] - times[WAITING], sum(times)


class _Gpus:
    """The GPUs that a device text names, held open: to ask for them takes longer than to look."""

    def __init__(self, device: str, environment: Mapping[str, str]) -> None:
        self._nvml: Any = None
        self._handles: dict[str, Any] = {}
        indices = {int(index) for index in re.findall(r"\bcuda:(\d+)", device)}
        found = (by_nvml() if indices else None) or ()
        visible = select(found, environment.get("CUDA_VISIBLE_DEVICES"))
        chosen = [(i, gpu) for i, (_, gpu) in enumerate(visible) if i in indices and not gpu.mig]
        if chosen:
            self._nvml = importlib.import_module("pynvml")
            self._nvml.nvmlInit()  # for as long as the kernel lives
            for i, gpu in chosen:
                self._handles[f"GPU {i}"] = self._nvml.nvmlDeviceGetHandleByUUID(gpu.uuid)

    def busy(self) -> dict[str, float]:
        """For how much of the last moments each was at work, as nvidia-smi tells it."""
        try:
            return {
                name: self._nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100
                for name, handle in self._handles.items()
            }
        except self._nvml.NVMLError:  # not every GPU tells, nor every driver at all times
            return {}
