"""A worker that runs trial after trial, each on a private mapping of the snapshot of its own.

For GPUs, where the device's context takes seconds to make (a worker is bound to the device of
its first trial, before it unpickles what lies on it), and wherever starting a process for
each trial is too dear. Each trial unpickles the notebook afresh, so objects are its own as they
are in a forked child; what it does to the process itself is undone by `Guard`, and where that
can't be done the worker leaves and another takes its place.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudpickle import cloudpickle as internals

from ..cell.captured import CellProgram
from ..cell.program import text_of
from ..study.trial import TrialError
from ..study.trial_events import Failed, Started, TrialSpec
from . import child, devices, shell, snapshot
from .exhausted import exhausted
from .guard import Guard
from .trial import Setting
from .wire import Wire


@dataclass(frozen=True)
class Anew:
    """The snapshot's file, unpickled for every trial. fd: inherited by the worker. plan: of
    the devices, when the trials are to use one."""

    fd: int
    program: CellProgram
    names: tuple[str, ...]
    plan: devices.Plan | None = None

    def placed(self) -> child.Source:
        return self  # each trial sets them itself

    def trials(self, wire: Wire) -> Iterator[tuple[TrialSpec, Setting, dict[str, Any]]]:
        guard = None
        while True:
            # With a device, the trial says where its objects are to lie.
            spec = child.next_trial(wire) if self.plan is not None else None
            try:
                if guard is None:
                    devices.attach(spec.device if spec else None, self.plan)
                    guard = Guard()
            except Exception as error:
                _cannot_begin(wire, spec, error)
                return
            main = types.ModuleType("__main__")
            namespace = main.__dict__
            namespace["__builtins__"] = __builtins__
            sys.modules["__main__"] = main
            try:
                state = snapshot.load_snapshot(self.fd, namespace)
            except Exception as error:
                _cannot_begin(wire, spec, error)
                return
            shell.offer(namespace, now=shell.wanted(text_of(self.program)))
            spec = spec or child.next_trial(wire)
            yield spec, Setting(self.program, state, frozenset(self.names)), namespace
            child.redirect_output(None)
            namespace.clear()
            del main, namespace
            _forget_classes()
            why = guard.restore()
            gc.collect()
            why = why or devices.current().release()
            gc.freeze()  # what is left is never garbage: don't look at it again
            why = why or guard.grown()
            if why:
                wire.send(("leaving", why))
                return


@dataclass(frozen=True)
class Late:
    """The snapshot's file, unpickled by each forked worker for its one trial: for objects that
    start threads as they are made, which no fork survives (`computing`)."""

    fd: int
    program: CellProgram
    names: tuple[str, ...]

    def placed(self) -> child.Source:
        return self  # each trial sets them itself

    def trials(self, wire: Wire) -> Iterator[tuple[TrialSpec, Setting, dict[str, Any]]]:
        namespace = sys.modules["__main__"].__dict__
        try:
            state = snapshot.load_snapshot(self.fd, namespace)
        except Exception as error:
            _cannot_begin(wire, None, error)
            return
        shell.offer(namespace, now=shell.wanted(text_of(self.program)))
        spec = child.next_trial(wire)
        yield spec, Setting(self.program, state, frozenset(self.names)), namespace


def _cannot_begin(wire: Wire, spec: TrialSpec | None, error: Exception) -> None:
    """No memory for the notebook's objects, a device's or the machine's, fails this trial only;
    whatever else is wrong with them is wrong for every trial."""
    memory = exhausted(error)
    if memory is None:
        wire.send(("problem", child.cannot_load(error)))
        return
    spec = spec or child.next_trial(wire)
    message = f"no memory for the notebook's objects: {str(error).partition(chr(10))[0]}"
    wire.send(Started(spec.number, os.getpid(), time.time()))
    wire.send(Failed(spec.number, TrialError(memory, message)))
    wire.send(("leaving", "it could not begin."))


def _forget_classes() -> None:
    """cloudpickle gives a class that it has made before again, with what the last trial has
    done to it; the next trial gets its own."""
    internals._DYNAMIC_CLASS_TRACKER_BY_ID.clear()
    internals._DYNAMIC_CLASS_TRACKER_BY_CLASS.clear()
