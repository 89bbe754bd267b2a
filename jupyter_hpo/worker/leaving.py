"""What a worker does at its end, though it leaves by `os._exit`: its own exit functions.

A trial's temporary folders are deleted, pools of processes closed, loggers flushed, as at the
end of any program; what the helper has registered is the helper's and is not run. A trial that
is killed has no such end.
"""

from __future__ import annotations

import atexit
import signal
import sys
import weakref
from typing import Any

LIMIT_S = 3
"""A worker whose exit functions take longer is ended all the same."""

_inherited: list[Any] = []


def begin() -> None:
    """In a fork, before the trial: forget the exit functions that were inherited."""
    atexit._clear()
    finalize: Any = weakref.finalize
    _inherited.append(finalize._registry)  # kept, as freeing it would run destructors
    finalize._registry = {}
    finalize._registered_with_atexit = False
    util: Any = sys.modules.get("multiprocessing.util")
    if hasattr(util, "_finalizer_registry"):
        util._finalizer_registry.clear()


def finish() -> None:
    """After the last trial: run those registered since. What they print goes to the log."""
    util: Any = sys.modules.get("multiprocessing.util")
    process: Any = sys.modules.get("multiprocessing.process")
    if hasattr(signal, "alarm"):  # for what comes after, too: C code flushes its files
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LIMIT_S)
    if getattr(util, "_finalizer_registry", None) or getattr(process, "_children", None):
        util._exit_function()
    atexit._run_exitfuncs()
