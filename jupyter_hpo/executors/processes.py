"""Trials in processes of their own, forked from a helper: the default executor."""

from __future__ import annotations

import os
import queue
import selectors
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..cell.captured import CellProgram
from ..errors import ExecutorError
from ..study.trial_events import (
    Answer,
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
from ..worker.helper import Load, kill_group
from ..worker.imports import modules_of
from ..worker.snapshot import Snapshot
from ..worker.wire import Closed, Wire, pair
from .base import Emit
from .warm import WarmHelper

RESTARTS = 5
"""Helpers lost in a row, with no trial ended between, before the executor gives up."""


@dataclass
class _Running:
    """A submitted trial. deaf: its wire is closed. finished, released: it waits to be told
    what to keep, and was told. over: nothing more is due, so its end is no death."""

    spec: TrialSpec
    wire: Wire
    pid: int | None = None
    deaf: bool = False
    finished: bool = False
    released: bool = False
    over: bool = False
    killed: str | None = None


class ProcessExecutor:
    """Runs every trial of a study in a fork of one helper process.

    All events are emitted by one thread, which alone touches sockets and the helper; the
    methods hand over to it and return. The snapshot stays its owner's: close it after the
    executor. warm: a helper started earlier, owned by the executor from now on.
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
        warm: WarmHelper | None = None,
    ) -> None:
        self.slots = jobs
        self._emit, self._snapshot = emit, snapshot
        self._load = Load(
            program,
            snapshot.surroundings,
            snapshot.names,
            tuple(modules_of(program.source)),
            threads_per_trial,
        )
        self._trials: dict[int, _Running] = {}
        self._imported: set[str] = set()
        self._losses = 0
        self._lost: str | None = None
        self._closed = False
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wakeup, self._alarm = socket.socketpair()
        self._wakeup.setblocking(False)
        self._alarm.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wakeup, selectors.EVENT_READ, self._drain)
        self._helper: WarmHelper | None = None
        self._adopt(warm or WarmHelper())
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-workers", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------- called by the engine
    def submit(self, spec: TrialSpec) -> None:
        self._hand_over(lambda: self._submit(spec))

    def answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        self._hand_over(lambda: self._answer(number, answer, path))

    def kill(self, number: int, reason: str) -> None:
        self._hand_over(lambda: self._kill(number, reason))

    def close(self) -> None:
        """Ends every trial (no further events) and the helper; waits a few seconds at most."""
        if self._thread.is_alive():
            self._hand_over(self._close)
            self._thread.join()

    def _hand_over(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        try:
            self._alarm.send(b"!")
        except (BlockingIOError, OSError):  # awake already, or closed
            pass

    # ------------------------------------------------------------------- the I/O thread
    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:  # a fault of ours: the engine must not wait for ever
            self._give_up(f"the workers' connection failed: {type(error).__name__}: {error}.")
            self._close()
            raise

    def _loop(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                if self._closed:
                    return
                key.data()  # it sees for itself whether its wire was closed just before

    def _drain(self) -> None:
        self._wakeup.recv(4096)
        while not self._closed:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            job()

    def _submit(self, spec: TrialSpec) -> None:
        if self._lost is None and self._helper is None:
            self._start_again()
        if self._lost is not None:
            self._emit(Died(spec.number, self._lost))
            self._emit(Ended(spec.number))
            return
        wire, theirs = pair()
        trial = self._trials[spec.number] = _Running(spec, wire)
        self._selector.register(wire, selectors.EVENT_READ, lambda: self._hear(trial))
        with theirs:
            self._tell(("run", spec), [theirs.fileno()])

    def _answer(self, number: int, answer: Answer, path: str | None) -> None:
        trial = self._trials.get(number)
        if trial is None or trial.deaf:
            return
        trial.released |= trial.finished and answer is Answer.RELEASE
        try:
            trial.wire.send((answer.value, path))
        except Closed:  # it died; the helper says how
            pass

    def _kill(self, number: int, reason: str) -> None:
        trial = self._trials.get(number)
        if trial is not None and trial.killed is None:
            trial.killed = reason
            self._tell(("kill", number))

    def _close(self) -> None:
        self._closed = True
        if self._helper is not None:
            clean = self._helper.close()
            self._sweep(clean)
        for trial in self._trials.values():
            trial.wire.close()
        self._trials.clear()
        self._selector.close()
        self._wakeup.close()
        self._alarm.close()

    def _sweep(self, clean: bool) -> None:
        """Without a helper that did it, end the groups of the trials it left."""
        if not clean:
            for trial in self._trials.values():
                if trial.pid is not None:
                    kill_group(trial.pid)

    # --------------------------------------------------------------------------- trials
    def _hear(self, trial: _Running) -> None:
        """Pass on what the trial has sent so far."""
        if trial.deaf:
            return
        try:
            for message, _ in trial.wire.available():
                self._pass_on(trial, message)
        except Closed:
            self._silence(trial)
        except Exception:  # no message of ours: the cell wrote to the socket
            self._silence(trial)
            self._kill(trial.spec.number, "it damaged its connection to the notebook.")

    def _pass_on(self, trial: _Running, message: TrialEvent | list[str]) -> None:
        if isinstance(message, list):
            fresh = [name for name in message if name not in self._imported]
            if fresh:
                self._imported.update(fresh)
                self._tell(("import", fresh))
            return
        if isinstance(message, Started):
            trial.pid = message.pid
        trial.finished |= isinstance(message, Finished)
        trial.over |= isinstance(message, Failed | Stopped | Kept)
        self._emit(message)

    def _silence(self, trial: _Running) -> None:
        if not trial.deaf:
            trial.deaf = True
            self._selector.unregister(trial.wire)
            trial.wire.close()

    def _end(self, trial: _Running, reason: str) -> None:
        """The process is gone: pass on what it said last, then that it ended, and if nothing
        had said so, how it died."""
        self._hear(trial)
        self._silence(trial)
        del self._trials[trial.spec.number]
        if not (trial.over or (trial.finished and trial.released)):
            self._emit(Died(trial.spec.number, trial.killed or reason))
        self._emit(Ended(trial.spec.number))

    # --------------------------------------------------------------------------- helper
    def _tell(self, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
        try:
            if self._helper is not None:
                self._helper.wire.send(message, fds)
        except Closed:  # its end of the wire says the rest
            pass

    def _adopt(self, helper: WarmHelper) -> None:
        self._helper = helper
        self._selector.register(
            helper.wire, selectors.EVENT_READ, lambda: self._hear_helper(helper)
        )
        self._tell(("load", self._load), [self._snapshot.fd])
        if self._imported:
            self._tell(("import", sorted(self._imported)))

    def _start_again(self) -> None:
        try:
            self._adopt(WarmHelper())
        except ExecutorError as error:
            self._give_up(str(error))

    def _hear_helper(self, helper: WarmHelper) -> None:
        if helper is not self._helper:
            return
        try:
            for message, _ in helper.wire.available():
                self._heed(message)
        except Closed:
            self._lose(helper)

    def _heed(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("forked", number, pid):
                if number in self._trials:
                    self._trials[number].pid = pid
            case ("exited", number, status):
                self._losses = 0
                if number in self._trials:
                    self._end(self._trials[number], how_it_ended(status))
            case ("unforked", number, why):
                if number in self._trials:
                    self._end(self._trials[number], why)
            case ("problem", why):
                self._give_up(why)

    def _lose(self, helper: WarmHelper) -> None:
        """The helper died: its trials with it. The next submit starts another, a few times."""
        self._selector.unregister(helper.wire)
        self._helper = None
        helper.close()
        self._sweep(clean=False)
        self._losses += 1
        words = helper.last_words
        said = f" Its last words: {words}" if words else ""
        code = helper.process.returncode
        how = how_it_ended(code << 8 if code >= 0 else -code)
        if self._losses >= RESTARTS:
            self._give_up(
                f"the workers' helper process {how}, {self._losses} times in a row.{said} "
                "Free some memory, or run the study with `--executor inline`."
            )
        self._end_all(f"was lost with the workers' helper process, which {how}.{said}")

    def _give_up(self, why: str) -> None:
        self._lost = why
        self._end_all(why)
        self._emit(ExecutorLost(why))

    def _end_all(self, reason: str) -> None:
        for trial in list(self._trials.values()):
            self._end(trial, reason)


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
