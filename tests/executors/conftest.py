"""One harness over both executors, so that the contract suite is written once."""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.executors.inline import InlineExecutor
from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import (
    Answer,
    Ended,
    ExecutorLost,
    Finished,
    Reported,
    SetUp,
    TrialEvent,
    TrialSpec,
)
from jupyter_hpo.worker.snapshot import take_snapshot

WAIT_S = 60


def program(source: str, keep: tuple[str, ...] = ()) -> CellProgram:
    """A cell whose objective is x; it tunes nothing."""
    objective = Objective("x", "minimize")
    return CellProgram(source, "<cell>", SearchSpace({}), {}, (objective,), None, keep)


def notebook(source: str) -> dict[str, Any]:
    """A notebook's namespace after a cell was run in it."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<earlier cell>", "exec"), namespace)
    return namespace


def gone(pid: int) -> bool:
    """Whether no such process runs (a zombie of another parent runs nothing)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False


def wait_gone(*pids: int) -> None:
    """Return when they have ended (the kernel tells, or the test's timeout ends it)."""
    for pid in pids:
        if not hasattr(os, "pidfd_open"):
            while not gone(pid):
                time.sleep(0.01)
            continue
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        select.select([fd], [], [])
        os.close(fd)


class Bench:
    """An executor and the events it has emitted. Waiting is for events, never for time."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.queue: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
        self.events: list[TrialEvent] = []
        self.opened: list[Any] = []
        self.cluster: Any = None

    def open(
        self,
        source: str | CellProgram,
        *,
        earlier: str = "",
        namespace: dict[str, Any] | None = None,
        keep: tuple[str, ...] = (),
        **options: Any,
    ) -> Any:
        namespace = notebook(earlier) if namespace is None else namespace
        cell = program(source, keep) if isinstance(source, str) else source
        if self.kind == "inline":
            inline = InlineExecutor(cell, namespace, self.queue.put)
            going = threading.Event()

            def pump() -> None:
                while not going.is_set():
                    try:
                        inline.run_pending()
                    except KeyboardInterrupt:
                        self.interrupted = True

            thread = threading.Thread(target=pump)
            thread.start()

            def end() -> None:
                going.set()
                inline.close()
                thread.join(WAIT_S)
                assert not thread.is_alive()

            self.opened.append(end)
            self.executor: Any = inline
            return inline
        names = {n: v for n, v in namespace.items() if not n.startswith("__")}
        snapshot = take_snapshot(names, namespace=namespace)
        options.setdefault("jobs", 2)
        if self.kind == "ray":
            from jupyter_hpo.executors.ray import RayExecutor

            self.executor = RayExecutor(
                cell, snapshot, self.queue.put, cluster=self.cluster, **options
            )
            self.opened += [snapshot.close, self.executor.close]
            return self.executor
        options.setdefault("reuse", self.kind == "reused")
        self.executor = ProcessExecutor(cell, snapshot, self.queue.put, **options)
        self.opened += [snapshot.close, self.executor.close]
        return self.executor

    def submit(self, number: int = 0, seed: int | None = None, log: Path | None = None) -> None:
        self.executor.submit(TrialSpec(number, {}, seed, str(log) if log else None))

    def until(self, kind: type[Any], number: int | None = None) -> Any:
        """The next event of this kind (of this trial); what came before it is in `events`."""
        for event in self.arriving():
            if isinstance(event, kind) and number in (None, getattr(event, "number", None)):
                return event
        raise AssertionError

    def arriving(self) -> Iterator[TrialEvent]:
        while True:
            event = self.queue.get(timeout=WAIT_S)
            self.events.append(event)
            if isinstance(event, ExecutorLost):
                self.lost = event
            yield event

    def run(
        self,
        *numbers: int,
        seed: int | None = None,
        log: Path | None = None,
        keep: Path | None = None,
    ) -> dict[int, list[TrialEvent]]:
        """Submit, answer everything with CONTINUE and RELEASE (or KEEP), wait for the ends."""
        wanted = numbers or (0,)
        told: dict[int, list[TrialEvent]] = {number: [] for number in wanted}
        for number in wanted:
            self.submit(number, seed, log)
        open_ = set(wanted)
        for event in self.arriving():
            if isinstance(event, ExecutorLost | SetUp):
                continue
            told[event.number].append(event)
            if isinstance(event, Reported):
                self.executor.answer(event.number, Answer.CONTINUE)
            elif isinstance(event, Finished) and keep is not None:
                self.executor.answer(event.number, Answer.KEEP, str(keep))
            elif isinstance(event, Finished):
                self.executor.answer(event.number, Answer.RELEASE)
            elif isinstance(event, Ended):
                open_.discard(event.number)
                if not open_:
                    break
        return told

    def value(self, number: int = 0, **options: Any) -> float:
        """The objective of one trial that must finish."""
        events = self.run(number, **options)[number]
        for event in events:
            if isinstance(event, Finished):
                return event.values[0]
        raise AssertionError(events)

    def close(self) -> None:
        for close in reversed(self.opened):
            close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """One Ray for all tests: it takes seconds to start."""
    pytest.importorskip("ray", reason="ray isn't installed")
    from jupyter_hpo.executors.ray_cluster import connect

    found = connect("ray", 2)
    found.join()
    yield found
    found.leave()


LOCAL = ["processes", "reused", "inline"]


@pytest.fixture(params=LOCAL)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """For what a trial does, which is the same code everywhere."""
    made = Bench(request.param)
    yield made
    made.close()


@pytest.fixture(params=[*LOCAL, pytest.param("ray", marks=pytest.mark.ray)])
def everywhere(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """For what passes between the engine and a trial: on Ray, too, which takes seconds a test."""
    made = Bench(request.param)
    if made.kind == "ray":
        made.cluster = request.getfixturevalue("cluster")
    yield made
    made.close()


@pytest.fixture
def on_ray(cluster: Any) -> Iterator[Bench]:
    """Trials on a local Ray."""
    made = Bench("ray")
    made.cluster = cluster
    yield made
    made.close()


@pytest.fixture
def workers() -> Iterator[Bench]:
    """A process for each trial."""
    made = Bench("processes")
    yield made
    made.close()


@pytest.fixture
def reused() -> Iterator[Bench]:
    """Workers that run trial after trial."""
    made = Bench("reused")
    yield made
    made.close()


@pytest.fixture
def kinds() -> Callable[[list[TrialEvent]], list[str]]:
    return lambda events: [type(event).__name__ for event in events]
