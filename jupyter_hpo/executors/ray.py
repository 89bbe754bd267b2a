"""Trials on a Ray cluster: `--on ray`.

On every node that gives room there is one actor, a `Foreman`, which runs its trials with the same
workers as `processes` does: a process for each, forked from a helper that holds the notebook. The
foremen's CPUs and GPUs are reserved in Ray; the notebook's data lies once in its object store.

Nodes may come and go. A trial whose node is lost is run again on another from its beginning, and
nobody is told: reports that were made before are answered as they were then. The kernel alone
writes the study, its logs and its objects.
"""

from __future__ import annotations

import logging
import mmap
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..cell.captured import CellProgram
from ..errors import ExecutorError
from ..study.trial_events import (
    Answer,
    Died,
    Ended,
    ExecutorLost,
    Finished,
    Kept,
    Reported,
    SetUp,
    Started,
    Stopped,
    TrialEvent,
    TrialSpec,
)
from ..worker.snapshot import Snapshot
from .base import Emit
from .ray_cluster import Cluster, Node, imported
from .ray_foreman import Foreman, Message, Order, machine, own_version

LOSSES = 2
"""Nodes that a trial may lose, until it is given up."""

LOOK_S, AT_FIRST_S = 5.0, 0.5
"""So often the cluster is looked at for more room, while there is too little, or none yet."""

PATIENCE_S = 300.0
"""Without any room on it for so long, the study ends: a cluster that grows takes minutes."""

CLOSING_S = 10.0

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Post:
    """A foreman. slots: trials side by side. ready: it has the notebook, and may have trials."""

    actor: Any
    slots: int
    node: Node
    ready: bool = False


@dataclass(eq=False)
class _Run:
    """A submitted trial. told: reports that were emitted; answered: those of them that were
    answered CONTINUE; seen: reports of the present attempt. post: where it runs; None while it
    waits for one, or, lost while it was paused, for its answer."""

    spec: TrialSpec
    post: _Post | None = None
    told: int = 0
    answered: int = 0
    seen: int = 0
    losses: int = 0
    started: bool = False
    finished: bool = False
    killed: str | None = None
    path: str | None = None


class RayExecutor:
    """Runs the trials of a study on a Ray cluster.

    jobs: trials side by side. cpus: of Ray, for each; gpus: each has a whole GPU. threads: of
    each trial. All events are emitted by one thread. It joins the cluster, and leaves it when it
    is closed. Raises ExecutorError when the cluster doesn't answer.
    """

    def __init__(
        self,
        program: CellProgram,
        snapshot: Snapshot,
        emit: Emit,
        *,
        cluster: Cluster,
        jobs: int,
        cpus: float = 1.0,
        gpus: bool = False,
        threads: int = 1,
        reuse: bool = False,
        seed: int | None = None,
    ) -> None:
        self.slots = jobs
        self._cluster, self._emit = cluster, emit
        self._cpus, self._gpus = cpus, gpus
        self._order = Order(
            program, 1, machine(), own_version(), snapshot.size_bytes, snapshot.names,
            snapshot.late, snapshot.surroundings, threads, gpus, reuse, seed,
        )  # fmt: skip
        self._ray = imported()
        self._content: Any = self._ray.put(_bytes_of(snapshot))
        self._posts: list[_Post] = []
        self._refused: dict[str, str] = {}  # nodes that can't run trials, and why
        self._trials: dict[int, _Run] = {}
        self._waiting: list[_Run] = []
        self._set_up = self._closed = False
        self._roomless_since = time.monotonic()
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-ray", daemon=True)
        self._look()
        cluster.join()
        self._thread.start()

    # ------------------------------------------------------------- called by the engine
    def submit(self, spec: TrialSpec) -> None:
        self._jobs.put(lambda: self._submit(spec))

    def answer(self, number: int, answer: Answer, path: str | None = None) -> None:
        self._jobs.put(lambda: self._answer(number, answer, path))

    def kill(self, number: int, reason: str) -> None:
        self._jobs.put(lambda: self._kill(number, reason))

    def close(self) -> None:
        """Ends every trial (no further events) and every foreman; waits a few seconds at most."""
        if self._thread.is_alive():
            self._jobs.put(self._wind_up)
            self._thread.join()

    # ------------------------------------------------------------------- the one thread
    def _run(self) -> None:
        try:
            looked = time.monotonic()
            while not self._closed:
                every_s = LOOK_S if self._posts else AT_FIRST_S
                try:
                    self._jobs.get(timeout=every_s)()
                except queue.Empty:
                    pass
                if not self._closed and time.monotonic() - looked >= every_s:
                    self._look()
                    looked = time.monotonic()
        except Exception as error:  # a fault of ours, or a lost connection
            log.debug("the thread of Ray broke", exc_info=True)
            if not self._closed:
                self._give_up(f"Ray failed: {type(error).__name__}: {error}")
                self._wind_up()

    def _submit(self, spec: TrialSpec) -> None:
        trial = self._trials[spec.number] = _Run(spec)
        self._begin(trial)

    def _begin(self, trial: _Run) -> None:
        """Give it to the foreman with the most room, or have it wait for the first one."""
        ready = [post for post in self._posts if post.ready]
        if not ready:
            self._waiting.append(trial)
            return
        trial.post = max(ready, key=lambda post: post.slots - self._active(post))
        trial.seen = 0
        trial.post.actor.submit.remote(trial.spec)

    def _active(self, post: _Post) -> int:
        """Trials of a foreman that run: those that wait for their answer don't."""
        mine = (t for t in self._trials.values() if t.post is post)
        return sum(not t.finished and (t.seen < t.told or t.told == t.answered) for t in mine)

    def _answer(self, number: int, answer: Answer, path: str | None) -> None:
        trial = self._trials.get(number)
        if trial is None:
            return
        trial.path = path
        if answer is Answer.CONTINUE and trial.answered < trial.told:
            trial.answered += 1
            if trial.post is not None and trial.seen < trial.told:
                return  # it is being run again, and will be answered when it is there
        if trial.post is not None:
            trial.post.actor.answer.remote(number, answer)
        elif trial in self._waiting:
            if answer is Answer.STOP and not trial.finished:
                self._end(trial, Stopped(number))
        elif trial.finished:
            lost = "the node with its objects was lost."
            self._end(trial, Died(number, lost) if answer is Answer.KEEP else None)
        elif answer is Answer.STOP:
            self._end(trial, Stopped(number))
        elif answer is Answer.CONTINUE:
            self._begin(trial)

    def _kill(self, number: int, reason: str) -> None:
        trial = self._trials.get(number)
        if trial is None or trial.killed is not None:
            return
        trial.killed = reason
        if trial.post is None:
            self._end(trial, Died(number, reason))
        else:
            trial.post.actor.kill.remote(number, reason)

    # ------------------------------------------------------------------------- foremen
    def _look(self) -> None:
        """Put foremen where there is room, while there are too few."""
        missing = max(self.slots, len(self._trials)) - sum(post.slots for post in self._posts)
        if missing > 0:
            for node in self._cluster.nodes():
                taken = any(post.node.ident == node.ident for post in self._posts)
                slots = min(missing, room(node, self._cpus, self._gpus))
                if not taken and slots > 0 and node.ident not in self._refused:
                    self._place(node, slots)
                    missing -= slots
        if self._posts:
            self._roomless_since = time.monotonic()
        elif self._refused or time.monotonic() - self._roomless_since > PATIENCE_S:
            what = "GPU" if self._gpus else "CPU"
            none = f"Ray has had no free {what} for {PATIENCE_S / 60:.0f} minutes."
            self._give_up(" ".join(self._refused.values()) or none)

    def _place(self, node: Node, slots: int) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node.ident, soft=False)
        made = self._ray.remote(Foreman).options(
            num_cpus=slots * self._cpus,
            num_gpus=slots if self._gpus else 0,
            scheduling_strategy=there,
            max_restarts=0,
        )
        post = _Post(made.remote(), slots, node)
        self._posts.append(post)
        threading.Thread(
            target=self._listen, args=(post,), name=f"jupyter_hpo-{node.name}", daemon=True
        ).start()

    def _listen(self, post: _Post) -> None:
        """A foreman's thread: pass on what it says, until it is gone."""
        try:
            order = replace(self._order, slots=post.slots)
            problem = self._ray.get(post.actor.begin.remote(order, self._content))
            self._jobs.put(lambda: self._ready(post, problem))
            while not problem and not self._closed:
                news: list[Message] = self._ray.get(post.actor.news.remote())
                if news:
                    self._jobs.put(lambda news=news: self._hear(post, news))  # type: ignore[misc]
        except Exception as error:  # it died, its node did, the connection is lost
            why = error
            self._jobs.put(lambda: self._lose(post, why))

    def _ready(self, post: _Post, problem: str) -> None:
        if problem:
            self._refused[post.node.ident] = problem
            self._dismiss(post)
            self._look()
            return
        post.ready = True
        waiting, self._waiting = self._waiting, []
        for trial in waiting:
            self._begin(trial)

    def _dismiss(self, post: _Post) -> None:
        if post in self._posts:
            self._posts.remove(post)
        try:
            self._ray.kill(post.actor)
        except Exception:  # it is gone, or Ray is
            log.debug("a foreman could not be ended", exc_info=True)

    def _lose(self, post: _Post, error: Exception) -> None:
        """Its trials are run again elsewhere, from their beginning."""
        if self._closed or post not in self._posts:
            return
        if not post.ready:
            self._refused[post.node.ident] = _refusal(post.node, error)
        self._dismiss(post)
        for trial in [t for t in self._trials.values() if t.post is post]:
            trial.post = None
            trial.losses += 1
            if trial.killed is not None:
                self._end(trial, Died(trial.spec.number, trial.killed))
            elif trial.finished:
                if trial.path is not None:
                    lost = f"its node, {post.node.name}, was lost with them."
                    self._end(trial, Died(trial.spec.number, lost))
            elif trial.losses > LOSSES:
                why = f"the nodes it ran on were lost, {trial.losses} times in a row."
                self._end(trial, Died(trial.spec.number, why))
            else:
                note = f"[jupyter_hpo] {post.node.name} was lost; the trial begins again.\n"
                self._write_log(trial, note.encode())
                if trial.told == trial.answered:
                    self._begin(trial)
        self._look()

    # -------------------------------------------------------------------------- trials
    def _hear(self, post: _Post, news: list[Message]) -> None:
        for message in news:
            if isinstance(message, SetUp):
                if not self._set_up:
                    self._set_up = True
                    self._emit(message)
            elif isinstance(message, ExecutorLost):
                self._refused[post.node.ident] = message.reason
                self._dismiss(post)
                self._look()
            else:
                number = message[1] if isinstance(message, tuple) else message.number
                trial = self._trials.get(number)
                if trial is not None and trial.post is post:
                    self._heard(trial, message)

    def _heard(self, trial: _Run, message: Any) -> None:
        match message:
            case ("log", _, text):
                self._write_log(trial, text)
                return
            case Started():
                if trial.started:
                    return
                trial.started = True
            case Reported():
                trial.seen += 1
                if trial.seen <= trial.told:  # of an attempt that was lost: known already
                    if trial.seen <= trial.answered:
                        self._to(trial).answer.remote(trial.spec.number, Answer.CONTINUE)
                    return
                trial.told += 1
            case Finished():
                trial.finished = True
                trial.told = trial.answered = trial.seen
            case Kept():
                message = self._bring(trial, message)
            case Ended():
                self._trials.pop(trial.spec.number, None)
        self._emit(message)

    @staticmethod
    def _to(trial: _Run) -> Any:
        assert trial.post is not None
        return trial.post.actor

    def _bring(self, trial: _Run, kept: Kept) -> Kept:
        """Its objects out of the object store, to where the kernel wants them."""
        path = trial.path or ""
        kept = replace(kept, path=path)
        if not kept.names:
            return kept
        try:
            content = self._ray.get(self._to(trial).fetch.remote(kept.number))
            _write(path, memoryview(content))
        except OSError as error:
            why = f"the file can't be written: {error.strerror or error}"
        except Exception as error:  # the node is lost, as will be heard
            why = f"it was lost on the way: {type(error).__name__}"
        else:
            return kept
        return replace(kept, names=(), left_out={**kept.left_out, **dict.fromkeys(kept.names, why)})

    def _write_log(self, trial: _Run, text: bytes) -> None:
        if trial.spec.log_path is None:
            return
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with open(os.open(trial.spec.log_path, flags, 0o600), "wb") as file:
                file.write(text)
        except OSError:  # a full disk costs the output, not the trial
            return

    def _end(self, trial: _Run, last: TrialEvent | None) -> None:
        """Without its foreman: there is none."""
        if trial in self._waiting:
            self._waiting.remove(trial)
        if self._trials.pop(trial.spec.number, None) is not None:
            if last is not None:
                self._emit(last)
            self._emit(Ended(trial.spec.number))

    # ----------------------------------------------------------------------------- end
    def _give_up(self, why: str) -> None:
        for trial in list(self._trials.values()):
            self._end(trial, Died(trial.spec.number, why))
        self._emit(ExecutorLost(why))
        self._emit = lambda event: None

    def _wind_up(self) -> None:
        self._closed = True
        self._emit = lambda event: None
        try:
            ending = [post.actor.close.remote() for post in self._posts if post.ready]
            if ending:
                self._ray.wait(ending, num_returns=len(ending), timeout=CLOSING_S)
        except Exception:  # Ray itself is gone
            log.debug("the foremen could not be closed", exc_info=True)
        for post in list(self._posts):
            self._dismiss(post)
        self._trials.clear()
        self._content = None
        try:
            self._cluster.leave()
        except ExecutorError:
            log.debug("Ray could not be left", exc_info=True)


def room(node: Node, cpus: float, gpus: bool) -> int:
    """How many trials fit on what is free of a node."""
    by_cpus = int(node.free_cpus / cpus + 1e-6)
    return min(by_cpus, int(node.free_gpus)) if gpus else by_cpus


def _refusal(node: Node, error: Exception) -> str:
    text = str(error)
    if "ModuleNotFoundError" in text or "ImportError" in text:
        missing = next((ln for ln in text.splitlines() if "Error: " in ln), text).strip()
        return (
            f"{node.name} can't run trials: {missing}. Install the notebook's packages there, "
            f"jupyter_hpo {own_version()} among them."
        )
    return f"{node.name} was lost before it had run a trial: {text.strip().partition(chr(10))[0]}"


def _bytes_of(snapshot: Snapshot) -> Any:
    """The snapshot as an array that looks into its file: Ray copies it once."""
    import numpy

    mapping = mmap.mmap(snapshot.fd, snapshot.size_bytes, access=mmap.ACCESS_READ)
    return numpy.frombuffer(mapping, numpy.uint8)


def _write(path: str, content: memoryview) -> None:
    """For this user only, whole or not at all."""
    temporary = f"{path}.{secrets.token_hex(4)}.part"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(fd, "wb", buffering=0) as file:
            done = 0
            while done < len(content):
                done += file.write(content[done:])
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
