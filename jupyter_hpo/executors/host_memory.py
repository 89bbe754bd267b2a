"""Whether the machine's memory ran out: what the Linux kernel counts of the processes it killed.

Sources: Documentation/admin-guide/cgroup-v2.rst (memory.events), cgroup-v1/memory.rst
(memory.oom_control), /proc/vmstat.
"""

from __future__ import annotations

from pathlib import Path


class HostMemory:
    """Notices that a process of ours, or where only that is known one of the machine, was
    killed for memory. root: of the file system, for tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._counters = [path for path in _counters(root) if _count(path) is not None][:1]
        self._seen = self._now()

    def ran_out(self) -> bool:
        """Whether that happened once more than it was asked and so answered: of two that were
        killed together, both were."""
        rose = self._now() > self._seen
        self._seen += rose
        return rose

    def _now(self) -> int:
        return sum(_count(path) or 0 for path in self._counters)


def _counters(root: Path) -> list[Path]:
    """The files with a line `oom_kill N`, that of the narrowest group first."""
    found = []
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        groups = []
    base = root / "sys/fs/cgroup"
    for line in groups:
        number, kinds, path = line.split(":", 2)
        if number == "0":
            found.append(base / path.lstrip("/") / "memory.events")
        elif "memory" in kinds.split(","):
            found.append(base / "memory" / path.lstrip("/") / "memory.oom_control")
    return [
        *found,
        base / "memory.events",
        base / "memory/memory.oom_control",
        root / "proc/vmstat",
    ]


def _count(path: Path) -> int | None:
    try:
        for line in path.read_text().splitlines():
            name, _, number = line.partition(" ")
            if name == "oom_kill":
                return int(number)
    except (OSError, ValueError):
        return None
    return None
