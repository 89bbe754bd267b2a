"""NumPy arrays and torch tensors as buffers: no copy, sharing kept, neither imported here."""

from __future__ import annotations

import ctypes
import pickle
import sys
from typing import Any

STRIDED_BYTES = 4096


def is_view(owner: Any) -> bool:
    """Whether a buffer's owner is an array that looks into another one."""
    numpy = sys.modules.get("numpy")
    return (
        numpy is not None
        and isinstance(owner, numpy.ndarray)
        and isinstance(owner.base, numpy.ndarray)
    )


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
        or obj.nbytes < STRIDED_BYTES
    ):
        return NotImplemented
    steps = [(n - 1) * s for n, s in zip(obj.shape, obj.strides, strict=True)]
    before = -sum(s for s in steps if s < 0)
    span = before + sum(s for s in steps if s > 0) + obj.itemsize
    if span > 2 * obj.nbytes:  # a thin view: its own elements are less than what it spans
        return NotImplemented if obj.nbytes < STRIDED_BYTES else _contiguous(obj)
    start = obj.__array_interface__["data"][0] - before
    memory = _Memory(obj, start, span)
    arguments = (obj.dtype, obj.shape, obj.strides, before, bool(obj.flags.writeable))
    return _strided, (pickle.PickleBuffer(memory.buffer), *arguments)


def _contiguous(obj: Any) -> Any:
    copy = obj.copy(order="C")
    return _strided, (
        pickle.PickleBuffer(copy.reshape(-1).view("u1")),
        obj.dtype,
        obj.shape,
        copy.strides,
        0,
        bool(obj.flags.writeable),
    )


def _strided(
    buffer: Any, dtype: Any, shape: Any, strides: Any, offset: int, writeable: bool
) -> Any:
    import numpy

    array = numpy.ndarray(shape, dtype, buffer=buffer, offset=offset, strides=strides)
    if not writeable:
        array.flags.writeable = False
    return array


class _Memory:
    """A stretch of another object's memory as a buffer that keeps the object alive."""

    def __init__(self, owner: Any, start: int, size: int) -> None:
        self.buffer = (ctypes.c_char * size).from_address(start)
        self.buffer.owner = owner  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------- torch


class TensorReducer:
    """Reduces the storages of CPU tensors to buffers, each storage once.

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
        return NotImplemented

    def _reduce_storage(self, storage: Any) -> Any:
        from .pickling import CannotTravel

        if storage.device.type != "cpu":
            raise CannotTravel(
                f"a tensor on {storage.device}: move it to the CPU first (`.cpu()`), and to the "
                "device inside the cell"
            )
        first = self._storages.setdefault(storage._cdata, storage)
        if first is not storage:
            return _same, (first,)
        if storage.nbytes() == 0:
            return _storage, (b"",)
        memory = _Memory(storage, storage.data_ptr(), storage.nbytes())
        return _storage, (pickle.PickleBuffer(memory.buffer),)


def _same(obj: Any) -> Any:
    return obj


def _storage(buffer: Any) -> Any:
    import torch

    if len(buffer) == 0:
        return torch.UntypedStorage(0)
    return torch.frombuffer(buffer, dtype=torch.uint8).untyped_storage()


def _typed_storage(untyped: Any, dtype: Any) -> Any:
    import torch

    return torch.storage.TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)


def _set_grad(tensor: Any, grad: Any) -> None:
    tensor.grad = grad
