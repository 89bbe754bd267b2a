"""The helper: a clean process with one thread that forks the workers.

It holds the notebook's snapshot and the modules it needs; the kernel, with its threads,
never forks. Started by `executors.warm`; ends when its socket to the kernel closes.

From the kernel: ("import", names), ("load", Load)+[snapshot fd], ("fork", ident)+[the worker's
socket], ("adopt", ident, pid), ("kill", ident). To it: ("problem", sentence), ("forked", ident,
pid), ("unforked", ident, sentence), ("adopted", ident), ("exited", ident, status as `os.waitpid`
gives it), ("setup", SetUp).
"""

from __future__ import annotations

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..cell.bind import prepare, remember_source
from ..cell.captured import CellProgram
from ..cell.program import text_of
from . import child, pages, shell, snapshot
from .devices import Plan
from .orphans import Orphans
from .reuse import Anew, Late
from .shared_setup import run_shared
from .threads import THREAD_VARIABLES
from .trial import Setting
from .wire import Closed, Wire


@dataclass(frozen=True)
class Load:
    """What makes a helper ready. modules: to import first; threads: for each trial. reuse:
    workers run trial after trial, and unpickle the snapshot for each themselves. plan: of the
    devices that they use. seed: of every trial, for the shared set-up (not with reuse).
    late: each worker unpickles the snapshot itself, for its one trial (`computing`)."""

    program: CellProgram
    surroundings: snapshot.Surroundings
    names: tuple[str, ...]
    modules: tuple[str, ...]
    threads: int
    reuse: bool = False
    plan: Plan | None = None
    seed: int | None = None
    late: bool = False


class Helper:
    """The helper's state; one thread, no pool of threads may have run when it forks."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.pid = os.getpid()
        self.main = types.ModuleType("__main__")
        self.main.__dict__["__builtins__"] = __builtins__
        sys.modules["__main__"] = self.main
        self.children: dict[int, int] = {}  # pid -> ident
        self.ready: child.Inherited | None = None
        self.pages: Iterator[int] = iter(())
        self.orphans = Orphans()
        self.wakeup, self.alarm = socket.socketpair()
        self.wakeup.setblocking(False)
        self.alarm.setblocking(False)

    def serve(self) -> None:
        """Until the kernel's end closes; then no child is left."""
        child.die_first()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.alarm.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.wire, selectors.EVENT_READ)
            selector.register(self.wakeup, selectors.EVENT_READ)
            try:
                while True:
                    for key, _ in selector.select(self.spare_time()):
                        if key.fileobj is self.wakeup:
                            self.wakeup.recv(4096)
                            self.reap()
                        else:
                            for message, fds in self.wire.available():
                                self.handle(message, fds)
            except Closed:
                self.end_children()

    def spare_time(self) -> float | None:
        """Use the time in which nothing is asked: one step, then look again. None when there
        is nothing to do."""
        address = next(self.pages, None)
        if address is None:
            return None
        pages.collapse(address)
        return 0.0

    def handle(self, message: tuple[Any, ...], fds: list[int]) -> None:
        match message:
            case ("import", names):
                self.import_all(names)
            case ("load", load):
                self.load(load, fds[0])
            case ("fork", ident):
                self.fork(ident, fds[0])
            case ("adopt", ident, pid):
                self.adopt(ident, pid)
            case ("kill", ident):
                for pid, known in self.children.items():
                    if known == ident:
                        os.kill(pid, signal.SIGKILL)

    # ---------------------------------------------------------------------- before trials
    def import_all(self, names: Iterable[str]) -> None:
        """Import what can be imported; where one fails, the trial that needs it will say so,
        at the line of the cell."""
        for name in names:
            if name not in sys.modules:
                try:
                    importlib.import_module(name)
                except Exception:
                    continue
        torch: Any = sys.modules.get("torch")
        if hasattr(torch, "set_num_threads"):
            torch.set_num_threads(1)
        self.settle()
        if self.ready is not None:
            self.get_ready(self.ready)

    def load(self, load: Load, fd: int) -> None:
        try:
            load.surroundings.apply(keep=(*THREAD_VARIABLES, "MPLBACKEND"))
            self.import_all(load.modules)
            if load.reuse:
                source: child.Source = Anew(os.dup(fd), load.program, load.names, load.plan)
            elif load.late:
                source = Late(os.dup(fd), load.program, load.names)
            else:
                source = self.inherited(load, fd)
        except Exception as error:
            self.wire.send(("problem", child.cannot_load(error)))
            return
        finally:
            os.close(fd)
        prepare(load.program)
        remember_source(load.program)
        self.import_all(())
        self.get_ready(child.Inherited(source, self.pid, load.threads, 0))

    def get_ready(self, inherited: child.Inherited) -> None:
        """Take stock of what the workers inherit, now that all is imported."""
        source = inherited.source.placed()
        self.ready = replace(inherited, source=source, modules=len(sys.modules))

    def inherited(self, load: Load, fd: int) -> child.Source:
        namespace = self.main.__dict__
        state = snapshot.load_snapshot(fd, namespace)
        shell.offer(namespace, now=shell.wanted(text_of(load.program)))
        shared = run_shared(
            load.program, namespace, state, seed=load.seed, kernel_fd=self.wire.fileno()
        )
        self.pid = os.getpid()  # it may be another process that goes on
        if shared.event is not None:
            self.wire.send(("setup", shared.event))
        setting = Setting(shared.program, state, frozenset(load.names), shared.done, load.seed)
        return child.Once(setting, namespace)

    def settle(self) -> None:
        """Leave to the children a heap that their garbage collector doesn't write to."""
        gc.disable()
        gc.collect()
        gc.freeze()
        self.pages = pages.regions()

    # ---------------------------------------------------------------------------- workers
    def fork(self, ident: int, fd: int) -> None:
        if self.ready is None:  # it could not be loaded, as the kernel has been told
            os.close(fd)
            return
        self.orphans.adopt()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(fd)
            why = (
                f"no process could be started for it: {error.strerror or error}. Free some "
                "memory, or run fewer trials at once with --jobs."
            )
            self.wire.send(("unforked", ident, why))
            return
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self.wire, self.wakeup, self.alarm):
                end.close()
            child.live(Wire(socket.socket(fileno=fd)), self.ready)
        os.close(fd)
        try:
            os.setpgid(pid, pid)  # the child does the same: whoever comes first
        except OSError:
            pass
        self.children[pid] = ident
        self.wire.send(("forked", ident, pid))

    def adopt(self, ident: int, pid: int) -> None:
        """A worker has copied itself (`copying`): the copy is one more child of this process."""
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # it has ended already, and an orphan's end is noted by nobody
            done, status = pid, 0
        if done:
            self.wire.send(("exited", ident, status))
        else:
            self.children[pid] = ident
            self.wire.send(("adopted", ident))

    def reap(self) -> None:
        for pid in list(self.children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self.bury(pid, status)
        self.orphans.sweep(self.children)

    def bury(self, pid: int, status: int) -> None:
        ident = self.children.pop(pid)
        self.orphans.bury(pid, self.children)  # what the trial started and left behind
        self.wire.send(("exited", ident, status))

    def end_children(self) -> None:
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)
        while self.children:
            pid, _ = self.children.popitem()
            os.waitpid(pid, 0)
            self.orphans.bury(pid, self.children)
        self.orphans.end()


def main(fd: int) -> None:
    """Serve the kernel at the other end of the inherited socket fd, then exit."""
    os.set_inheritable(fd, False)
    # A library that asks for a GPU when it is imported must not start CUDA here: what is
    # forked from this process could not use it any more.
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    wire = Wire(socket.socket(fileno=fd))
    code = 1
    try:
        Helper(wire).serve()
        code = 0
    except Closed:
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]))
