"""A worker that runs trial after trial, each on a private mapping of the snapshot of its own.

For GPUs, where the device's context takes seconds to make, and wherever starting a process for
each trial is too dear. Each trial unpickles the notebook afresh, so objects are its own as they
are in a forked child; what it does to the process itself is undone by `Guard`, and where that
can't be done the worker leaves and another takes its place.
"""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudpickle import cloudpickle as internals

from ..cell.captured import CellProgram
from . import child, shell, snapshot
from .guard import Guard
from .trial import Setting
from .wire import Wire


@dataclass(frozen=True)
class Anew:
    """The snapshot's file, unpickled for every trial. fd: inherited by the worker."""

    fd: int
    program: CellProgram
    names: tuple[str, ...]

    def notebooks(self, wire: Wire) -> Iterator[tuple[Setting, dict[str, Any]]]:
        guard = Guard()
        while True:
            main = types.ModuleType("__main__")
            namespace = main.__dict__
            namespace["__builtins__"] = __builtins__
            sys.modules["__main__"] = main
            try:
                state = snapshot.load_snapshot(self.fd, namespace)
            except Exception as error:
                wire.send(("problem", child.cannot_load(error)))
                return
            shell.offer(namespace, now=shell.wanted(self.program.source))
            yield Setting(self.program, state, frozenset(self.names)), namespace
            child.redirect_output(None)
            namespace.clear()
            del main, namespace
            _forget_classes()
            why = guard.restore()
            gc.collect()
            gc.freeze()  # what is left is never garbage: don't look at it again
            why = why or guard.grown()
            if why:
                wire.send(("leaving", why))
                return


def _forget_classes() -> None:
    """cloudpickle gives a class that it has made before again, with what the last trial has
    done to it; the next trial gets its own."""
    internals._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
    internals._DYNAMIC_CLASS_TRACKER_BY_CLASS.clear()
