"""Objects to a file and back: one pickle, its large buffers beside it, aligned.

File: pickle | regions | index | trailer. Buffers that overlap in memory (views of one array,
tensors that share a storage, `torch.from_numpy`) become one region, so views stay views and
nothing is written twice. Read through a private mapping, arrays and CPU tensors are there
without a copy, and writable.

Functions whose globals are the notebook's namespace find the reader's namespace as their
globals; names they refer to are added to it where it has none of that name.
"""

from __future__ import annotations

import bisect
import ctypes
import io
import linecache
import pickle
import re
import struct
import sys
import types
import weakref
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any

import cloudpickle
from cloudpickle import cloudpickle as internals

from . import arrays, computing, definitions, kinds, mapped

OUT_OF_BAND_BYTES = 4096
PAGE_ALIGNED_BYTES = 64 * 1024
MAGIC = b"jhpo-v1\n"
TRAILER = struct.Struct("<8sQQQ")
HIDDEN = frozenset(["get_ipython", "In", "Out", "exit", "quit", "open", "display"])
"""Names that IPython puts into the notebook's namespace; they never travel."""

_namespace: ContextVar[dict[str, Any]] = ContextVar("jupyter_hpo_namespace")
# Classes whose definition this process has: their attributes are not to be overwritten by a
# copy that comes back from a trial.
_known_classes: weakref.WeakSet[type] = weakref.WeakSet()


class CannotTravel(Exception):
    """Raised while pickling; the message is the reason for the person."""


class TooLarge(Exception):
    """The file would exceed its limit."""


_NUMBERED = re.compile(r"_+|_i{1,3}|_i?\d+|_[iod]h|_sh|_exit_code")
_OF_MODULES = re.compile(r"__(name|doc|package|loader|spec|file|builtins?|annotations|session)__")


def is_hidden(name: str, value: Any) -> bool:
    """Whether name is IPython's or the module's own (`In`, `_`, `_i3`, `__name__`, ...)."""
    if name in ("In", "Out"):
        return type(value) in (list, dict)
    if name in HIDDEN:
        return str(getattr(value, "__module__", "")).startswith(("IPython", "ipykernel"))
    return bool(_NUMBERED.fullmatch(name) or _OF_MODULES.fullmatch(name))


def _current_namespace() -> dict[str, Any]:
    return _namespace.get()


class _NamespaceMarker:
    """Stands for the notebook's namespace wherever a function has it as its globals."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _current_namespace, ()


def _set_function(function: types.FunctionType, state: tuple[Any, Any]) -> None:
    attributes, slots = state
    for name, value in slots["__globals__"].items():
        function.__globals__.setdefault(name, value)
    slots["__globals__"] = {}
    internals._function_setstate(function, (attributes, slots))


def _set_class(cls: type, state: Any) -> type:
    if cls not in _known_classes:
        _known_classes.add(cls)
        internals._class_setstate(cls, state)
    return cls


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle's, with the notebook's namespace by reference and buffers kept whole.

    known: names the reader has already; they don't travel as globals of functions.
    """

    def __init__(
        self, file: Any, namespace: dict[str, Any], buffer_callback: Any, known: Collection[str]
    ) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffer_callback)
        self.globals_ref[id(namespace)] = _NamespaceMarker()
        self.namespace, self.known = namespace, known
        self.tensors = arrays.TensorReducer()
        self.kinds = kinds.KindReducer()
        self.mapped = mapped.MappedReducer()
        self.code_files: set[str] = set()
        self.computing = computing.Computing()

    def reducer_override(self, obj: Any) -> Any:
        kind = type(obj)
        self.computing.look(kind)
        if kind is types.CellType:
            return definitions.reduce_cell(obj)
        if kind.__module__ == "numpy":
            reduced = self.mapped.reduce(obj)
            return arrays.reduce_ndarray(obj) if reduced is NotImplemented else reduced
        if isinstance(obj, io.IOBase) and not isinstance(obj, io.StringIO | io.BytesIO):
            for name in ("stdout", "stderr"):
                if obj is getattr(sys, name):
                    return getattr, (sys, name)  # the worker's own
            raise CannotTravel("an open file: open it inside the cell")
        if "torch" in sys.modules:
            reduced = self.tensors.reduce(obj)
            if reduced is not NotImplemented:
                return reduced
        reduced = self.kinds.reduce(obj)
        if reduced is not NotImplemented:
            return reduced
        reduced = super().reducer_override(obj)
        if reduced is NotImplemented or isinstance(reduced, str):
            return reduced
        if isinstance(obj, types.FunctionType) and len(reduced) == 6:
            reduced = definitions.with_own_cells(obj, reduced)
            self.code_files.add(obj.__code__.co_filename)
            if obj.__globals__ is self.namespace:
                slots = reduced[2][1]
                slots["__globals__"] = {
                    name: value
                    for name, value in slots["__globals__"].items()
                    if name not in self.known and not is_hidden(name, value)
                }
                return (*reduced[:5], _set_function)
        elif len(reduced) == 6 and reduced[5] is internals._class_setstate:
            _known_classes.add(obj)
            return (*definitions.with_slots(obj, reduced)[:5], _set_class)
        return reduced


class _Output:
    """Counts what is written and holds the limit; write() takes everything or raises."""

    def __init__(self, raw: io.RawIOBase, limit_bytes: int | None) -> None:
        self.raw, self.limit_bytes, self.position = raw, limit_bytes, 0

    def write(self, data: Any) -> int:
        with memoryview(data) as view, view.cast("B") as octets:
            total = octets.nbytes
            if self.limit_bytes is not None and self.position + total > self.limit_bytes:
                raise TooLarge
            done = 0
            while done < total:
                done += self.raw.write(octets[done : done + (1 << 30)]) or 0
            self.position += total
        return total

    def pad_to(self, alignment: int, remainder: int = 0) -> None:
        self.write(bytes((remainder - self.position) % alignment))


def dump(
    obj: Any,
    raw: io.RawIOBase,
    *,
    namespace: dict[str, Any],
    known: Collection[str] = (),
    limit_bytes: int | None = None,
    late: set[str] | None = None,
) -> dict[str, list[str]]:
    """Write obj to raw, an unbuffered file at its beginning.

    Returns the source lines of the functions that travelled, by file name, as far as
    `linecache` holds them and no file on disk does (cells). late: gets the modules of objects
    that may only be unpickled where nothing is forked any more (`computing`). Raises whatever
    pickling raises, CannotTravel, TooLarge beyond limit_bytes, OSError when the file can't be
    written.
    """
    output = _Output(raw, limit_bytes)
    views: list[memoryview] = []

    def aside(buffer: pickle.PickleBuffer) -> bool:
        view = buffer.raw()
        if view.nbytes < OUT_OF_BAND_BYTES and not (view.nbytes and arrays.is_view(view.obj)):
            return True
        views.append(view)
        return False

    pickler = Pickler(output, namespace, aside, known)
    pickler.dump(obj)
    if late is not None:
        late |= pickler.computing.found
    pickle_size = output.position
    places = _write_regions(output, views)
    index_at = output.position
    index = pickle.dumps(places)
    output.write(index)
    output.write(TRAILER.pack(MAGIC, pickle_size, index_at, len(index)))
    return _sources(pickler.code_files)


def _write_regions(output: _Output, views: list[memoryview]) -> list[tuple[int, int]]:
    """Write every view once, overlapping ones together; returns (offset, size) of each.

    A thin view is put where its elements are already, or written without what lies between.
    """
    spans = [(arrays.address(view), view.nbytes) for view in views]
    places: list[tuple[int, int]] = [(0, 0)] * len(views)
    thin = [i for i, view in enumerate(views) if arrays.is_thin(view.obj)]
    order = sorted(set(range(len(views))).difference(thin), key=lambda i: spans[i])
    regions: list[tuple[int, int, int]] = []  # start, end, position in the file
    first = 0
    while first < len(order):
        start, end = spans[order[first]][0], sum(spans[order[first]])
        last = first + 1
        while last < len(order) and spans[order[last]][0] < end:
            end = max(end, sum(spans[order[last]]))
            last += 1
        if last == first + 1:
            output.pad_to(4096 if end - start >= PAGE_ALIGNED_BYTES else 64)
            at = output.position
            output.write(views[order[first]])
        else:
            # As aligned as it was, so that every view in it is. Each byte between start and
            # end belongs to a view held in `views`.
            output.pad_to(4096, start % 4096)
            at = output.position
            output.write((ctypes.c_char * (end - start)).from_address(start))
        for i in order[first:last]:
            places[i] = (at + spans[i][0] - start, spans[i][1])
        regions.append((start, end, at))
        first = last
    starts = [region[0] for region in regions]
    for i in thin:
        start, size = spans[i]
        near = bisect.bisect_right(starts, start) - 1
        if near >= 0 and start + size <= regions[near][1]:
            places[i] = (regions[near][2] + start - regions[near][0], size)
        else:
            output.pad_to(64)
            places[i] = (output.position, output.write(arrays.compact(views[i].obj)))
    return places


def load(memory: memoryview, namespace: dict[str, Any]) -> Any:
    """The object; its large arrays use `memory` itself, and are writable where that is."""
    magic, pickle_size, index_at, index_size = TRAILER.unpack(memory[-TRAILER.size :])
    if magic != MAGIC:
        raise pickle.UnpicklingError("it was not written by this version of jupyter_hpo")
    places = pickle.loads(memory[index_at : index_at + index_size])
    token = _namespace.set(namespace)
    try:
        return pickle.loads(
            memory[:pickle_size], buffers=[memory[at : at + size] for at, size in places]
        )
    finally:
        _namespace.reset(token)


def _sources(filenames: Collection[str]) -> dict[str, list[str]]:
    found = {}
    for name in filenames:
        entry: Any = linecache.cache.get(name)
        if entry is not None and len(entry) == 4 and entry[1] is None:
            found[name] = list(entry[2])
    return found


def register_sources(sources: Mapping[str, list[str]]) -> None:
    """Let tracebacks and `inspect.getsource` find the cells' lines."""
    for name, lines in sources.items():
        linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
