"""What can't travel to a worker is named before the first trial: the reason, and what to do."""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import contextvars
import ctypes
import functools
import mmap
import multiprocessing
import os
import queue
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import weakref

import numpy as np
import pytest

from jupyter_hpo.errors import SnapshotError
from jupyter_hpo.worker.snapshot import load_snapshot, take_snapshot

spawn = multiprocessing.get_context("spawn")


def a_frame():
    return sys._getframe()


def a_traceback():
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def a_program():
    program = subprocess.Popen([sys.executable, "-c", ""])
    program.wait()
    return program


class Connection:
    """As database drivers in C have it: no state that could be pickled."""

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle 'psycopg.Connection' object")


class Deep:
    __slots__ = ("inner",)

    def __init__(self, inner):
        self.inner = inner


def a_loader_s_iterator():
    torch = pytest.importorskip("torch")
    return iter(torch.utils.data.DataLoader(range(4)))


def case(make, what, fix="inside the cell", close=None):
    return make, what, fix, close


CASES = {
    "file": case(lambda: open(os.devnull), "an open file", "open it inside", "close"),  # noqa: SIM115
    "temporary": case(tempfile.NamedTemporaryFile, "an open file", "open it inside", "close"),
    "lock": case(threading.Lock, "a lock"),
    "condition": case(threading.Condition, "a lock"),
    "semaphore": case(threading.Semaphore, "a semaphore"),
    "thread": case(threading.Thread, "a running thread", "start it inside the cell"),
    "local": case(threading.local, "a thread-local"),
    "sock": case(socket.socket, "an open socket", "connect inside the cell", "close"),
    "rows": case(lambda: (i for i in range(3)), "a generator"),
    "base": case(lambda: sqlite3.connect(":memory:"), "an open SQLite connection", close="close"),
    "cursor": case(lambda: sqlite3.connect(":memory:").cursor(), "an SQLite cursor"),
    "threads": case(
        lambda: concurrent.futures.ThreadPoolExecutor(1), "a pool of workers", close="shutdown"
    ),
    "pool": case(spawn.Pool, "a pool of workers", close="terminate"),
    "shared": case(spawn.Lock, "a lock between processes"),
    "todo": case(queue.Queue, "a queue between threads"),
    "loop": case(asyncio.new_event_loop, "an event loop", "get it inside the cell", "close"),
    "frame": case(a_frame, "a frame of running code", "don't keep it in a variable"),
    "trace": case(a_traceback, "a traceback", "don't keep it in a variable"),
    "mapped": case(lambda: mmap.mmap(-1, 10), "a file mapped into memory", close="close"),
    "program": case(a_program, "a running program", "start it inside the cell"),
    "pointer": case(lambda: ctypes.pointer(ctypes.c_int(1)), "a pointer"),
    "library": case(lambda: ctypes.CDLL(None), "a loaded C library", "load it inside the cell"),
    "context": case(lambda: contextvars.ContextVar("v"), "a context variable"),
    "batches": case(a_loader_s_iterator, "a DataLoader that is being iterated"),
    "ufunc": case(lambda: np.frompyfunc(lambda a: a, 1, 1), "a function that numpy.frompyfunc"),
    "driver": case(Connection, "a `psycopg.Connection`, which Python can't copy"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_can_not_travel_is_named(name):
    make, what, fix, close = CASES[name]
    value = make()
    try:
        with pytest.raises(SnapshotError) as caught:
            take_snapshot({name: value, "fine": 1}, namespace={})
    finally:
        if close:
            getattr(value, close)()
    assert list(caught.value.reasons) == [name]
    reason = caught.value.reasons[name]
    assert reason.startswith((f"it is {what}", what)), reason
    assert fix in reason


KEPT: dict[str, object] = {}
HOLDERS = {
    "a lambda's default": (lambda lock: lambda v=lock: v, "has a default value"),
    "a closure": (lambda lock: lambda: lock, "holds the variable `lock`"),
    "a partial": (lambda lock: functools.partial(print, lock), "has an argument"),
    "a slot": (Deep, "has the attribute `inner`"),
    "a deep attribute": (
        lambda lock: Deep({"a": [Deep(lock)]}),
        "has the attribute `inner`, which holds in ['a'], which holds in [0], "
        "which has the attribute `inner`",
    ),
    "a deque": (lambda lock: collections.deque([1, lock]), "holds in [1]"),
    "a weak reference": (
        lambda lock: weakref.ref(KEPT.setdefault("lock", lock)),
        "refers to an object, a lock",
    ),
    "a method": (lambda lock: functools.partial(Deep(lock).__init__).func, "is a method"),
}


@pytest.mark.parametrize("how", HOLDERS)
def test_what_holds_it_is_followed_down(how):
    make, said = HOLDERS[how]
    with pytest.raises(SnapshotError) as caught:
        take_snapshot({"holder": make(threading.Lock())}, namespace={})
    reason = caught.value.reasons["holder"]
    assert said in reason
    assert reason.endswith("a lock: create it inside the cell."), reason


def test_the_notebook_s_stdout_becomes_the_worker_s(monkeypatch):
    snapshot = take_snapshot({"out": sys.stdout, "err": sys.stderr}, namespace={})
    theirs = object()
    monkeypatch.setattr(sys, "stderr", theirs)
    worker = {}
    load_snapshot(snapshot.fd, worker)
    snapshot.close()
    assert worker == {"out": sys.stdout, "err": theirs}


def test_what_can_travel_is_not_blamed():
    class Holder:
        def __init__(self):
            self.add, self.out, self.lock = np.add, sys.stdout, threading.Lock()

    with pytest.raises(SnapshotError) as caught:
        take_snapshot({"holder": Holder()}, namespace={})
    assert caught.value.reasons["holder"].startswith("`holder` has the attribute `lock`, a lock")
