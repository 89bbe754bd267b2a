"""The trials of one node: a Ray actor that runs them with the same workers as everywhere.

It starts a helper on its node, which forks the trials (`processes`), and passes on what they say.
The notebook's data comes out of Ray's object store; the objects of the best trial go back
through it. Files of trials (their logs, their objects) lie in a folder of its own meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..cell.captured import CellProgram
from ..errors import ExecutorError
from ..study.trial_events import (
    Answer,
    Ended,
    ExecutorLost,
    Kept,
    SetUp,
    TrialEvent,
    TrialSpec,
)
from ..worker.devices import Plan
from ..worker.snapshot import Snapshot, Surroundings
from .processes import ProcessExecutor

POLL_S = 0.5
"""News is waited for so long; then the trials' logs are read on."""

LOG_BYTES = 1 << 20
"""Of a log at once, at most."""

Message = TrialEvent | tuple[str, int, bytes]
"""An event, or ("log", trial, what it has printed since)."""


@dataclass(frozen=True)
class Order:
    """What a foreman is made for. slots: trials side by side; machine: the kernel's (`machine`);
    size_bytes, names, late, surroundings: of the snapshot; threads: of each trial; gpus: each
    trial has one."""

    program: CellProgram
    slots: int
    machine: str
    version: str
    size_bytes: int
    names: tuple[str, ...]
    late: tuple[str, ...]
    surroundings: Surroundings
    threads: int = 1
    gpus: bool = False
    reuse: bool = False
    seed: int | None = None


def machine() -> str:
    """The same for all processes of one machine, as far as they see the same files."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return f"{boot} {socket.gethostname()} {os.getuid()}"


def own_version() -> str:
    try:
        return version("jupyter_hpo")
    except PackageNotFoundError:
        return "run from its sources"


class Foreman:
    """Made a Ray actor by `ray.RayExecutor`. Its methods run on the actor's event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[Message] = []
        self._more: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._executor: ProcessExecutor | None = None
        self._snapshot: Snapshot | None = None
        self._logs: dict[int, int] = {}  # trial -> how much of its log has been sent
        self._devices: dict[int, str] = {}
        self._names: tuple[str, ...] = ()
        self._folder = Path(tempfile.mkdtemp(prefix="jupyter_hpo-ray-"))  # for this user only

    async def begin(self, order: Order, content: Any) -> str:
        """Get ready; content: the snapshot's bytes, in the object store. '' or a sentence."""
        self._loop, self._more = asyncio.get_running_loop(), asyncio.Event()
        if own_version() != order.version:
            return (
                f"{socket.gethostname()} has jupyter_hpo {own_version()}, this notebook "
                f"{order.version}: install the same there."
            )
        plan = None
        if order.gpus:
            visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
            self._names = tuple(f"cuda:{i}" for i in range(order.slots))
            plan = Plan("cuda:0", tuple(filter(None, visible.split(","))))
        try:
            self._snapshot = self._taken(order, content)
            self._executor = ProcessExecutor(
                order.program,
                self._snapshot,
                self._heard,
                jobs=order.slots,
                threads_per_trial=order.threads,
                reuse=order.reuse,
                plan=plan,
                seed=order.seed,
            )
        except (ExecutorError, OSError) as error:
            return str(error)
        return ""

    async def news(self) -> list[Message]:
        """What happened since the last call; waits a moment when nothing has."""
        assert self._more is not None
        if not self._news:
            try:
                await asyncio.wait_for(self._more.wait(), POLL_S)
            except asyncio.TimeoutError:
                pass
        with self._lock:
            self._more.clear()
            for number in self._logs:
                self._read_log(number)
            news, self._news = self._news, []
        return news

    async def submit(self, spec: TrialSpec) -> None:
        assert self._executor is not None
        path = None
        if spec.log_path is not None:
            path = str(self._log(spec.number))
            with self._lock:
                self._logs[spec.number] = 0
        if self._names:
            taken = list(self._devices.values())
            self._devices[spec.number] = min(self._names, key=taken.count)
        device = self._devices.get(spec.number)
        self._executor.submit(replace(spec, log_path=path, device=device))

    async def answer(self, number: int, answer: Answer) -> None:
        assert self._executor is not None
        self._executor.answer(number, answer, str(self._objects(number)))

    async def kill(self, number: int, reason: str) -> None:
        assert self._executor is not None
        self._executor.kill(number, reason)

    async def fetch(self, number: int) -> Any:
        """The objects that a trial has written, which are deleted here."""
        import numpy

        path = self._objects(number)
        content = numpy.fromfile(path, numpy.uint8)
        path.unlink()
        return content

    async def close(self) -> None:
        """End what runs; waits a few seconds at most."""
        if self._executor is not None:
            self._executor.close()
        if self._snapshot is not None:
            self._snapshot.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # --------------------------------------------------------------- the workers' thread
    def _heard(self, event: TrialEvent) -> None:
        with self._lock:
            if not isinstance(event, SetUp | ExecutorLost) and event.number in self._logs:
                self._read_log(event.number)
            if isinstance(event, Kept) and event.names:
                event = replace(event, path="")  # as known to the kernel; `fetch` gives it
            self._news.append(event)
            if isinstance(event, Ended):
                self._devices.pop(event.number, None)
                if self._logs.pop(event.number, None) is not None:
                    self._log(event.number).unlink(missing_ok=True)
        if self._loop is not None and self._more is not None:
            self._loop.call_soon_threadsafe(self._more.set)

    def _read_log(self, number: int) -> None:
        try:
            with open(self._log(number), "rb") as file:
                file.seek(self._logs[number])
                while text := file.read(LOG_BYTES):
                    self._logs[number] += len(text)
                    self._news.append(("log", number, text))
        except OSError:  # it has not begun
            return

    # -------------------------------------------------------------------------- set-up
    def _log(self, number: int) -> Path:
        return self._folder / f"{number}.log"

    def _objects(self, number: int) -> Path:
        return self._folder / f"{number}.objects"

    def _taken(self, order: Order, content: Any) -> Snapshot:
        """The snapshot in a file in memory, as the kernel has it."""
        fd = os.memfd_create("jupyter_hpo") if hasattr(os, "memfd_create") else _unnamed_file()
        view, done = memoryview(content), 0
        try:
            while done < order.size_bytes:
                done += os.write(fd, view[done : done + (1 << 30)])
        except OSError as error:
            os.close(fd)
            raise ExecutorError(
                f"{socket.gethostname()} has no memory for the notebook's data: {error.strerror}."
            ) from error
        around = surroundings_here(order.surroundings, same=order.machine == machine())
        return Snapshot(fd, order.size_bytes, order.names, around, late=order.late)


def surroundings_here(there: Surroundings, *, same: bool) -> Surroundings:
    """The kernel's surroundings as far as they exist on this machine; same: it is the kernel's.

    On another machine its own variables go first: its paths and libraries are its own.
    """
    here = Surroundings.here()
    path = [entry for entry in there.path if os.path.exists(entry)]
    path += [entry for entry in here.path if entry not in path]
    variables = {**here.environment, **there.environment} if same else {
        **there.environment, **here.environment
    }  # fmt: skip
    given = here.environment.get("CUDA_VISIBLE_DEVICES")
    if given is not None:  # by Ray
        variables["CUDA_VISIBLE_DEVICES"] = given
    folder = there.folder if os.path.isdir(there.folder) else here.folder
    return Surroundings(path, folder, variables)


def _unnamed_file() -> int:
    with tempfile.TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())
