"""Where a study's trials run: the device chosen, how they are packed, what workers are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .cell import CapturedCell
from .cell.program import text_of
from .executors.devices import Choice, choose
from .options import Options, cores
from .study.packing import Packing
from .worker.snapshot import Surroundings

SPARES = 2
"""Workers forked ahead when trials use a device: each is kept for many trials."""

TOGETHER = 4
"""With the number of trials side by side not known beforehand, threads are shared as for so
many."""


def choose_device(cell: CapturedCell, options: Options, namespace: Mapping[str, Any]) -> Choice:
    """What `--device` means for this cell. Raises ExecutorError when it is not there."""
    if options.executor == "inline" or options.on is not None:  # the cell uses what it uses
        return Choice()
    names = {n: namespace[n] for n in cell.free_names if n in namespace}
    return choose(options.device, text_of(cell.program()), names)


def packing_for(choice: Choice, options: Options) -> Packing | None:
    """How trials are packed on the chosen devices; None: so many on the CPU."""
    return Packing(choice.devices, jobs=options.jobs) if choice.devices else None


def threads_for(choice: Choice, options: Options, slots: int) -> int:
    """CPU threads of each trial."""
    return threads_of_each(options, slots, on_devices=bool(choice.devices))


def threads_of_each(options: Options, slots: int | None, *, on_devices: bool) -> int:
    """The same. slots: on the CPU, trials side by side."""
    if options.pruner == "pbt":  # trials are copied, and threads are not
        return 1
    side_by_side = (options.jobs or TOGETHER) if on_devices or slots is None else slots
    return max(1, cores() // side_by_side)


def surroundings_for(choice: Choice, surroundings: Surroundings) -> Surroundings:
    """The workers' surroundings: no GPU to be seen with `--device cpu`."""
    environment = dict(surroundings.environment)
    if choice.hidden:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    if choice.plan is not None:
        # Lets a library that asks for a GPU when it is imported, in the helper that forks the
        # workers, have its answer without starting CUDA there.
        environment.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    return replace(surroundings, environment=environment)


def device_fact(choice: Choice, options: Options) -> str | None:
    """What is said of the device before the first trial; None for the CPU."""
    if not choice.devices:
        return None
    what = ", ".join(f"{d.name} ({d.label})" if d.label else str(d.name) for d in choice.devices)
    many = "decided by memory and throughput" if options.jobs is None else f"{options.jobs}"
    word = "Device" if len(choice.devices) == 1 else "Devices"
    return f"{word}: {what}, trials side by side {many}."
