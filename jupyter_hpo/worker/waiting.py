"""A process that only waits for another, its child, and ends as that ends.

The helper's first process becomes this program when a fork of it has taken its place: so it
holds no memory but a bare interpreter's, and whoever started it sees how the fork ended.
Standard library only, and little of it: it is run by its path, `python -I -S waiting.py PID`.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn


def end_as(pid: int) -> NoReturn:
    """Wait for the child, then end with its exit code or by the signal that ended it."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def become_waiting(pid: int) -> NoReturn:
    """Turn this process into the program that waits for pid; its open files stay open."""
    try:
        os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, str(pid)])
    except OSError:  # the interpreter has gone, say: wait in the memory there is
        end_as(pid)


if __name__ == "__main__":
    end_as(int(sys.argv[1]))
