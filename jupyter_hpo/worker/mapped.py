"""Arrays that map a file (`numpy.memmap`): the file is mapped again, nothing is copied.

Where they arrive the mapping is private: writable, and the file stays as it is.
"""

from __future__ import annotations

import mmap
import os
import sys
from typing import Any


class MappedReducer:
    """Reduces memory-mapped arrays and the views that look into them; one per pickle."""

    def __init__(self) -> None:
        self._files: dict[int, tuple[Any, _File]] = {}

    def reduce(self, obj: Any) -> Any:
        """As `reducer_override`: NotImplemented for everything but such arrays, and for those
        whose file is gone, so that their elements travel."""
        numpy = sys.modules["numpy"]
        if type(obj) not in (numpy.ndarray, numpy.memmap) or obj.dtype.hasobject:
            return NotImplemented
        root = obj
        while isinstance(root, numpy.ndarray) and not isinstance(root, numpy.memmap):
            root = root.base
        if root is None or getattr(root, "_mmap", None) is None or root.filename is None:
            return NotImplemented
        if not os.path.isfile(root.filename):
            return NotImplemented
        memory = numpy.frombuffer(root._mmap, numpy.uint8)
        offset = obj.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
        start = root.offset - root.offset % mmap.ALLOCATIONGRANULARITY
        file = _File(os.fspath(root.filename), start, memory.nbytes)
        _, file = self._files.setdefault(id(root._mmap), (root._mmap, file))
        about = None
        if type(obj) is numpy.memmap:
            about = {"filename": root.filename, "offset": root.offset, "mode": root.mode}
        layout = (obj.dtype, obj.shape, obj.strides, offset, bool(obj.flags.writeable))
        return _mapped, (file, about, *layout)


class _File:
    """A file's mapping, made once where it arrives."""

    mapping: mmap.mmap | None = None

    def __init__(self, path: str, start: int, size_bytes: int) -> None:
        self.path, self.start, self.size_bytes = path, start, size_bytes

    def map(self) -> mmap.mmap:
        if self.mapping is None:
            with open(self.path, "rb") as file:
                self.mapping = mmap.mmap(
                    file.fileno(), self.size_bytes, access=mmap.ACCESS_COPY, offset=self.start
                )
        return self.mapping


def _mapped(
    file: _File, about: dict[str, Any] | None, dtype: Any, shape: Any, strides: Any, offset: int,
    writeable: bool,
) -> Any:  # fmt: skip
    import numpy

    mapping = file.map()
    kind = numpy.ndarray if about is None else numpy.memmap
    array: Any = numpy.ndarray.__new__(kind, shape, dtype, mapping, offset, strides)
    if about is not None:
        vars(array).update(about, _mmap=mapping)
    if not writeable:
        array.flags.writeable = False
    return array
