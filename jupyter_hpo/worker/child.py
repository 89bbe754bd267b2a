"""The process of a worker, from the fork in the helper to its `os._exit`.

A worker is forked before its trial is known, and waits for it. Forked with the notebook's
objects in place (`Once`) it runs one trial and ends; a reusable one (`reuse.Anew`) unpickles
them anew for each.

From the kernel: ("trial", TrialSpec), then (answer, path) as the trial asks, or while it waits
("copy", TrialSpec)+[the copy's socket]. To it: the trial's events, a list of modules that it
imported, ("problem", sentence), and from a reusable one ("leaving", sentence) when it ends of its
own accord; over a copy's socket first ("copied", pid) or ("uncopied", sentence).
"""

from __future__ import annotations

import ctypes
import gc
import io
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NoReturn, Protocol

from ..study.trial_events import Answer, Failed, Finished, Stopped, TrialEvent, TrialSpec
from . import copying, leaving, randomness
from .installed import is_installed
from .orphans import mark
from .threads import use_threads
from .trial import Setting, Trial
from .wire import Closed, Wire

PR_SET_PDEATHSIG = 1
OOM_SCORE = "500"
LIBC = ctypes.CDLL(None)


class Source(Protocol):
    """Where a worker's trials find the notebook as it stood."""

    def trials(self, wire: Wire) -> Iterator[tuple[TrialSpec, Setting, dict[str, Any]]]:
        """The trials that this process runs, each with its setting and its namespace, as the
        kernel sends them (`next_trial`); between two of them the source cleans up."""

    def placed(self) -> Source:
        """In the helper: the source with this process's random states made the trials'."""


@dataclass(frozen=True)
class Once:
    """The objects that the helper has unpickled, inherited by the fork: good for one trial."""

    setting: Setting
    namespace: dict[str, Any]

    def placed(self) -> Source:
        self.setting.place(self.setting.seed)
        return replace(self, setting=replace(self.setting, placed=randomness.capture()))

    def trials(self, wire: Wire) -> Iterator[tuple[TrialSpec, Setting, dict[str, Any]]]:
        yield next_trial(wire), self.setting, self.namespace


@dataclass(frozen=True)
class Inherited:
    """What the helper leaves to its workers. modules: how many it has imported; what a trial
    imports besides is told at its end, so that the helper imports it once for all."""

    source: Source
    helper_pid: int
    threads: int
    modules: int


class SocketChannel:
    """A trial's channel to the kernel: its worker's end of a socket pair. known: how many of
    the modules, in the order of their import, need not be told."""

    def __init__(self, wire: Wire, known: int, helper_pid: int = 0) -> None:
        self.wire, self.known, self.helper_pid = wire, known, helper_pid
        self.become: Callable[[TrialSpec], None] = lambda spec: None

    def send(self, event: TrialEvent) -> None:
        try:
            if isinstance(event, Finished | Failed | Stopped):
                self._tell_imports()  # before its slot is free for a worker that lacks them
            self.wire.send(event)
        except Closed:
            self.give_up()

    def answer(self) -> tuple[Answer, str | None]:
        while True:
            try:
                (answer, content), fds = self.wire.receive()
            except Closed:
                self.give_up()
            if answer != "copy":
                return Answer(answer), content
            self._copy(content, fds[0])

    def _copy(self, spec: TrialSpec, fd: int) -> None:
        """Copy this process; the copy goes on waiting, for an answer of its own."""
        wire = Wire(socket.socket(fileno=fd))
        why, is_copy = copying.why_not(), False
        if not why:
            try:
                is_copy = copying.fork_copy(self.helper_pid, lambda: _die_with(self.helper_pid))
            except OSError as error:
                why = f"no process could be started for it ({error.strerror or error})"
        if not is_copy:
            with suppress(Closed):
                if why:
                    wire.send(("uncopied", f"trial {spec.parent} could not be copied: {why}."))
            wire.close()
            return
        self.wire.close()
        self.wire = wire
        divert_output(spec.log_path)
        try:
            wire.send(("copied", os.getpid()))
        except Closed:
            self.give_up()
        self.become(spec)

    def _tell_imports(self) -> None:
        # Only the names at the end are looked at: each of the thousands before would be a
        # page of the helper's copied, for its reference count.
        names = list(islice(reversed(sys.modules), max(0, len(sys.modules) - self.known)))
        imported = [name for name in reversed(names) if is_installed(name)]
        self.known = len(sys.modules)
        if imported and threading.active_count() == 1:  # a module's thread can't be forked
            self.wire.send(imported)

    def give_up(self) -> NoReturn:
        leave(0)  # an exception could be swallowed by the cell


def live(wire: Wire, inherited: Inherited) -> NoReturn:
    """Everything a forked worker does."""
    code = 70
    channel = SocketChannel(wire, inherited.modules, inherited.helper_pid)
    try:
        _own_process(inherited.helper_pid)
        leaving.begin()
        use_threads(inherited.threads)
        gc.enable()
        for spec, setting, namespace in inherited.source.trials(wire):
            redirect_output(spec.log_path)
            if spec.threads is not None:
                use_threads(spec.threads, anew=True)
            trial = Trial(setting, spec, namespace, channel)
            channel.become = trial.become
            trial.run()
        leaving.finish()
        code = 0
    except Closed:
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        leave(code)


def next_trial(wire: Wire) -> TrialSpec:
    """Wait for the trial that the kernel sends; an answer that the one before did not wait for
    is passed over. Raises Closed when none is to come."""
    while True:
        (what, content), _ = wire.receive()
        if what == "trial":
            spec: TrialSpec = content
            return spec


def cannot_load(error: Exception) -> str:
    """The sentence for a snapshot that can't be unpickled in a worker."""
    return (
        f"a worker can't load the notebook's objects: {type(error).__name__}: {error}. "
        "What fails to load can be made inside the cell, or run the study with "
        "`--executor inline`."
    )


def leave(code: int) -> NoReturn:
    """End this process now; nothing of the helper's is cleaned up in it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        LIBC.fflush(None)  # what C code printed
    finally:
        os._exit(code)


def _own_process(helper_pid: int) -> None:
    os.setpgid(0, 0)
    mark()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        _die_with(helper_pid)


def _die_with(helper_pid: int) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != helper_pid:  # it died before the line above
        os._exit(0)


def die_first() -> None:
    """Let the kernel's OOM killer take this process, and those forked from it, before it takes
    the notebook's."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(OOM_SCORE)
    except OSError:  # not Linux, or a container that forbids it; trials run all the same
        pass


def redirect_output(log_path: str | None) -> None:
    """Send stdout and stderr, of C code and of programs started too, to the log.

    A log that can't be opened or has no room left costs the output, not the trial.
    """
    fd = _open_log(log_path)
    redirect_to(fd)
    os.close(fd)


def divert_output(log_path: str | None) -> None:
    """Send what is redirected already to another log; the streams stay the same objects, as
    others may stand around them."""
    fd = _open_log(log_path)
    for number in (1, 2):
        os.dup2(fd, number)
    os.close(fd)


def _open_log(log_path: str | None) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        return os.open(os.devnull if log_path is None else log_path, flags, 0o600)
    except OSError:  # its folder was deleted, say
        return os.open(os.devnull, flags)


class _Log(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:  # the disk is full
            return memoryview(data).nbytes


def redirect_to(fd: int) -> None:
    """Send stdout and stderr to a file that is open for writing."""
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(
            _Log(number, "w", closefd=False),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=True,
            write_through=True,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
