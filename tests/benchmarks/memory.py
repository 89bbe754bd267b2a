"""Peak memory of a process and all its descendants (Linux)."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

INTERVAL_S = 0.05
SHARED = ("/memfd:", "/dev/shm/")


class PeakMemory:
    """While it is entered, samples the memory of the process tree.

    That is the proportional set size (PSS) of ordinary and file pages, a page that several
    map divided among them, and every memory file once, mapped or not: a snapshot that nobody
    has touched yet takes its room all the same. peak_bytes: the most seen beyond what there
    was on entering. Reading takes milliseconds for each mapped gigabyte, so times are
    measured in another run.
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.peak_bytes = pid, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._before = tree_bytes(self.pid)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(INTERVAL_S):
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self.pid) - self._before)


def tree_bytes(pid: int) -> float:
    """Memory of the process and its descendants; one that has just ended counts as 0."""
    members = [pid, *_descendants(pid)]
    files: dict[tuple[int, int], int] = {}
    for member in members:
        files.update(_memory_files(member))
    return sum(_own(member) for member in members) + sum(files.values())


def _descendants(pid: int) -> list[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # ended since
                continue
            parents[int(folder.name)] = int(fields[1])
    found, front = [], [pid]
    while front:
        front = [child for child, parent in parents.items() if parent in front]
        found += front
    return found


def _own(pid: int) -> float:
    """PSS in bytes, but for the pages of memory files."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    sizes = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
    return (int(sizes["Pss_Anon"]) + int(sizes["Pss_File"])) * 1024.0


def _memory_files(pid: int) -> dict[tuple[int, int], int]:
    """Bytes taken by each memory file that the process holds open or has mapped."""
    found = {}
    for path in _shared_paths(pid):
        try:
            status = os.stat(path)
        except OSError:  # closed, or deleted
            continue
        found[status.st_dev, status.st_ino] = status.st_blocks * 512
    return found


def _shared_paths(pid: int) -> Iterator[str]:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
        maps = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return
    for descriptor in descriptors:
        path = f"/proc/{pid}/fd/{descriptor}"
        with contextlib.suppress(OSError):  # closed since
            if os.readlink(path).startswith(SHARED):
                yield path
    for line in maps.splitlines():
        path = line.partition("/")[2]
        if path.startswith("dev/shm/") and not path.endswith("(deleted)"):
            yield "/" + path
