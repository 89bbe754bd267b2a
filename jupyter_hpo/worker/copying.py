"""A trial that waits at a report copies itself: its process forks, and the copy goes on as another
trial, from the very state that this one is in.

The copy becomes a child of the helper, as every worker is: it is forked twice, and what is in
between ends at once, so that the helper, which adopts orphans (Linux), is its parent. It says so
on its own wire, and the kernel lets the trial go on only when the helper has taken note of it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from . import leaving
from .orphans import mark, own_children

ADOPTED_S = 10.0
"""An orphan has its new parent long before."""


def why_not() -> str:
    """Why this process can't be copied, for the end of a sentence; '' when it can."""
    if sys.platform != "linux":
        return "only Linux can copy a trial that runs"
    if own_children():
        return (
            "it has processes of its own (a DataLoader with workers, say): give it none, as with "
            "num_workers=0"
        )
    native = len(os.listdir("/proc/self/task")) - threading.active_count()
    if native > 0:
        return f"{native} threads of a library run in it, and a copy would lack them"
    return ""


def fork_copy(helper_pid: int, die_with_parent: Callable[[], None]) -> bool:
    """Fork this process; whether this is the copy, now a child of the helper.

    Raises OSError when no process can be had. The copy ends when the helper did not adopt it.
    """
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    copy = os.fork()
    if copy:
        os._exit(0)
    until = time.monotonic() + ADOPTED_S
    while os.getppid() != helper_pid:
        if time.monotonic() > until:
            os._exit(1)
        time.sleep(0.0005)
    os.setpgid(0, 0)
    mark()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    die_with_parent()
    leaving.begin()  # what the other has registered for its end, is the other's
    return True
