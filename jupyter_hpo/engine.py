"""The one loop: events -> Study -> commands, on its own thread.

It knows three seams: Sampler, Executor, Storage. Nobody else changes the Study; who reads it
from another thread holds `Engine.lock`.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import ExecutorError
from .executors.base import Emit, Executor
from .search.ahead import AskAhead
from .search.sampler import Exhausted, Sampler
from .storage.base import Storage
from .storage.folder import StudyFolder
from .storage.trust import sign
from .study import messages as m
from .study import trial_events as ev
from .study.lockstep import Lockstep
from .study.study import Study
from .study.trial import Trial

TICK_S = 0.1


class Engine:
    """Runs one study to its end on a thread of its own.

    make_executor: called on the engine's thread with the function that takes its events; an
    exception from it ends the study with its message. seed: given to every trial.
    Set before `start`: on_change, called on the engine's thread after every change of the
    study; it must not block.
    """

    def __init__(
        self,
        study: Study,
        *,
        sampler: Sampler,
        storage: Storage,
        folder: StudyFolder,
        make_executor: Callable[[Emit], Executor],
        seed: int | None = None,
    ) -> None:
        self.study, self.lock = study, threading.Lock()
        self.crash: str | None = None
        self.done = threading.Event()
        self.executor: Executor | None = None
        # With a seed the run is to repeat, so nothing may depend on when it is asked for.
        self._ahead = AskAhead(sampler) if seed is None else None
        self._sampler: Sampler = self._ahead or sampler
        self._lockstep = None if seed is None else Lockstep()
        self._storage, self._folder = storage, folder
        self._make_executor, self._seed = make_executor, seed
        self.on_change: Callable[[], None] = lambda: None
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._homes: dict[int, Executor] = {}  # of the trials that are alive
        self._former: list[Executor] = []  # of an earlier space: closed when they are empty
        self._closing: list[threading.Thread] = []
        self._signing: dict[int, list[object]] = {}  # what waits for a trial's objects
        self._signed: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def abandon(self) -> None:
        """Let go of everything, instead of `start`."""
        self.study.phase = "finished"
        self._close()

    @property
    def searched_by(self) -> Sampler:
        """The sampler at present; any thread, to read its name and why."""
        return self._sampler

    def storage_problem(self) -> str | None:
        """A sentence when the study can't be written down any more."""
        return self._storage.problem()

    def request(self, event: object) -> None:
        """Put an event (`study.messages` or a trial's) before the study; any thread."""
        self._events.put(event)

    def change_space(
        self,
        event: m.SpaceChanged,
        sampler: Sampler,
        make_executor: Callable[[Emit], Executor] | None = None,
    ) -> None:
        """Search another space from now on; any thread. sampler: a new one, told of nothing
        yet; it is given over. make_executor: as for the constructor, when trials run another
        program from now on; those that run go on in their own."""
        self._events.put(_NewSpace(event, sampler, make_executor))

    # ------------------------------------------------------------- the engine's thread
    def _run(self) -> None:
        try:
            self._handle(m.Begin())
            due = time.monotonic() + TICK_S
            while self.study.phase != "finished":
                if self._events.empty():
                    self._look_ahead()
                with contextlib.suppress(queue.Empty):
                    self._take(self._events.get(timeout=max(0.0, due - time.monotonic())))
                if time.monotonic() >= due:  # also when events never stop coming
                    self._handle(m.Tick())
                    due = time.monotonic() + TICK_S
        except Exception as error:  # whatever happens, the person gets the kernel back
            self.crash = traceback.format_exc()
            with self.lock:
                self.study.phase, self.study.failed = "finished", True
                self.study.message = f"{type(error).__name__}: {error}"
                self.study.ended_at = time.time()
                self.study.version += 1
        finally:
            self._close()

    def _close(self) -> None:
        executors = [*self._former, *([self.executor] if self.executor else [])]
        for close in (*(e.close for e in executors), self._storage.close):
            self._closed(close)
        for closing in self._closing:
            closing.join()
        self._former.clear()
        self._homes.clear()
        # The workers hold the snapshot, and that can be as large as the notebook's data.
        self.executor, self._make_executor = None, _no_more_trials
        self._folder.close()
        self.done.set()
        self.on_change()

    def _closed(self, close: Callable[[], None]) -> None:
        try:
            close()
        except Exception:
            self.crash = self.crash or traceback.format_exc()

    def _look_ahead(self) -> None:
        number = self.study.next_number if self._ahead is not None else None
        if self._ahead is not None and number is not None:
            self._ahead.prepare(number)

    def _take(self, event: object) -> None:
        """Handle an event; those of a trial whose objects are being signed wait for that."""
        number = getattr(event, "number", None)
        if isinstance(event, _Signed):
            for held in self._signing.pop(event.number):
                self._take(held)
        elif isinstance(event, _NewSpace):
            self._change_space(event)
        elif isinstance(event, ev.Kept) and event.names and number not in self._signed:
            self._signing[event.number] = [event]
            self._signed.add(event.number)
            threading.Thread(target=self._sign, args=(event,), daemon=True).start()
        elif number in self._signing and isinstance(event, ev.TrialEvent):
            self._signing[number].append(event)
        else:
            self._handle(event)

    def _handle(self, event: object) -> None:
        """Handle an event and all that follows; with a seed those of trials in fixed batches."""
        if self._lockstep is None:
            self._process(event)
            return
        held = self._lockstep.holds(event)
        self._process(m.Held(event.number) if held else event)  # type: ignore[attr-defined]
        while batch := self._lockstep.batch(self.study.awaited):
            for one in batch:
                self._process(one)

    def _process(self, event: object) -> None:
        if isinstance(event, ev.Ended):
            self._homes.pop(event.number, None)
            self._close_former()
        pending: deque[object] = deque([event])
        while pending:
            with self.lock:
                before = self.study.version
                commands = self.study.handle(pending.popleft(), time.time())
                changed = self.study.version != before
            for command in commands:
                answer = self._perform(command)
                if answer is not None:
                    pending.append(answer)
            if changed:
                self.on_change()

    def _sign(self, event: ev.Kept) -> None:
        """On a thread of its own: a large file takes a second to read."""
        try:
            sign(self._folder.objects(event.number))
        except Exception as error:  # whatever it is, the trial's end waits for this
            event.left_out["(all)"] = f"they can't be signed, so not reloaded later: {error}"
        self._events.put(_Signed(event.number))

    def _workers(self) -> Executor:
        """The executor, made when the first trial is launched: a study that only reads
        back what it has needs none."""
        if self.executor is None:
            made: list[Executor] = []

            def emit(event: ev.TrialEvent) -> None:
                # It has told the end of each of its trials; others run elsewhere.
                former = bool(made) and made[0] is not self.executor
                if not (former and isinstance(event, ev.ExecutorLost)):
                    self._events.put(event)

            self.executor = self._make_executor(emit)
            made.append(self.executor)
        return self.executor

    def _change_space(self, change: _NewSpace) -> None:
        if self.study.phase in ("stopping", "finished"):
            return
        self._ahead = AskAhead(change.sampler) if self._ahead is not None else None
        self._sampler = self._ahead or change.sampler
        self._storage.change_space(change.event.space)
        if change.make_executor is not None:
            self._make_executor = change.make_executor
            if self.executor is not None:
                self._former.append(self.executor)
                self.executor = None
                self._close_former()
        self._handle(change.event)

    def _close_former(self) -> None:
        """On threads of their own, those that have no trial left: it may take seconds."""
        for executor in [e for e in self._former if e not in self._homes.values()]:
            self._former.remove(executor)
            thread = threading.Thread(target=self._closed, args=(executor.close,), daemon=True)
            self._closing.append(thread)
            thread.start()

    def _answer(self, number: int, answer: ev.Answer, path: str | None = None) -> None:
        executor = self._homes.get(number)
        if executor is not None:
            executor.answer(number, answer, path)

    def _spec(self, trial: Trial) -> ev.TrialSpec:
        return ev.TrialSpec(
            trial.number,
            dict(trial.params),
            self._seed,
            trial.log_path,
            trial.device,
            self.study.threads,
            len(trial.rounds) if self.study.config.rounds.n > 1 else 0,
            trial.parent,
        )

    def _perform(self, command: m.Command) -> object | None:
        match command:
            case m.Ask(number, fixed):
                try:
                    return m.Suggested(number, self._sampler.ask(number, fixed))
                except Exhausted as end:
                    return m.Exhausted(number, str(end))
            case m.Launch(trial):
                trial.log_path = str(self._folder.log(trial.number))
                self._homes[trial.number] = self._workers()
                self._homes[trial.number].submit(self._spec(trial))
            case m.Copy(trial) if trial.parent is not None:
                # Only where trials can be copied is there a scheduler that wants it.
                home: Any = self._homes[trial.parent]
                trial.log_path = str(self._folder.log(trial.number))
                self._homes[trial.number] = home
                home.copy(self._spec(trial))
            case m.Continue(number):
                self._answer(number, ev.Answer.CONTINUE)
            case m.Stop(number):
                self._answer(number, ev.Answer.STOP)
            case m.Keep(number):
                self._answer(number, ev.Answer.KEEP, str(self._folder.objects(number)))
            case m.Release(number):
                self._answer(number, ev.Answer.RELEASE)
            case m.Discard(number):
                self._folder.discard_objects(number)
            case m.Kill(number, reason):
                if number in self._homes:
                    self._homes[number].kill(number, reason)
            case m.Save(trial):
                self._storage.save(trial)
            case m.SaveReport(trial):
                self._storage.save_report(trial)
            case m.Describe(attributes):
                self._storage.describe(attributes)
            case m.Tell(trial):
                self._sampler.tell(trial)
            case m.End():
                pass
        return None


@dataclass(frozen=True)
class _NewSpace:
    """As given to `change_space`."""

    event: m.SpaceChanged
    sampler: Sampler
    make_executor: Callable[[Emit], Executor] | None


@dataclass(frozen=True)
class _Signed:
    """The objects of this trial are signed."""

    number: int


def _no_more_trials(emit: Emit) -> Executor:
    raise ExecutorError("the study has ended; it runs no more trials.")
