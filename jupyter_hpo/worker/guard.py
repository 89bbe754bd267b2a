"""What a trial may have changed of its process, undone for the next trial in it.

Undone: working folder, environment, module path, arguments, the umask, signal handlers,
warnings' filters, builtins, the root logger, the recursion limit, locale, modules of the
person's own; and of the libraries what `libraries` lists. What can't be undone (threads or
processes left running, a limit lowered, files left open by the dozen, memory that doesn't come
back) is said, and the worker is replaced. Not noticed: attributes set on installed modules.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import builtins
import locale
import logging
import os
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from typing import Any

from . import libraries
from .installed import is_installed

GROWTH_BYTES = 512 << 20
LEFT_OPEN = 32
WATCHED = ("torch", "numpy", "matplotlib", "tensorflow", "sklearn", "pandas")
"""A worker that imports one of these for the first time can't know how it was before."""


class Guard:
    """The process as it stands now, for `restore` to come back to. Main thread."""

    def __init__(self) -> None:
        self.undo = [*_process(), *libraries.undo()]
        self.loaded = {name for name in WATCHED if name in sys.modules}
        for name in list(sys.modules):  # each trial has its own
            if name == "__main__" or _is_own(name):
                del sys.modules[name]
        self.modules = dict(sys.modules)
        self.threads = threading.active_count()
        self.limits = _limits()
        self.files = _open_files()
        self.memory: int | None = None

    def restore(self) -> str:
        """Bring it back; a sentence when the process is not to be used again, else ''."""
        new = [name for name in WATCHED if name in sys.modules and name not in self.loaded]
        if new:
            return f"it imported {new[0]}."
        if threading.active_count() > self.threads:
            return "the trial left a thread running."
        if _has_children():
            return "the trial left a process running."
        if _limits() != self.limits:
            return "the trial changed a limit of its process."
        if _open_files() > self.files + LEFT_OPEN:
            return "the trial left files open."
        for undo in self.undo:
            undo()
        del sys.modules["__main__"]
        self._restore_modules()
        return ""

    def _restore_modules(self) -> None:
        """Forget the person's own modules, so that each trial imports them itself."""
        if sys.modules == self.modules:  # the same objects: compared by identity, and fast
            return
        for name in sys.modules.keys() - self.modules.keys():
            if _is_own(name):
                del sys.modules[name]
        sys.modules.update(self.modules)
        self.modules = dict(sys.modules)

    def grown(self) -> str:
        """A sentence when the process holds much more memory than after its first trial."""
        now = _resident_bytes()
        if self.memory is None:
            self.memory = now
        if now > self.memory + GROWTH_BYTES:
            return "the trial's memory did not come back."
        return ""


def _process() -> list[Callable[[], object]]:
    """One function for each thing of the process itself, that sets it back to how it is now."""
    # As bytes where the system has them so: decoding forty strings a trial is not free.
    environment: Any = os.environb if os.supports_bytes_environ else os.environ
    folder, variables = os.getcwd(), dict(environment)
    path, arguments = list(sys.path), list(sys.argv)
    umask = os.umask(0)
    os.umask(umask)
    # The C functions: signal's own wrap every number in an enum, 60 times a trial.
    handlers = {int(n): _signal.getsignal(int(n)) for n in signal.valid_signals()}
    filters, show = list(warnings.filters), warnings.showwarning
    own, hooks = dict(vars(builtins)), (sys.excepthook, sys.displayhook)
    root = logging.getLogger()
    log_handlers, log_level = list(root.handlers), root.level
    depth, place = sys.getrecursionlimit(), locale.setlocale(locale.LC_ALL)
    temporary = tempfile.tempdir

    def back_variables() -> None:
        now = dict(environment)
        if now != variables:
            for name in now.keys() - variables.keys():
                del environment[name]
            environment.update(variables)

    def back_signals() -> None:
        for number, handler in handlers.items():
            if handler is not None and _signal.getsignal(number) is not handler:
                _signal.signal(number, handler)

    def back_builtins() -> None:
        table = vars(builtins)
        for name in table.keys() - own.keys():
            del table[name]
        table.update(own)

    def back_hooks() -> None:
        sys.excepthook, sys.displayhook = hooks
        warnings.filters[:] = filters  # type: ignore[index]
        warnings.showwarning = show
        mutated = getattr(warnings, "_filters_mutated", None)  # their cache, until 3.13
        if mutated is not None:
            mutated()

    def back_logging() -> None:
        root.handlers[:] = log_handlers
        if root.level != log_level:
            root.setLevel(log_level)

    def back_sys() -> None:
        sys.path[:], sys.argv[:] = path, arguments
        sys.setrecursionlimit(depth)
        tempfile.tempdir = temporary
        os.umask(umask)
        if locale.setlocale(locale.LC_ALL) != place:
            locale.setlocale(locale.LC_ALL, place)

    def back_folder() -> None:
        os.chdir(folder)

    return [
        back_variables, back_signals, back_builtins, back_hooks, back_logging, back_sys,
        back_folder,
    ]  # fmt: skip


def _is_own(name: str) -> bool:
    """Whether a module is the person's own: a Python file that no package installed. (An
    extension module can't be imported twice; and this package may be run from its sources.)"""
    spec = getattr(sys.modules[name], "__spec__", None)
    if name.partition(".")[0] == "jupyter_hpo" or spec is None:
        return False
    return str(spec.origin).endswith(".py") and not is_installed(name)


def _has_children() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _limits() -> Any:
    try:
        import resource
    except ImportError:  # Windows
        return None
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_NOFILE,
             resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_STACK)  # fmt: skip
    return [resource.getrlimit(kind) for kind in kinds]


def _open_files() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return len(os.listdir(folder))
    return 0


def _resident_bytes() -> int:
    """Memory of this process's own, in bytes; 0 where it can't be known cheaply."""
    try:
        with open("/proc/self/statm") as file:
            fields = file.read().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
