"""How a process ended, as `os.waitpid` tells it, in words."""

from __future__ import annotations

import os
import signal

BROKEN = 70
"""The exit code of a worker whose own code has failed (`worker.child.live`)."""

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
    code = os.WEXITSTATUS(status)
    if code == BROKEN:
        return (
            "ended because what it did to Python itself (builtins, pickle, the modules) kept it "
            "from going on; its log says more"
        )
    return f"ended with exit code {code} without a word"
