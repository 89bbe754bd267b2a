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

from .errors import ExecutorError
from .executors.base import Emit, Executor
from .search.ahead import AskAhead
from .search.sampler import Sampler
from .storage.base import Storage
from .storage.folder import StudyFolder
from .storage.trust import sign
from .study import messages as m
from .study import trial_events as ev
from .study.study import Study

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
        self._storage, self._folder = storage, folder
        self._make_executor, self._seed = make_executor, seed
        self.on_change: Callable[[], None] = lambda: None
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._signing: dict[int, list[object]] = {}  # what waits for a trial's objects
        self._signed: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def abandon(self) -> None:
        """Let go of everything, instead of `start`."""
        self.study.phase = "finished"
        self._close()

    def storage_problem(self) -> str | None:
        """A sentence when the study can't be written down any more."""
        return self._storage.problem()

    def request(self, event: object) -> None:
        """Put an event (`study.messages` or a trial's) before the study; any thread."""
        self._events.put(event)

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
        for close in (self.executor.close if self.executor else None, self._storage.close):
            try:
                if close is not None:
                    close()
            except Exception:
                self.crash = self.crash or traceback.format_exc()
        # The workers hold the snapshot, and that can be as large as the notebook's data.
        self.executor, self._make_executor = None, _no_more_trials
        self._folder.close()
        self.done.set()
        self.on_change()

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
        elif isinstance(event, ev.Kept) and event.names and number not in self._signed:
            self._signing[event.number] = [event]
            self._signed.add(event.number)
            threading.Thread(target=self._sign, args=(event,), daemon=True).start()
        elif number in self._signing and isinstance(event, ev.TrialEvent):
            self._signing[number].append(event)
        else:
            self._handle(event)

    def _handle(self, event: object) -> None:
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
            self.executor = self._make_executor(self._events.put)
        return self.executor

    def _perform(self, command: m.Command) -> object | None:
        match command:
            case m.Ask(number, fixed):
                return m.Suggested(number, self._sampler.ask(number, fixed))
            case m.Launch(trial):
                trial.log_path = str(self._folder.log(trial.number))
                self._workers().submit(
                    ev.TrialSpec(
                        trial.number, dict(trial.params), self._seed, trial.log_path, trial.device
                    )
                )
            case m.Continue(number):
                self._workers().answer(number, ev.Answer.CONTINUE)
            case m.Stop(number):
                self._workers().answer(number, ev.Answer.STOP)
            case m.Keep(number):
                self._workers().answer(number, ev.Answer.KEEP, str(self._folder.objects(number)))
            case m.Release(number):
                self._workers().answer(number, ev.Answer.RELEASE)
            case m.Discard(number):
                self._folder.discard_objects(number)
            case m.Kill(number, reason):
                self._workers().kill(number, reason)
            case m.Save(trial):
                self._storage.save(trial)
            case m.SaveReport(trial):
                self._storage.save_report(trial)
            case m.Tell(trial):
                self._sampler.tell(trial)
            case m.End():
                pass
        return None


@dataclass(frozen=True)
class _Signed:
    """The objects of this trial are signed."""

    number: int


def _no_more_trials(emit: Emit) -> Executor:
    raise ExecutorError("the study has ended; it runs no more trials.")
