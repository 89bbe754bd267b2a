"""The process of one trial, from the fork in the helper to its `os._exit`."""

from __future__ import annotations

import ctypes
import gc
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Set
from typing import Any, NoReturn

from ..study.trial_events import Answer, TrialEvent, TrialSpec
from .threads import use_threads
from .trial import Setting, Trial
from .wire import Closed, Wire

PR_SET_PDEATHSIG = 1
OOM_SCORE = "500"
LIBC = ctypes.CDLL(None)


class SocketChannel:
    """A trial's channel to the kernel: one end of its own socket pair."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def send(self, event: TrialEvent) -> None:
        try:
            self.wire.send(event)
        except Closed:
            self.give_up()

    def answer(self) -> tuple[Answer, str | None]:
        try:
            message, _ = self.wire.receive()
        except Closed:
            self.give_up()
        answer, path = message
        return Answer(answer), path

    def give_up(self) -> NoReturn:
        leave(0)  # an exception could be swallowed by the cell


def live(
    wire: Wire,
    setting: Setting,
    spec: TrialSpec,
    namespace: dict[str, Any],
    *,
    helper_pid: int,
    threads: int,
    modules: Set[str],
) -> NoReturn:
    """Everything a forked child does. modules: what the helper has imported; what the trial
    imports besides is told at the end, so that the helper imports it once for all."""
    code = 70
    try:
        _own_process(helper_pid)
        redirect_output(spec.log_path)
        use_threads(threads)
        gc.enable()
        Trial(setting, spec, namespace, SocketChannel(wire)).run()
        imported = sorted(n for n in sys.modules.keys() - modules if _is_installed(n))
        if imported:
            wire.send(imported)
        code = 0
    except Closed:
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        leave(code)


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
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != helper_pid:  # it died before the line above
            os._exit(0)
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write(OOM_SCORE)
        except OSError:  # some containers forbid it; the trial runs all the same
            pass


def redirect_output(log_path: str | None) -> None:
    """Send stdout and stderr, of C code and of programs started too, to the log."""
    where = os.devnull if log_path is None else log_path
    fd = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(
            io.FileIO(number, "w", closefd=False),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=True,
            write_through=True,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _is_installed(name: str) -> bool:
    """Whether a module comes from an installed package or the standard library: importing it
    again elsewhere does the same. Modules of the person's own stay the trial's."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    if spec is None or spec.name != name:
        return False
    if origin in ("built-in", "frozen"):
        return True
    return origin is not None and origin.startswith(_INSTALLED) and threading.active_count() == 1


_INSTALLED = tuple(
    {os.path.dirname(os.__file__) + os.sep, *(p + os.sep for p in sys.path if "-packages" in p)}
)
