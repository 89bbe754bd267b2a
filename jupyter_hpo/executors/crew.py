"""The workers of one study: forked ahead of need, handed out, buried.

The helper forks them; each has a socket of its own to the kernel. Forked ahead, a worker costs
a trial nothing but what it does itself. Everything here runs on the executor's I/O thread.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import ExecutorError
from ..worker.helper import Load
from ..worker.orphans import end_of_lost
from ..worker.snapshot import Snapshot
from ..worker.wire import Closed, Wire, pair
from .endings import STARVED, how_it_ended, is_sigkill
from .host_memory import HostMemory
from .warm import WarmHelper

RESTARTS = 5
"""Helpers lost in a row, with no worker ended between, before the crew gives up."""


@dataclass(eq=False)
class Worker:
    """A forked process. deaf: its wire is closed. trial: what it runs, its owner's. leaving: no
    trial is to be given to it any more; retired: as it has said itself, so that it reads none. why:
    how it is to be said to have ended. device: the one it is bound to by its first trial. starved:
    killed because the machine's memory ran out. unborn: a copy of another worker, of which the
    helper has not taken note yet."""

    ident: int
    wire: Wire
    pid: int | None = None
    deaf: bool = False
    leaving: bool = False
    retired: bool = False
    trial: Any = None
    why: str | None = None
    device: str | None = None
    starved: bool = False
    unborn: bool = False


class Owner(Protocol):
    """Who is told what happens to the workers."""

    def heard(self, worker: Worker, message: Any) -> None:
        """The worker has sent this."""

    def gone(self, worker: Worker, how: str) -> None:
        """Its process has ended, or never came to be (how: for a sentence); all that it sent
        has been heard."""

    def adopted(self, worker: Worker) -> None:
        """A copy of a worker is one itself now: what it was copied from may go on."""

    def lost(self, why: str) -> None:
        """No worker can be had any more; the last call."""

    def told(self, message: tuple[Any, ...]) -> None:
        """The helper says something about itself."""


@dataclass
class Crew:
    """The workers. spares: how many are forked ahead. keep: how many that may run another
    trial wait for it; None: as many as spares.

    Raises ExecutorError when no helper can be started.
    """

    load: Load
    snapshot: Snapshot
    selector: selectors.BaseSelector
    owner: Owner
    spares: int
    workers: dict[int, Worker] = field(default_factory=dict)
    idle: list[Worker] = field(default_factory=list)
    helper: WarmHelper | None = None
    keep: int | None = None
    memory: HostMemory = field(default_factory=HostMemory)
    failed: str | None = None
    """Why no worker can be had any more."""
    _next: int = 0
    _losses: int = 0
    _imported: set[str] = field(default_factory=set)

    # -------------------------------------------------------------------- handing out
    def hire(self, trial: Any, message: Any, device: str | None = None) -> Worker:
        """Give a trial to a worker of its device, and the message to the worker.

        Raises ExecutorError when none can be had any more, OSError when none can be had now
        (no file descriptor is left, say).
        """
        if self.failed is None and self.helper is None:
            self._start_again()
        if self.failed is not None:
            raise ExecutorError(self.failed)
        worker = self._idle_one(device) or self._fork()
        worker.trial, worker.device = trial, device
        try:
            worker.wire.send(message)
        except Closed:  # it died while it waited: `gone` comes, and says how
            pass
        if not self.load.reuse:  # a reusable one comes back by itself
            self.stock()
        return worker

    @property
    def will_give_back(self) -> bool:
        """Whether there are descriptors that will come free: those of workers that run a
        trial, or are on their way out."""
        return any(not w.deaf and (w.leaving or w.trial is not None) for w in self.workers.values())

    @property
    def departing(self) -> bool:
        """Whether there are processes on their way out."""
        return any(w.leaving and w.pid is not None for w in self.workers.values())

    def _idle_one(self, device: str | None) -> Worker | None:
        """One that has used the device, else one that has used none; of several the last to
        come free, as the memory of its last trial may still be on the way back."""
        for wanted in (device, None):
            for worker in self.idle if device is None else self.idle[::-1]:
                if worker.device == wanted:
                    self.idle.remove(worker)
                    return worker
        return None

    def clear(self, device: str) -> bool:
        """End the idle workers of a device, for a trial that is to be alone on it; whether
        all that were to end have."""
        for worker in [w for w in self.idle if w.device == device]:
            self.idle.remove(worker)
            self.kill(worker)
        return not any(w.device == device and w.leaving for w in self.workers.values())

    def free(self, worker: Worker) -> None:
        """Its trial is over: a reusable worker may have another, the rest end by themselves."""
        worker.trial = None
        if not self.load.reuse or worker.leaving or worker.deaf:
            worker.leaving = True
        elif len(self.idle) < (self.spares if self.keep is None else self.keep):
            self.idle.append(worker)
        else:
            self.dismiss(worker)

    def stock(self) -> None:
        """Fork workers until enough wait."""
        while len(self.idle) < self.spares and self.helper is not None:
            try:
                self.idle.append(self._fork())
            except OSError:  # no descriptors: the next trial may find one, or says so
                return

    def dismiss(self, worker: Worker) -> None:
        """Let an idle worker end."""
        worker.leaving = True
        if worker in self.idle:
            self.idle.remove(worker)
        self._silence(worker)

    def kill(self, worker: Worker) -> None:
        worker.leaving = True
        self._tell(("kill", worker.ident))

    def imported(self, names: Iterable[str]) -> None:
        """A worker had to import these: those to come find them imported."""
        fresh = [name for name in names if name not in self._imported]
        if fresh:
            self._imported.update(fresh)
            self._tell(("import", fresh))
            if not self.load.reuse:  # reusable ones import it once themselves
                for worker in list(self.idle):
                    self.dismiss(worker)
                self.stock()

    def copy(self, original: Worker, trial: Any, message: Any) -> Worker:
        """Have a worker, which waits for an answer, copied for another trial; the message says
        so to it. Raises OSError when no descriptor is left, Closed when it has ended."""
        worker, theirs = self._expect()
        worker.trial, worker.device, worker.unborn = trial, original.device, True
        with theirs:
            try:
                original.wire.send(message, [theirs.fileno()])
            except Closed:
                del self.workers[worker.ident]
                self._silence(worker)
                raise
        return worker

    def _fork(self) -> Worker:
        worker, theirs = self._expect()
        with theirs:
            self._tell(("fork", worker.ident), [theirs.fileno()])
        return worker

    def _expect(self) -> tuple[Worker, socket.socket]:
        """A worker that is to come, and its end of the wire."""
        wire, theirs = pair()
        self._next += 1
        worker = self.workers[self._next] = Worker(self._next, wire)
        self.selector.register(wire, selectors.EVENT_READ, lambda: self._hear(worker))
        return worker, theirs

    # ------------------------------------------------------------------------ listening
    def _hear(self, worker: Worker) -> None:
        """Pass on what the worker has sent so far."""
        if worker.deaf:
            return
        try:
            for message, _ in worker.wire.available():
                self._pass_on(worker, message)
        except Closed:
            self._silence(worker)
            if worker.unborn and worker.pid is None:  # the helper knows nothing of it
                self._bury(worker, "could not be copied from another, which ended.")
        except Exception:  # no message of ours: the cell wrote to the socket
            self._silence(worker)
            worker.why = "it damaged its connection to the notebook."
            self.kill(worker)

    def _pass_on(self, worker: Worker, message: Any) -> None:
        match message:
            case list():
                self.imported(message)
            case ("leaving", _):
                worker.leaving = worker.retired = True
                if worker in self.idle:
                    self.idle.remove(worker)
            case ("problem", why):
                self.give_up(why)
            case ("copied", pid):
                worker.pid = pid
                self._tell(("adopt", worker.ident, pid))
                if worker.leaving:  # killed before it was one
                    self.kill(worker)
            case ("uncopied", why):
                worker.why = why  # its wire ends here
                self._bury(worker, why)
            case _:
                self.owner.heard(worker, message)

    def _silence(self, worker: Worker) -> None:
        if not worker.deaf:
            worker.deaf = True
            self.selector.unregister(worker.wire)
            worker.wire.close()

    def _bury(self, worker: Worker, how: str) -> None:
        """The process is gone: pass on what it said last, then that."""
        self._hear(worker)
        self._silence(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        if self.workers.pop(worker.ident, None) is not None:
            self.owner.gone(worker, worker.why or how)

    # --------------------------------------------------------------------------- helper
    def adopt(self, helper: WarmHelper) -> None:
        """Make this helper the crew's, and have it fork the first workers."""
        self.helper = helper
        self.selector.register(helper.wire, selectors.EVENT_READ, lambda: self._listen(helper))
        self._tell(("load", self.load), [self.snapshot.fd])
        if self._imported:
            self._tell(("import", sorted(self._imported)))
        self.stock()

    def close(self) -> None:
        """End the helper and every worker; no one is told."""
        if self.helper is not None:
            self._sweep(clean=self.helper.close())
        for worker in self.workers.values():
            worker.wire.close()
        self.workers.clear()
        self.idle.clear()
        del self.snapshot  # as large as the data: not for the garbage collector to find one day

    def _tell(self, message: tuple[Any, ...], fds: Sequence[int] = ()) -> None:
        try:
            if self.helper is not None:
                self.helper.wire.send(message, fds)
        except Closed:  # its end of the wire says the rest
            pass

    def _start_again(self) -> None:
        try:
            self.adopt(WarmHelper())
        except ExecutorError as error:
            self.give_up(str(error))

    def _listen(self, helper: WarmHelper) -> None:
        if helper is not self.helper:
            return
        try:
            for message, _ in helper.wire.available():
                self._heed(message)
        except Closed:
            self._lose(helper)

    def catch_up(self) -> None:
        """Hear what came while there was something to be sent. Call it before waiting."""
        if self.helper is not None and self.helper.wire.unread:
            self._listen(self.helper)
        for worker in [w for w in self.workers.values() if not w.deaf and w.wire.unread]:
            self._hear(worker)

    def _heed(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("forked", ident, pid):
                if ident in self.workers:
                    self.workers[ident].pid = pid
            case ("exited", ident, status):
                self._losses = 0
                if ident in self.workers:
                    worker = self.workers[ident]
                    worker.starved = is_sigkill(status) and self.memory.ran_out()
                    self._bury(worker, STARVED if worker.starved else how_it_ended(status))
            case ("adopted", ident):
                if ident in self.workers:
                    self.workers[ident].unborn = False
                    self.owner.adopted(self.workers[ident])
            case ("unforked", ident, why):
                if ident in self.workers:
                    self._bury(self.workers[ident], why)
            case ("problem", why):
                self.give_up(why)
            case _:
                self.owner.told(message)

    def _lose(self, helper: WarmHelper) -> None:
        """The helper died, its workers with it. The next `hire` starts another, a few times."""
        self.selector.unregister(helper.wire)
        self.helper = None
        self.idle.clear()
        helper.close()
        self._sweep(clean=False)
        self._losses += 1
        words = helper.last_words
        said = f" Its last words: {words}" if words else ""
        code = helper.process.returncode
        how = how_it_ended(code << 8 if code >= 0 else -code)
        if self._losses >= RESTARTS:
            self.give_up(
                f"the workers' helper process {how}, {self._losses} times in a row.{said} "
                "Free some memory, or run the study with `--executor inline`."
            )
        self._bury_all(f"was lost with the workers' helper process, which {how}.{said}")

    def give_up(self, why: str) -> None:
        """No worker can be had any more."""
        if self.failed is None:
            self.failed = why
            self.idle.clear()
            self._bury_all(why)
            self.owner.lost(why)

    def _bury_all(self, why: str) -> None:
        for worker in list(self.workers.values()):
            self._bury(worker, why)

    def _sweep(self, *, clean: bool) -> None:
        """Without a helper that did it, end the groups of the workers it left."""
        if not clean:
            end_of_lost({w.pid for w in self.workers.values() if w.pid is not None})
