"""A device in numbers: memory with a limit shared by processes, and a speed they share.

A cell uses it as it would a GPU: `simulated_device.allocate(nbytes)` gives a block that is free
again when it is forgotten, `work(seconds)` takes longer the more processes work at once beyond
the knee. It is described by a file that the environment variable SIMULATED_DEVICE names; its
state lies in a file beside it, mapped by all and locked while it is changed, so a process that
dies gives its memory back. Found by jupyter_hpo through the entry point beside this file.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_hpo.study.packing import DeviceFacts
from jupyter_hpo.worker import devices
from jupyter_hpo.worker.devices import Plan, index_of

VARIABLE = "SIMULATED_DEVICE"
SLOTS = 256
HEADER = struct.Struct("<qqqq")  # most bytes ever, most processes with memory, OOMs, attached
SLOT = struct.Struct("<qqqqd")  # pid, bytes, peak of the trial, working, (unused)
SLICE_S = 0.005


class OutOfMemoryError(RuntimeError):
    """The device has no room for this."""


@dataclass(frozen=True)
class Description:
    """limits: bytes of each device. knee: processes that work at full speed together, more
    share that speed. context_bytes: what a process takes by attaching. leak: blocks are never
    free again."""

    limits: tuple[int, ...]
    knee: int = 4
    context_bytes: int = 0
    leak: bool = False
    told: bool = True


def describe(folder: Path, *limits: int, **options: object) -> dict[str, str]:
    """Make a device in this folder; returns the environment that leads to it."""
    path = Path(folder) / "device.json"
    path.write_text(json.dumps(asdict(Description(limits, **options))))
    for index in range(len(limits)):
        (path.parent / f"device.{index}").write_bytes(bytes(HEADER.size + SLOTS * SLOT.size))
    return {VARIABLE: str(path)}


def description() -> Description:
    return Description(**json.loads(Path(os.environ[VARIABLE]).read_text()))


class Memory:
    """The state of one device, shared by the processes that use it."""

    def __init__(self, index: int) -> None:
        self.about = description()
        self.limit = self.about.limits[index]
        self.fd = os.open(f"{Path(os.environ[VARIABLE]).parent}/device.{index}", os.O_RDWR)
        self.map = mmap.mmap(self.fd, 0)
        self.pid = os.getpid()

    @contextmanager
    def locked(self) -> Iterator[None]:
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.fd, fcntl.LOCK_UN)

    def header(self) -> list[int]:
        return list(HEADER.unpack_from(self.map))

    def rows(self) -> Iterator[tuple[int, list[int]]]:
        """(offset, row) of the processes that live; those that died are cleared."""
        for offset in range(HEADER.size, len(self.map), SLOT.size):
            row = list(SLOT.unpack_from(self.map, offset))
            if row[0] and not _alive(row[0]):
                SLOT.pack_into(self.map, offset, 0, 0, 0, 0, 0.0)
            elif row[0]:
                yield offset, row

    def mine(self) -> tuple[int, list[int]]:
        for offset, row in self.rows():
            if row[0] == self.pid:
                return offset, row
        for offset in range(HEADER.size, len(self.map), SLOT.size):
            if SLOT.unpack_from(self.map, offset)[0] == 0:
                return offset, [self.pid, 0, 0, 0, 0.0]
        raise RuntimeError("too many processes use the simulated device")

    def used(self) -> int:
        return sum(row[1] for _, row in self.rows())

    def take(self, nbytes: int) -> None:
        with self.locked():
            most, together, ooms, attached = self.header()
            used = self.used()
            if used + nbytes > self.limit:
                HEADER.pack_into(self.map, 0, most, together, ooms + 1, attached)
                raise OutOfMemoryError(
                    f"simulated device out of memory: {nbytes} bytes wanted, "
                    f"{self.limit - used} of {self.limit} free"
                )
            offset, row = self.mine()
            row[1] += nbytes
            row[2] = max(row[2], row[1])
            SLOT.pack_into(self.map, offset, *row)
            holders = sum(r[1] > self.about.context_bytes for _, r in self.rows())
            HEADER.pack_into(
                self.map, 0, max(most, used + nbytes), max(together, holders), ooms, attached
            )

    def change(self, *, nbytes: int = 0, working: int = 0, forget: bool = False) -> None:
        with self.locked():
            offset, row = self.mine()
            row[1] += nbytes
            row[3] += working
            if forget:
                row[2] = row[1]
            SLOT.pack_into(self.map, offset, *row)

    def attached(self) -> None:
        with self.locked():
            most, together, ooms, attached = self.header()
            HEADER.pack_into(self.map, 0, most, together, ooms, attached + 1)

    def working(self) -> int:
        with self.locked():
            return sum(row[3] > 0 for _, row in self.rows())


class Block:
    """Memory on the device, while this object lives."""

    def __init__(self, memory: Memory, nbytes: int) -> None:
        memory.take(nbytes)
        self.memory, self.nbytes = memory, nbytes

    def __del__(self) -> None:
        if hasattr(self, "nbytes") and not self.memory.about.leak:
            self.memory.change(nbytes=-self.nbytes)


class SimulatedDevice:
    """The seam's Device."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.memory = Memory(index_of(name))
        self.memory.take(self.memory.about.context_bytes)
        self.memory.attached()

    def begin(self) -> None:
        self.memory.change(forget=True)

    def read(self) -> dict[str, float]:
        with self.memory.locked():
            used, row = self.memory.used(), self.memory.mine()[1]
        return {
            "device_memory_bytes": float(row[2] - self.memory.about.context_bytes),
            "device_free_bytes": float(self.memory.limit - used - (row[2] - row[1])),
            "device_total_bytes": float(self.memory.limit),
        }

    def release(self) -> str:
        left = self.memory.mine()[1][1] - self.memory.about.context_bytes
        with open(f"{os.environ[VARIABLE]}.log", "a") as file:
            file.write(f"{os.getpid()} {left}\n")
        return f"the trial left {left} bytes on {self.name}." if left else ""

    def place(self, tag: str) -> str:
        return "cpu"


class SimulatedKind:
    """The seam's Kind."""

    def devices(self) -> list[DeviceFacts]:
        about = description()
        return [
            DeviceFacts(f"sim:{i}", "simulated", *((size, size) if about.told else (None, None)))
            for i, size in enumerate(about.limits)
        ]

    def attach(self, name: str, plan: Plan) -> SimulatedDevice:
        return SimulatedDevice(name)


kind = SimulatedKind()


def here() -> SimulatedDevice:
    """The device that this process is bound to; this module may have been imported since."""
    found = devices.current()
    assert hasattr(found, "memory"), f"the process is bound to {found.name}"
    return found


def allocate(nbytes: int) -> Block:
    """A block on the device that this process is bound to."""
    return Block(here().memory, nbytes)


def work(seconds: float) -> None:
    """Work that takes so long for a process alone."""
    memory, done = here().memory, 0.0
    memory.change(working=1)
    try:
        while done < seconds:
            before = time.perf_counter()
            time.sleep(min(SLICE_S, seconds - done))
            share = max(1.0, memory.working() / memory.about.knee)
            done += (time.perf_counter() - before) / share
    finally:
        memory.change(working=-1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
