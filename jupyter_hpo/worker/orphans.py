"""What trials start and leave behind, found and ended.

On Linux the helper adopts the processes whose parent has ended, also those that left their
trial's process group and session (a daemon, a server started in the background). One whose
trial is over is killed; a daemon that neither stands in its trial's group nor carries its mark
in its environment (it did not exec) lives until the study ends. Spared are the trackers of
Python, joblib and torch: they end by themselves once their trial is gone, and first delete what
it left in shared memory. Elsewhere a trial's process group is killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator

MARK = "JUPYTER_HPO_WORKER"
"""The variable by which a program knows the worker, by its process id, that it descends from."""

GONE_S = 3.0
"""How long a process that was killed may take to go."""

PR_SET_CHILD_SUBREAPER = 36
TRACKERS = (b"resource_tracker import main", b"torch_shm_manager")


class Orphans:
    """The helper's view of them; one thread."""

    def __init__(self) -> None:
        self._ended: set[int] = set()
        self._process = 0
        self._adopts = False

    def adopt(self) -> None:
        """Before a worker is forked: this process (a fork of it has to say so itself) is to
        become the parent of what the worker leaves."""
        if self._process != os.getpid():
            self._process, self._adopts = os.getpid(), _adopt()

    def bury(self, worker: int, workers: Collection[int]) -> None:
        """A worker has been reaped: end what it left. workers: those that go on."""
        self._ended.add(worker)
        if not self._adopts:
            kill_group(worker)
        else:
            self.sweep(workers)

    def sweep(self, workers: Collection[int]) -> None:
        """Kill the orphans whose worker is over, and reap those that have ended."""
        for pid in _children() if self._adopts else ():
            if pid in workers or _reaped(pid):
                continue
            owner = _owner(pid)
            if (owner in workers or owner not in self._ended) or _is_tracker(pid):
                continue
            _kill(pid)

    def end(self) -> None:
        """Kill them all; no worker is left. Their own children become orphans in turn."""
        while self._adopts:
            pids = [pid for pid in _children() if not _reaped(pid) and not _is_tracker(pid)]
            if not pids:
                return
            for pid in pids:
                _kill(pid)
                os.waitpid(pid, 0)


def own_children() -> list[int]:
    """The processes that this one has started and that still run, but for the trackers (Linux)."""
    return [pid for pid in _children() if not _over_or_tracker(pid)]


def mark() -> None:
    """In a worker, before its trial: the programs that it starts say whose they are."""
    os.environ[MARK] = str(os.getpid())


def end_of_lost(workers: Collection[int]) -> None:
    """The helper died, and its workers with it: kill what they left, and see it gone (but for
    what no signal ends: it waits for a disk, say). In the kernel."""
    if sys.platform != "linux":
        for worker in workers:
            kill_group(worker)
        return
    found, until = True, time.monotonic() + GONE_S
    while found and time.monotonic() < until:
        found = False
        for pid in _all():
            if _owner(pid) in workers and not _is_tracker(pid):
                found = _kill(pid) or found


def kill_group(worker: int) -> None:
    """Kill the process group that a worker leads."""
    try:
        os.killpg(worker, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # gone (macOS: or only zombies are left)
        pass


def _adopt() -> bool:
    if sys.platform != "linux":
        return False
    taken = ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    return taken and os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def _children() -> list[int]:
    fd = os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY)
    try:
        text = b""
        while part := os.read(fd, 65536):
            text += part
    finally:
        os.close(fd)
    return [int(pid) for pid in text.split()]


def _all() -> Iterator[int]:
    """Every process but this one, zombies left out."""
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            state = _read(int(name), "stat").rpartition(b") ")[2][:1]
            if state not in (b"Z", b"X", b""):
                yield int(name)


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _owner(pid: int) -> int | None:
    """The worker that a process descends from: by its mark, else by its process group."""
    for entry in _read(pid, "environ").split(b"\0"):
        name, _, value = entry.partition(b"=")
        if name == MARK.encode() and value.isdigit():
            return int(value)
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _over_or_tracker(pid: int) -> bool:
    return _read(pid, "stat").rpartition(b") ")[2][:1] in (b"Z", b"X", b"") or _is_tracker(pid)


def _is_tracker(pid: int) -> bool:
    command = _read(pid, "cmdline")
    return any(name in command for name in TRACKERS)


def _read(pid: int, what: str) -> bytes:
    """Of a process of this user; empty when it is gone, or another's."""
    try:
        with open(f"/proc/{pid}/{what}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True
