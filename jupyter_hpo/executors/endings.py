"""How a process ended, as `os.waitpid` tells it, in words."""

from __future__ import annotations

import os
import signal

STARVED = "was killed, because the machine's memory ran out."


def is_sigkill(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def how_it_ended(status: int) -> str:
    """The end of a process, from `os.waitpid`'s status, to follow its name in a sentence."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        if number == signal.SIGKILL:
            return f"was killed ({name}); the machine may have run out of memory"
        return f"crashed ({name})"
    return f"ended with exit code {os.WEXITSTATUS(status)} without a word"
