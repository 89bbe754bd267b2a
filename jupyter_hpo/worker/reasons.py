"""Why an object can't travel: the part of it that can't, and what to do, in a sentence."""

from __future__ import annotations

import collections
import functools
import io
import itertools
import re
import socket
import sqlite3
import threading
import types
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from . import pickling

DEPTH = 6
ITEMS = 1000

_LOCKS = tuple(
    {type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Event}
)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((io.StringIO, io.BytesIO), ""),
    (io.IOBase, "an open file: open it inside the cell"),
    (_LOCKS, "a lock: create it inside the cell"),
    (threading.Semaphore, "a semaphore: create it inside the cell"),
    (threading.Thread, "a running thread: start it inside the cell"),
    (threading.local, "a thread-local: create it inside the cell"),
    (types.AsyncGeneratorType, "a generator, which can't be copied: create it inside the cell"),
    (types.GeneratorType, "a generator, which can't be copied: create it inside the cell"),
    (types.CoroutineType, "a coroutine, which can't be copied: create it inside the cell"),
    (socket.socket, "an open socket: connect inside the cell"),
    (sqlite3.Connection, "an open SQLite connection: connect inside the cell"),
    (sqlite3.Cursor, "an SQLite cursor: connect inside the cell"),
    (types.FrameType, "a frame of running code: don't keep it in a variable"),
    (types.TracebackType, "a traceback: don't keep it in a variable"),
)
_NAMED: dict[str, str] = {
    "mmap.mmap": "a file mapped into memory: map it inside the cell, or use numpy.memmap",
    "subprocess.Popen": "a running program: start it inside the cell",
    "tempfile._TemporaryFileWrapper": "an open file: open it inside the cell",
    "queue.SimpleQueue": "a queue between threads: create it inside the cell",
    "_queue.SimpleQueue": "a queue between threads: create it inside the cell",
    "queue.Queue": "a queue between threads: create it inside the cell",
    "concurrent.futures._base.Executor": "a pool of workers: create it inside the cell",
    "concurrent.futures._base.Future": "a result that is still to come: wait for it first",
    "multiprocessing.pool.Pool": "a pool of workers: create it inside the cell",
    "multiprocessing.process.BaseProcess": "a running process: start it inside the cell",
    "multiprocessing.queues.Queue": "a queue between processes: create it inside the cell",
    "multiprocessing.queues.SimpleQueue": "a queue between processes: create it inside the cell",
    "multiprocessing.synchronize.SemLock": "a lock between processes: create it inside the cell",
    "multiprocessing.connection._ConnectionBase": "an open pipe: open it inside the cell",
    "asyncio.events.AbstractEventLoop": "an event loop: get it inside the cell",
    "asyncio.futures.Future": "a task of the notebook's event loop: await it first",
    "_asyncio.Future": "a task of the notebook's event loop: await it first",
    "contextvars.ContextVar": "a context variable: create it inside the cell",
    "_contextvars.ContextVar": "a context variable: create it inside the cell",
    "_ctypes._Pointer": "a pointer into this process's memory: make it inside the cell",
    "ctypes.CDLL": "a loaded C library: load it inside the cell",
    "torch.utils.data.dataloader._BaseDataLoaderIter": (
        "a DataLoader that is being iterated: call `iter` or loop over it inside the cell"
    ),
    "torch.utils.tensorboard.writer.SummaryWriter": (
        "a TensorBoard writer: create it inside the cell"
    ),
    "h5py._hl.base.HLObject": "an open HDF5 file: open it inside the cell",
    "numpy.ufunc": "a function that numpy.frompyfunc made: make it inside the cell",
    "zmq.sugar.socket.Socket": "an open socket: connect inside the cell",
}
"""By the name of the class or a base of it, so that nothing is imported to look."""


class Nowhere(io.RawIOBase):
    """A file that only counts what is written to it."""

    size_bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        with memoryview(data) as view:
            self.size_bytes += view.nbytes
            return view.nbytes


def find(names: Mapping[str, Any], namespace: dict[str, Any]) -> dict[str, str]:
    """Each name that can't travel when pickled alone, with its reason."""
    found = {}
    for name, value in names.items():
        error = failure(value, namespace)
        if error is not None:
            found[name] = explain(name, value, namespace, error)
    return found


def failure(value: Any, namespace: dict[str, Any]) -> Exception | None:
    """The exception that pickling the value raises, or None."""
    try:
        pickler = pickling.Pickler(Nowhere(), namespace, lambda buffer: False, ())
        pickler.dump(value)
    except Exception as error:
        return error
    return None


def explain(name: str, value: Any, namespace: dict[str, Any], error: Exception) -> str:
    """Follow the failing part down to where it can be named."""
    path: list[str] = []
    seen: set[int] = set()
    where = f"`{name}`"
    while len(path) < DEPTH and not kind(value):
        seen.add(id(value))
        for how, part in _parts(value, namespace):
            if id(part) in seen:
                continue
            deeper = failure(part, namespace)
            if deeper:
                path.append(f"{where} {how}")
                value, error, where = part, deeper, "which"
                break
        else:
            break
    what = kind(value) or sentence(error)
    return f"it is {what}." if not path and kind(value) else f"{', '.join([*path, what])}."


def kind(value: Any) -> str:
    """What the value is and what to do, when it is of a kind known not to travel."""
    for types_, what in _KINDS:
        if isinstance(value, types_):
            return what
    for base in type(value).__mro__:
        what = _NAMED.get(f"{base.__module__}.{base.__qualname__}", "")
        if what:
            return what
    return ""


def sentence(error: Exception) -> str:
    """A pickling error as a reason."""
    if isinstance(error, pickling.CannotTravel):
        return str(error)
    text = str(error).strip().splitlines()[0][:200] if str(error).strip() else ""
    if isinstance(error, RecursionError) or "recursion" in text:
        return "it is nested too deeply to be copied: build it inside the cell"
    unknown = re.match(r"cannot pickle '(.+)' object", text)
    if unknown:
        return f"a `{unknown[1]}`, which Python can't copy: create it inside the cell"
    return f"{type(error).__name__}: {text} (create it inside the cell)"


def _parts(value: Any, namespace: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, types.MethodType):
        yield "is a method of an object", value.__self__
        value = value.__func__
    if isinstance(value, types.FunctionType):
        for name in _global_names(value.__code__):
            if name in value.__globals__:
                part = value.__globals__[name]
                if not pickling.is_hidden(name, part):
                    yield f"uses the global `{name}`", part
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=False):
            try:
                yield f"holds the variable `{name}`", cell.cell_contents
            except ValueError:  # not assigned yet
                continue
        for part in (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()):
            yield "has a default value", part
        return
    if isinstance(value, weakref.ref):
        yield "refers to an object", value()
        return
    if isinstance(value, functools.partial):
        yield "calls a function", value.func
        for part in (*value.args, *value.keywords.values()):
            yield "has an argument", part
    if isinstance(value, type):
        for name, part in vars(value).items():
            if name not in ("__dict__", "__weakref__", "__doc__", "__module__"):
                part = part.__func__ if isinstance(part, staticmethod | classmethod) else part
                yield f"has the attribute `{name}`", part
        return
    if isinstance(value, Mapping):
        for number, (key, part) in enumerate(value.items()):
            if number < ITEMS:
                yield f"holds in [{key!r:.40}]", part
    elif isinstance(value, list | tuple | set | frozenset | collections.deque):
        numbered = not isinstance(value, set | frozenset)
        for number, part in enumerate(itertools.islice(value, ITEMS)):
            yield f"holds in [{number}]" if numbered else "holds", part
    for name, part in _attributes(value):
        yield f"has the attribute `{name}`", part
    if (
        isinstance(getattr(type(value), "__module__", None), str)
        and type(value).__module__ == "__main__"
    ):
        yield f"is of the class `{type(value).__name__}`", type(value)


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(value, "__dict__", {}).items()
    for base in type(value).__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                yield name, getattr(value, name)


def _global_names(code: types.CodeType) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names += _global_names(constant)
    return list(dict.fromkeys(names))
