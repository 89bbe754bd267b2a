"""The NVIDIA GPUs of this machine that this kernel may use. Called in the kernel.

Asked in turn: NVML (when the module `pynvml` of nvidia-ml-py is there), the program nvidia-smi,
and torch where the kernel has loaded it. None of them makes a context on a GPU that has none, and
torch is never imported.

Sources: CUDA C++ Programming Guide, "CUDA Environment Variables" (CUDA_VISIBLE_DEVICES: indices
or UUIDs, cut off at the first that is not there); MIG User Guide, "CUDA Visible Devices" (a
process sees one MIG instance).
"""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..study.packing import DeviceFacts

CONTEXT_BYTES = 600 << 20
"""What a process takes of a GPU before its first tensor; corrected by the first trial."""

SMI_S = 15.0
SMI_FIELDS = "index,uuid,name,memory.total,memory.free,mig.mode.current"
MIG_LINE = re.compile(r"MIG\s+(?P<name>\S+).*\(UUID: (?P<uuid>MIG-[^)]+)\)")
GPU_LINE = re.compile(r"GPU (?P<index>\d+):.*\(UUID: (?P<uuid>GPU-[^)]+)\)")


@dataclass(frozen=True)
class Gpu:
    """One GPU, or one MIG instance of it, as the driver lists them. Sizes in bytes."""

    uuid: str
    label: str
    total_bytes: int | None = None
    free_bytes: int | None = None
    instances: tuple[Gpu, ...] = ()
    mig: bool = False


@dataclass(frozen=True)
class Visible:
    """The GPUs that the kernel may use. entries: of CUDA_VISIBLE_DEVICES, in the kernel's order,
    each good for another process in the same environment. notes: sentences worth saying."""

    facts: tuple[DeviceFacts, ...] = ()
    entries: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def gpus(environment: Mapping[str, str]) -> Visible:
    """What there is for a kernel with this environment."""
    shown = environment.get("CUDA_VISIBLE_DEVICES")
    if shown is not None and not shown.strip():
        return Visible(notes=("CUDA_VISIBLE_DEVICES is empty, so no GPU may be used.",))
    found = by_nvml()
    if found is None:
        found = by_smi()
    if found is None:
        found = by_torch()
        if found is not None:  # torch counts what is visible to it
            entries = _split(shown) if shown else [str(i) for i in range(len(found))]
            return _visible(found, entries[: len(found)], environment)
        return Visible()
    chosen = select(found, shown)
    return _visible([gpu for _, gpu in chosen], [entry for entry, _ in chosen], environment)


def select(found: Sequence[Gpu], shown: str | None) -> list[tuple[str, Gpu]]:
    """(entry, GPU) for what CUDA shows a process, in its order. shown: CUDA_VISIBLE_DEVICES."""
    if shown is None:
        chosen = [(str(i), gpu) for i, gpu in enumerate(found)]
    else:
        chosen = []
        for entry in _split(shown):
            gpu = _named(entry, found)
            if gpu is None or any(gpu is other for _, other in chosen):
                break  # CUDA takes no notice of what follows
            chosen.append((entry, gpu))
    instance = next((c for c in chosen if c[1].mig), None)
    if instance is None:
        return chosen
    entry, gpu = instance
    if not gpu.instances and not entry.startswith("MIG-"):
        return []  # MIG is on, and nobody has made an instance
    return [(gpu.instances[0].uuid, gpu.instances[0]) if gpu.instances else (entry, gpu)]


def _named(entry: str, found: Sequence[Gpu]) -> Gpu | None:
    if entry.isdigit():
        return found[int(entry)] if int(entry) < len(found) else None
    matches = [gpu for gpu in found if entry and gpu.uuid.startswith(entry)]
    matches += [i for gpu in found for i in gpu.instances if entry and i.uuid.startswith(entry)]
    return matches[0] if len(matches) == 1 else None


def _visible(
    found: Sequence[Gpu], entries: Sequence[str], environment: Mapping[str, str]
) -> Visible:
    # By index, CUDA puts the fastest first where the driver goes by the bus: with unlike GPUs
    # one can't tell whose memory this is. The first trial on each says it.
    by_index = any(entry.isdigit() for entry in entries)
    sure = (
        not by_index
        or environment.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
        or len({gpu.label for gpu in found}) <= 1
    )
    facts = [
        DeviceFacts(
            f"cuda:{index}",
            gpu.label if sure else "",
            gpu.total_bytes if sure else None,
            gpu.free_bytes if sure else None,
            CONTEXT_BYTES,
        )
        for index, gpu in enumerate(found)
    ]
    notes = []
    if any(gpu.mig for gpu in found):
        notes.append("The GPU is divided (MIG): the trials use the kernel's own part of it.")
    if environment.get("CUDA_MPS_PIPE_DIRECTORY"):
        notes.append("MPS is on: trials side by side use the GPU at the same time, not in turns.")
    return Visible(tuple(facts), tuple(entries), tuple(notes))


# ------------------------------------------------------------------------------ who knows them
def by_nvml() -> list[Gpu] | None:
    """What NVML lists, in the order of the bus; None without it or without a driver."""
    try:
        nvml: Any = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # not installed, or no driver: whichever error its version has for that
        return None
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        return [_of_nvml(nvml, handle) for handle in handles]
    except nvml.NVMLError:
        return None
    finally:
        nvml.nvmlShutdown()


def _of_nvml(nvml: Any, handle: Any) -> Gpu:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    try:
        divided = nvml.nvmlDeviceGetMigMode(handle)[0] == 1
    except nvml.NVMLError:  # a GPU that knows no MIG
        divided = False
    instances = []
    for index in range(nvml.nvmlDeviceGetMaxMigDeviceCount(handle) if divided else 0):
        try:
            part = nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, index)
        except nvml.NVMLError:  # no instance in this place
            continue
        size = nvml.nvmlDeviceGetMemoryInfo(part)
        uuid, label = _text(nvml.nvmlDeviceGetUUID(part)), _text(nvml.nvmlDeviceGetName(part))
        instances.append(Gpu(uuid, label, int(size.total), int(size.free), mig=True))
    return Gpu(
        _text(nvml.nvmlDeviceGetUUID(handle)),
        _text(nvml.nvmlDeviceGetName(handle)),
        int(memory.total),
        int(memory.free),
        tuple(instances),
        divided,
    )


def by_smi() -> list[Gpu] | None:
    """What nvidia-smi lists; None without the program or without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    table = _run(program, f"--query-gpu={SMI_FIELDS}", "--format=csv,noheader,nounits")
    if table is None:
        return None
    parts = _instances(_run(program, "-L") or "")
    found = []
    for line in table.splitlines():
        fields = [word.strip() for word in line.split(",")]
        if len(fields) == 6:
            _, uuid, label, total, free, mode = fields
            divided = mode == "Enabled"
            instances = parts.get(uuid, ()) if divided else ()
            found.append(Gpu(uuid, label, _mebibytes(total), _mebibytes(free), instances, divided))
    return found


def _instances(listing: str) -> dict[str, tuple[Gpu, ...]]:
    """The MIG instances in `nvidia-smi -L`, by the UUID of their GPU; their memory it has not."""
    found: dict[str, tuple[Gpu, ...]] = {}
    gpu = ""
    for line in listing.splitlines():
        if whole := GPU_LINE.search(line):
            gpu = whole["uuid"]
        elif part := MIG_LINE.search(line):
            instance = Gpu(part["uuid"], f"MIG {part['name']}", mig=True)
            found[gpu] = (*found.get(gpu, ()), instance)
    return found


def by_torch() -> list[Gpu] | None:
    """The GPUs that torch can use in this kernel; what more than their number it says only
    once it has begun to. None where it can't, or is not loaded."""
    torch: Any = sys.modules.get("torch")
    cuda: Any = getattr(torch, "cuda", None)
    if not (hasattr(cuda, "is_available") and cuda.is_available()):
        return None
    if not cuda.is_initialized():
        return [Gpu(f"index {index}", "") for index in range(cuda.device_count())]
    here = cuda.current_device()
    found = []
    for index in range(cuda.device_count()):
        about = cuda.get_device_properties(index)
        free = cuda.mem_get_info(index)[0] if index == here else None  # would make a context
        found.append(Gpu(f"index {index}", about.name, int(about.total_memory), free))
    return found


def _run(*command: str) -> str | None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SMI_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _mebibytes(text: str) -> int | None:
    return int(text) << 20 if text.isdigit() else None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _split(shown: str) -> list[str]:
    return [entry.strip() for entry in shown.split(",")]
