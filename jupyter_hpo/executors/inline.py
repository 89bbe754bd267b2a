"""Trials in the kernel itself, one at a time: for a debugger, and for what can't travel."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Mapping
from types import FunctionType
from typing import Any, NoReturn

from ..cell.bind import prepare, remember_source
from ..cell.captured import CellProgram
from ..cell.program import text_of
from ..study.trial_events import (
    Answer,
    Died,
    Ended,
    Failed,
    Finished,
    Stopped,
    TrialEvent,
    TrialSpec,
)
from ..worker import randomness
from ..worker.trial import Setting, Trial, TrialLost
from . import inline_output
from .base import Emit


class InlineExecutor:
    """Runs trials in whichever thread calls `run_pending`, normally the kernel's main one.

    Each trial gets a shallow copy of the notebook's namespace, so names that it binds don't
    leak; functions of earlier cells are copied with it and see the trial's names. What it
    changes in place leaks, and methods of classes of earlier cells see the notebook's own
    names: for isolation there is `ProcessExecutor`. A trial can wait for an answer, but nothing
    else runs meanwhile. What it prints is shown and logged; what it displays and draws is only
    logged. more: names that trials have besides the notebook's.
    """

    def __init__(
        self,
        program: CellProgram,
        namespace: Mapping[str, Any],
        emit: Emit,
        *,
        more: Mapping[str, Any] | None = None,
        random_state: randomness.RandomState | None = None,
    ) -> None:
        self.slots = 1
        self._notebook, self._emit = namespace, emit
        self._namespace = {**namespace, **(more or {})}
        self._program = program
        prepare(program)
        remember_source(program)
        inline_output.prepare(text_of(program))
        self._random_state = random_state or randomness.capture()
        self._lock = threading.Lock()
        self._waiting: deque[TrialSpec] = deque()
        self._some = threading.Event()
        self._current: _InlineChannel | None = None
        self._closed = False

    # ------------------------------------------------------------- called by the engine
    def submit(self, spec: TrialSpec) -> None:
        with self._lock:
            self._waiting.append(spec)
            self._some.set()

    def answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        channel = self._current
        if channel is not None and channel.number == number:
            channel.answers.put((answer, path))

    def kill(self, number: int, reason: str) -> None:
        """A trial in the kernel can't be ended by force: it ends when it next reports."""
        with self._lock:
            pending = [spec for spec in self._waiting if spec.number == number]
            for spec in pending:
                self._waiting.remove(spec)
        for _ in pending:
            self._emit(Died(number, reason))
            self._emit(Ended(number))
        channel = self._current
        if channel is not None and channel.number == number:
            channel.killed = reason
            channel.answers.put(None)

    def close(self) -> None:
        """No further trial is started; the one that runs ends when it next reports."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._some.set()
        channel = self._current
        if channel is not None:
            channel.answers.put(None)

    # --------------------------------------------------- called by the thread that waits
    def run_pending(self, timeout: float | None = None) -> bool:
        """Wait up to timeout seconds for a submitted trial and run it here, to its end.

        Returns whether one ran. KeyboardInterrupt while it runs fails the trial and comes
        out here too.
        """
        if not self._some.wait(timeout):
            return False
        with self._lock:
            if not self._waiting:
                if not self._closed:
                    self._some.clear()
                return False
            spec = self._waiting.popleft()
            self._current = channel = _InlineChannel(spec.number, self._emit)
            if not self._waiting and not self._closed:
                self._some.clear()
        setting = Setting(self._program, self._random_state, frozenset(self._namespace))
        trial = Trial(setting, spec, self._copied(), channel)
        before = randomness.capture()
        try:
            with inline_output.of_trial(spec.log_path):
                trial.run()
        except TrialLost:
            if not channel.over:
                self._emit(Died(spec.number, channel.killed or "the study was closed."))
        except KeyboardInterrupt:  # while it waited for an answer
            trial.interrupted = True
            if not channel.over:
                self._emit(Died(spec.number, "was interrupted"))
        finally:
            self._current = None
            randomness.restore(before)
            self._emit(Ended(spec.number))
        if trial.interrupted:
            raise KeyboardInterrupt
        return True

    def _copied(self) -> dict[str, Any]:
        """A trial's own namespace, in which the notebook's functions find their globals."""
        names = dict(self._namespace)
        for name, value in self._namespace.items():
            if isinstance(value, FunctionType) and value.__globals__ is self._notebook:
                code, defaults = value.__code__, value.__defaults__
                copy = FunctionType(code, names, value.__name__, defaults, value.__closure__)
                copy.__kwdefaults__ = value.__kwdefaults__
                copy.__qualname__, copy.__module__ = value.__qualname__, value.__module__
                copy.__doc__, copy.__annotations__ = value.__doc__, value.__annotations__
                copy.__dict__.update(value.__dict__)
                names[name] = copy
        return names


class _InlineChannel:
    def __init__(self, number: int, emit: Emit) -> None:
        self.number, self.emit = number, emit
        self.answers: queue.SimpleQueue[tuple[Answer, str | None] | None] = queue.SimpleQueue()
        self.killed: str | None = None
        self.over = False

    def send(self, event: TrialEvent) -> None:
        self.over |= isinstance(event, Finished | Failed | Stopped)
        self.emit(event)

    def answer(self) -> tuple[Answer, str | None]:
        answer = self.answers.get()
        if answer is None:
            self.give_up()
        return answer

    def give_up(self) -> NoReturn:
        raise TrialLost
