"""NumPy arrays and torch tensors as buffers: no copy, sharing kept, neither imported here."""

from __future__ import annotations

import ctypes
import math
import pickle
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from . import devices

STRIDED_BYTES = 4096

HOST = ("cpu", "meta")

placing: ContextVar[Callable[[str], str]] = ContextVar("jupyter_hpo_placing")
"""While objects are read: where what lay on a device goes; the worker's device decides when
nothing is set."""


def is_view(owner: Any) -> bool:
    """Whether a buffer's owner is an array that looks into another one."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    array = getattr(owner, "looks_in", owner)
    return isinstance(array, numpy.ndarray) and isinstance(array.base, numpy.ndarray)


def is_thin(owner: Any) -> bool:
    """Whether a buffer spans more than twice what the view that owns it holds."""
    return bool(getattr(owner, "thin", False))


def compact(owner: Any) -> memoryview:
    """The elements alone of a thin view, in order."""
    return memoryview(owner.looks_in.copy(order="C").reshape(-1).view("u1"))


def address(view: memoryview) -> int:
    """Where the buffer lies in memory."""
    if not view.readonly:
        return ctypes.addressof(ctypes.c_char.from_buffer(view))
    import numpy

    return int(numpy.frombuffer(view, numpy.uint8).__array_interface__["data"][0])


# ---------------------------------------------------------------------------------- NumPy


def reduce_ndarray(obj: Any) -> Any:
    """Non-contiguous arrays as strides over their memory; the rest NumPy does well."""
    numpy = sys.modules["numpy"]
    if (
        type(obj) is not numpy.ndarray
        or obj.flags.forc
        or obj.dtype.hasobject
        or obj.nbytes == 0
        or (obj.nbytes < STRIDED_BYTES and not is_view(obj))
    ):
        return NotImplemented
    steps = [(n - 1) * s for n, s in zip(obj.shape, obj.strides, strict=True)]
    before = -sum(s for s in steps if s < 0)
    span = before + sum(s for s in steps if s > 0) + obj.itemsize
    start = obj.__array_interface__["data"][0] - before
    memory = _Memory(obj, start, span).buffer
    memory.looks_in = obj
    # A thin view: its own elements are less than what it spans, so they travel alone unless
    # what it looks into travels too.
    memory.thin = thin = span > 2 * obj.nbytes
    arguments = (obj.dtype, obj.shape, obj.strides, before, bool(obj.flags.writeable), thin)
    return _strided, (pickle.PickleBuffer(memory), *arguments)


def _strided(
    buffer: Any, dtype: Any, shape: Any, strides: Any, offset: int, writeable: bool, thin: bool
) -> Any:
    import numpy

    if thin and memoryview(buffer).nbytes == dtype.itemsize * math.prod(shape):
        strides, offset = None, 0
    array = numpy.ndarray(shape, dtype, buffer=buffer, offset=offset, strides=strides)
    if not writeable:
        array.flags.writeable = False
    return array


class _Memory:
    """A stretch of another object's memory as a buffer that keeps the object alive."""

    def __init__(self, owner: Any, start: int, size: int) -> None:
        buffer: Any = (ctypes.c_char * size).from_address(start)
        buffer.owner = owner
        self.buffer = buffer


# ---------------------------------------------------------------------------------- torch


class TensorReducer:
    """Reduces the storages of tensors to buffers, each storage once.

    Those of a GPU go through the host's memory, with their device's name. Where they arrive
    the process's own device says what stands in for it (`devices.Device.place`).

    Everything above the storage (strides, parameters, subclasses, sparse layouts) is torch's
    own reduction, so it is what `torch.save` would keep, and gradients of leaves besides.
    """

    def __init__(self) -> None:
        self._storages: dict[int, Any] = {}

    def reduce(self, obj: Any) -> Any:
        torch = sys.modules["torch"]
        try:
            tensor, storages = torch.Tensor, torch.storage
        except AttributeError:  # torch is only half imported
            return NotImplemented
        if isinstance(obj, tensor):
            gradient = obj.grad if obj.is_leaf else None
            newer = type(obj) is tensor and obj.dtype in storages._new_dtypes()
            if gradient is None and not newer:
                return NotImplemented
            build, arguments = obj.__reduce_ex__(5)[:2]
            if newer and isinstance(arguments[0], storages.UntypedStorage):
                # What rebuilds these dtypes asks for a typed storage, as torch.load makes it.
                arguments = (_typed_storage(arguments[0], torch.uint8), *arguments[1:])
            if gradient is None:
                return build, arguments
            return build, arguments, gradient, None, None, _set_grad
        if isinstance(obj, storages.TypedStorage):
            return _typed_storage, (obj._untyped_storage, obj.dtype)
        if isinstance(obj, storages.UntypedStorage):
            return self._reduce_storage(obj)
        if isinstance(obj, torch.device):
            return NotImplemented if obj.type in HOST else (_device, (str(obj),))
        if isinstance(obj, torch.Generator) and obj.device.type not in HOST:
            state = bytes(obj.get_state().cpu().numpy())
            return _generator, (str(obj.device), obj.initial_seed(), state)
        return NotImplemented

    def _reduce_storage(self, storage: Any) -> Any:
        first = self._storages.setdefault(storage._cdata, storage)
        if first is not storage:
            return _same, (first,)
        if storage.nbytes() == 0:
            return _storage, (b"", tag_of(storage))
        on_host = storage if storage.device.type == "cpu" else storage.cpu()
        memory = _Memory(on_host, on_host.data_ptr(), on_host.nbytes())
        return _storage, (pickle.PickleBuffer(memory.buffer), tag_of(storage))


def _same(obj: Any) -> Any:
    return obj


def tag_of(storage: Any) -> str | None:
    """The name of the device a storage lies on (`cuda:0`); None: the CPU."""
    return None if storage.device.type == "cpu" else str(storage.device)


def _storage(buffer: Any, tag: str | None = None) -> Any:
    import torch

    place = "cpu" if tag is None else _place(tag)
    if len(buffer) == 0:
        return torch.UntypedStorage(0, device=place)
    storage = torch.frombuffer(buffer, dtype=torch.uint8).untyped_storage()
    return storage if place == "cpu" else storage.to(device=torch.device(place))


def _device(tag: str) -> Any:
    import torch

    return torch.device(_place(tag))


def _generator(tag: str, seed: int, state: bytes) -> Any:
    """With its state; on a device of another kind, whose state is another, with its seed."""
    import torch

    generator = torch.Generator(device=_place(tag))
    if generator.device.type == torch.device(tag).type:
        generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    else:
        generator.manual_seed(seed)
    return generator


def _place(tag: str) -> str:
    return placing.get(devices.current().place)(tag)


def _typed_storage(untyped: Any, dtype: Any) -> Any:
    import torch

    return torch.storage.TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)


def _set_grad(tensor: Any, grad: Any) -> None:
    tensor.grad = grad
