"""The device seam of a worker: what a trial may ask of the accelerator it runs on.

A worker is bound to one device for life: `attach` is called once, before anything in the
process has used it. Kinds are found by the part of the name before the colon: `cuda` is here;
others (`sim:0`) come from an entry point of the group `jupyter_hpo.devices`, which names an
object with the methods of `Kind`. torch is used where it is loaded, never imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..study.packing import DeviceFacts

GROUP = "jupyter_hpo.devices"
LEAK_BYTES = 64 << 20
"""A trial that leaves more allocated on the device costs its worker the place."""

FRUGAL = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
"""TensorFlow and JAX would otherwise take all of the device's memory for one trial."""


class UnknownDevice(Exception):
    """No such kind of device; the message is a sentence."""


class UnusableDevice(Exception):
    """A worker can't use its device; the message is a sentence."""


@dataclass(frozen=True)
class Plan:
    """What workers are told of the devices. home: the device where the notebook's own code and
    tensors are, which a trial's device stands in for. visible: the entries of
    CUDA_VISIBLE_DEVICES, in the order in which the kernel counts them."""

    home: str
    visible: tuple[str, ...] = ()


class Device(Protocol):
    """One device, in the process that uses it. Called by the trial's thread."""

    name: str
    """As code in this process names it."""

    def begin(self) -> None:
        """A trial begins: what is measured from here on is its own."""

    def read(self) -> dict[str, float]:
        """The trial's figures so far: device_memory_bytes (peak), device_free_bytes,
        device_total_bytes; what can't be had is left out."""

    def release(self) -> str:
        """The trial's objects are gone: give its memory back. A sentence when the process is
        not to be used again, else ''."""

    def place(self, tag: str) -> str:
        """Where a tensor of the kernel's device `tag` is put."""


class Kind(Protocol):
    """Devices of one kind, as an installed package brings it (an entry point of GROUP)."""

    def devices(self) -> list[DeviceFacts]:
        """Those that this kernel may use. Called in the kernel."""

    def attach(self, name: str, plan: Plan) -> Device:
        """Bind this process, a worker's, to the device."""


class NoDevice:
    """Trials on the CPU; tensors of an accelerator come to lie there too."""

    name = "cpu"

    def begin(self) -> None:
        return None

    def read(self) -> dict[str, float]:
        return {}

    def release(self) -> str:
        return ""

    def place(self, tag: str) -> str:
        return "cpu"


class CudaDevice:
    """A GPU by torch's own figures. The process sees it in the place of the kernel's home:
    `cuda`, `cuda:N` in the cell and the tags of tensors all mean what they mean there."""

    def __init__(self, index: int) -> None:
        self.index, self.name = index, f"cuda:{index}"

    def begin(self) -> None:
        cuda = _cuda()
        if cuda is not None:
            cuda.set_device(self.index)  # the trial before may have changed it
            cuda.reset_peak_memory_stats(self.index)

    def read(self) -> dict[str, float]:
        cuda = _cuda()
        if cuda is None:
            return {}
        try:
            free, total = cuda.mem_get_info(self.index)
            peak = cuda.max_memory_reserved(self.index)
        except RuntimeError:  # the cell left the device in a state that answers nothing
            return {}
        return {
            "device_memory_bytes": float(peak),
            "device_free_bytes": float(free),
            "device_total_bytes": float(total),
        }

    def release(self) -> str:
        cuda = _cuda()
        if cuda is None:
            return ""
        try:
            cuda.synchronize(self.index)
            sys.modules["torch"]._C._cuda_clearCublasWorkspaces()
            cuda.empty_cache()
            left = cuda.memory_allocated(self.index)
        except RuntimeError as error:
            return f"the device can't be used any more: {str(error).splitlines()[0]}."
        if left > LEAK_BYTES:
            return f"the trial left {left / 2**20:.0f} MB allocated on {self.name}."
        return ""

    def place(self, tag: str) -> str:
        return tag


def attach_cuda(name: str, plan: Plan) -> Device:
    """Bind this worker to a GPU; the kernel finds them by `executors.gpus`."""
    target, home = index_of(name), index_of(plan.home)
    if plan.visible:
        order = swapped(plan.visible, home, target)
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(order)
    for variable, value in FRUGAL.items():
        os.environ.setdefault(variable, value)
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "cuda") and torch.version.cuda:
        torch.cuda.init()
        torch.cuda.set_device(home)
        torch.empty(1, device=f"cuda:{home}")  # the context, before anything is timed
    return CudaDevice(home)


_current: Device = NoDevice()


def current() -> Device:
    """The device that this process is bound to."""
    return _current


def attach(name: str | None, plan: Plan | None) -> Device:
    """Bind this process to a device by its name in the kernel; None: to the CPU.

    Raises UnknownDevice; UnusableDevice from what the device's own library raised.
    """
    global _current
    if name is None or plan is None:
        _current = NoDevice()
        return _current
    kind = kind_of(name)
    bind = attach_cuda if kind == "cuda" else find_kind(kind).attach
    try:
        _current = bind(name, plan)
    except Exception as error:
        first = str(error).partition("\n")[0]
        raise UnusableDevice(f"{name} can't be used: {type(error).__name__}: {first}") from error
    return _current


def find_kind(kind: str) -> Kind:
    """The kind of device of this name, other than `cuda`. Raises UnknownDevice."""
    from importlib.metadata import entry_points  # ten times what the rest of this room costs

    for entry in entry_points(group=GROUP):
        if entry.name == kind:
            found: Kind = entry.load()
            return found
    known = sorted({"cpu", "cuda", *(e.name for e in entry_points(group=GROUP))})
    raise UnknownDevice(f"no device is called {kind!r}; there are {', '.join(known)}.")


def kind_of(name: str) -> str:
    return name.partition(":")[0]


def index_of(name: str) -> int:
    return int(name.partition(":")[2] or 0)


def swapped(visible: Sequence[str], home: int, target: int) -> list[str]:
    """The visible devices with `target` in the place of `home`, and the other way round: so
    what the code calls `cuda:<home>` is the trial's device, and the rest stay where they are."""
    order = list(visible)
    order[home], order[target] = order[target], order[home]
    return order


def place_here(tag: str) -> str:
    """Where a tensor of the device `tag` is put that comes back from a trial: there, where
    this process has such a device, else on the CPU. Called in the kernel."""
    torch: Any = sys.modules.get("torch")
    backend: Any = getattr(torch, kind_of(tag), None)
    if not (hasattr(backend, "is_available") and hasattr(backend, "device_count")):
        return "cpu"
    return tag if backend.is_available() and index_of(tag) < backend.device_count() else "cpu"


def _cuda() -> Any:
    """torch.cuda when this process uses it, else None."""
    torch: Any = sys.modules.get("torch")
    cuda: Any = getattr(torch, "cuda", None)
    return cuda if hasattr(cuda, "is_initialized") and cuda.is_initialized() else None
