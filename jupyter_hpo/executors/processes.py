"""Trials in processes of their own: the default executor.

Each trial gets a worker of the crew: one that was forked for it alone, or (reuse) one that has
run trials before. A trial whose worker was lost before it began is given to another.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from ..cell.captured import CellProgram
from ..cell.program import text_of
from ..errors import ExecutorError
from ..study.endings import DEVICE_MEMORY, HOST_MEMORY
from ..study.trial_events import (
    Answer,
    Copied,
    Died,
    Ended,
    ExecutorLost,
    Failed,
    Finished,
    Kept,
    Started,
    Stopped,
    TrialEvent,
    TrialSpec,
)
from ..worker.devices import Plan
from ..worker.helper import Load
from ..worker.imports import modules_of
from ..worker.leaving import LIMIT_S as EXIT_S
from ..worker.snapshot import Snapshot
from ..worker.wire import Closed
from .base import Emit
from .crew import Crew, Worker
from .io_thread import IoThread
from .warm import WarmHelper

ATTEMPTS = 3
"""Workers given to a trial that are lost before it begins, until it is given up."""

KEPT = 16
"""Workers on a device that wait for their next trial: each is seconds of set-up."""

LARGE_BYTES = 1 << 30
"""A trial that held more keeps its slot until its process is gone and the memory is back."""


@dataclass
class _Running:
    """A submitted trial. started: it has begun, so it can't be given to another worker.
    finished: it waits to be told what to keep. over: nothing more is due from it. copies: of it,
    that are being made; held: answers that wait for them."""

    spec: TrialSpec
    worker: Worker | None = None
    attempts: int = 0
    started: bool = False
    finished: bool = False
    large: bool = False
    over: bool = False
    killed: str | None = None
    copies: set[int] = field(default_factory=set)
    held: list[tuple[Answer, str | None]] = field(default_factory=list)

    @property
    def once(self) -> bool:
        """Whether it can't be begun again, in another worker."""
        return self.started or self.killed is not None or self.spec.parent is not None


class ProcessExecutor:
    """Runs every trial of a study in a worker process.

    All events are emitted by one thread, which alone touches sockets and the helper; the
    methods hand over to it and return. The snapshot stays its owner's: close it after the
    executor. reuse: workers run trial after trial; otherwise each is forked for one. plan: of
    the devices that the trials use (`TrialSpec.device`); their workers are reused.
    seed: of every trial. warm: a helper started earlier, owned by the executor from now on.
    The shared set-up of the program runs once, in the helper; reused workers have none, nor
    those that unpickle the notebook's objects themselves (`Snapshot.late`).
    Raises ExecutorError when no helper can be started.
    """

    def __init__(
        self,
        program: CellProgram,
        snapshot: Snapshot,
        emit: Emit,
        *,
        jobs: int,
        threads_per_trial: int = 1,
        reuse: bool = False,
        plan: Plan | None = None,
        seed: int | None = None,
        warm: WarmHelper | None = None,
    ) -> None:
        self.slots = jobs
        self._emit = emit
        self._trials: dict[int, _Running] = {}
        self._waiting: deque[_Running] = deque()  # for a file descriptor, say
        self._ran_out: set[int] = set()  # of a device's memory: tried again alone on it
        self._held: list[_Running] = []  # until no other process is left there
        self._io = IoThread("jupyter_hpo-workers", lambda: self._crew.catch_up(), self._broke)
        reuse = reuse or plan is not None
        load = Load(
            replace(program, setup=()) if reuse or snapshot.late else program,
            snapshot.surroundings,
            snapshot.names,
            (*snapshot.late, *modules_of(text_of(program))),
            threads_per_trial,
            reuse,
            plan,
            seed,
            bool(snapshot.late),
        )
        keep = None if plan is None else KEPT
        self._crew = Crew(load, snapshot, self._io.selector, self, spares=jobs, keep=keep)
        self._crew.adopt(warm or WarmHelper())
        self._io.start()

    # ------------------------------------------------------------- called by the engine
    def submit(self, spec: TrialSpec) -> None:
        self._io.hand_over(lambda: self._submit(spec))

    def copy(self, spec: TrialSpec) -> None:
        """Start a trial as a copy of its parent, which waits for an answer, in the state that it
        is in; it waits as well. An answer for the parent is held back until it is made."""
        self._io.hand_over(lambda: self._copy(spec))

    def answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        self._io.hand_over(lambda: self._answer(number, answer, path))

    def kill(self, number: int, reason: str) -> None:
        self._io.hand_over(lambda: self._kill(number, reason))

    def close(self) -> None:
        """Ends every trial (no further events) and the helper; waits a few seconds at most."""
        self._io.finish(self._wind_up)

    # ------------------------------------------------------------------- the I/O thread
    def _submit(self, spec: TrialSpec) -> None:
        trial = self._trials[spec.number] = _Running(spec)
        alone = spec.device is not None and spec.number in self._ran_out
        if alone and not self._crew.clear(spec.device or ""):
            self._held.append(trial)
        else:
            self._begin(trial)

    def _copy(self, spec: TrialSpec) -> None:
        trial = self._trials[spec.number] = _Running(spec)
        parent = self._trials.get(spec.parent if spec.parent is not None else -1)
        if parent is None or parent.worker is None or parent.worker.deaf:
            self._end(trial, f"trial {spec.parent}, which it was to go on from, has ended.")
            return
        try:
            trial.worker = self._crew.copy(parent.worker, trial, ("copy", spec))
            parent.copies.add(spec.number)
        except Closed:
            self._end(trial, f"trial {spec.parent}, which it was to go on from, has ended.")
        except OSError as error:
            self._end(trial, f"trial {spec.parent} could not be copied: {error.strerror or error}.")

    def _copied(self, trial: _Running) -> None:
        """It has been made, or will not be: its parent may go on."""
        parent = self._trials.get(trial.spec.parent if trial.spec.parent is not None else -1)
        if parent is None or trial.spec.number not in parent.copies:
            return
        parent.copies.discard(trial.spec.number)
        while parent.held and not parent.copies:
            self._answer(parent.spec.number, *parent.held.pop(0))

    def _begin(self, trial: _Running) -> None:
        try:
            trial.worker = self._crew.hire(trial, ("trial", trial.spec), trial.spec.device)
            trial.attempts += 1
        except ExecutorError as error:
            self._end(trial, str(error))
        except OSError as error:
            if self._crew.will_give_back:
                self._waiting.append(trial)
            else:
                self._end(trial, f"no worker could be started for it: {error.strerror or error}.")

    def _answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        trial = self._trials.get(number)
        if trial is None or trial.worker is None or trial.worker.deaf:
            return
        if trial.copies:
            trial.held.append((answer, path))
            return
        try:
            trial.worker.wire.send((answer.value, path))
        except Closed:  # it died; the helper says how
            return
        if trial.finished and answer is Answer.RELEASE:
            self._conclude(trial)

    def _kill(self, number: int, reason: str) -> None:
        trial = self._trials.get(number)
        if trial is None or trial.killed is not None:
            return
        trial.killed = reason
        if trial.worker is not None:
            self._crew.kill(trial.worker)
        if trial.worker is None or not trial.started:
            # Before it begins nothing is lost, and the helper may be busy for long (with the
            # shared set-up, with imports) until it forks the worker, or kills it.
            self._forget(trial)
            self._end(trial, reason)

    def _forget(self, trial: _Running) -> None:
        """Whoever has it, or was to have it, has it no more."""
        if trial.worker is not None:
            trial.worker.trial = None
            trial.worker = None
        for queue_ in (self._waiting, self._held):
            if trial in queue_:
                queue_.remove(trial)

    def _wind_up(self) -> None:
        """End what runs; the workers whose trials are over may run their exit functions."""
        self._emit = lambda event: None
        for trial in list(self._trials.values()):
            if trial.worker is not None:
                self._crew.kill(trial.worker)
            self._forget(trial)
        self._trials.clear()
        self._crew.spares = self._crew.keep = 0
        until = time.monotonic() + EXIT_S
        while self._crew.departing and (left_s := until - time.monotonic()) > 0:
            self._io.turn(left_s)
        if not self._io.closed:
            self._close()

    def _close(self) -> None:
        self._crew.close()
        self._trials.clear()
        self._io.close()

    def _broke(self, error: Exception) -> None:
        """A fault of ours: the engine must not wait for ever."""
        self._crew.give_up(f"the workers' connection failed: {type(error).__name__}: {error}.")
        self._close()

    # --------------------------------------------------------- told by the crew (its Owner)
    def heard(self, worker: Worker, message: TrialEvent) -> None:
        trial: _Running | None = worker.trial
        if trial is None:
            return
        if isinstance(message, Started | Copied):
            trial.started = True
            worker.pid = message.pid
        elif isinstance(message, Finished | Failed | Stopped):
            trial.large = message.figures.get("peak_memory_bytes", 0.0) > LARGE_BYTES
            trial.finished |= isinstance(message, Finished)
            if isinstance(message, Failed) and message.error.kind == DEVICE_MEMORY:
                self._ran_out.add(trial.spec.number)
        self._emit(message)
        if isinstance(message, Failed | Stopped | Kept):
            self._conclude(trial)

    def adopted(self, worker: Worker) -> None:
        if worker.trial is not None:
            self._copied(worker.trial)

    def gone(self, worker: Worker, how: str) -> None:
        self._bury(worker, how)
        for held in [t for t in self._held if self._crew.clear(t.spec.device or "")]:
            self._held.remove(held)
            self._begin(held)
        self._begin_waiting()

    def _bury(self, worker: Worker, how: str) -> None:
        trial: _Running | None = worker.trial
        if trial is None:
            return
        worker.trial = trial.worker = None
        if trial.over:
            self._end(trial)
        elif trial.once or (trial.attempts >= ATTEMPTS and not worker.retired):
            starved = worker.starved and not trial.killed
            self._end(trial, trial.killed or how, HOST_MEMORY if starved else "died")
        else:
            self._begin(trial)

    def lost(self, why: str) -> None:
        for trial in list(self._trials.values()):
            self._end(trial, why)
        self._emit(ExecutorLost(why))

    def told(self, message: tuple[Any, ...]) -> None:
        if message[0] == "setup":
            self._emit(message[1])
            return
        raise ValueError(f"the helper said {message!r}, which nobody knows")

    # --------------------------------------------------------------------------- trials
    def _conclude(self, trial: _Running) -> None:
        """Nothing more is due from it. Its slot is free, unless much memory has to come back
        first; the process sees to its own end."""
        trial.over = True
        worker = trial.worker
        if worker is not None and not (trial.large and not self._crew.load.reuse):
            self._crew.free(worker)
            self._end(trial)

    def _end(self, trial: _Running, reason: str | None = None, kind: str = "died") -> None:
        """It is over; reason: it died."""
        if self._trials.pop(trial.spec.number, None) is None:
            return
        self._copied(trial)
        if reason is not None:
            self._emit(Died(trial.spec.number, reason, kind))
        self._emit(Ended(trial.spec.number))
        self._begin_waiting()

    def _begin_waiting(self) -> None:
        """A worker came free, or what it held did."""
        if self._waiting:
            self._begin(self._waiting.popleft())
