"""A watch over statements that are to run once for all trials: what they do, what they leave.

While they run, Python's audit events tell of files, sockets and processes; fresh entropy and
seeding are noticed by standing in for the functions that give it. After each statement the
process must be as it was, but for memory: no thread, no child process, no open file, no signal
handler more. What only C code does unseen (a file written by a library) is not noticed.
"""

from __future__ import annotations

import functools
import gc
import os
import random
import secrets
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, NoReturn

from ..cell.effects import LIBRARIES
from . import randomness
from .installed import INSTALLED
from .threads import THREAD_VARIABLES

NETWORK, PROCESS, FILES = "uses the network", "starts a process", "writes files"
EVENTS = {
    **dict.fromkeys(("socket.connect", "socket.bind", "socket.sendto", "urllib.Request"), NETWORK),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "webbrowser.open"), NETWORK),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.fork", "os.forkpty"), PROCESS),
    **dict.fromkeys(("os.posix_spawn", "os.exec", "os.spawn", "pty.spawn"), PROCESS),
    **dict.fromkeys(("os.kill", "os.killpg", "signal.pthread_kill"), "sends a signal"),
    **dict.fromkeys(("os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link"), FILES),
    **dict.fromkeys(("os.symlink", "os.chmod", "os.chown", "os.utime", "os.mkdir"), FILES),
    **dict.fromkeys(("tempfile.mkstemp", "tempfile.mkdtemp"), FILES),
    "sqlite3.connect": "opens a database",
    "resource.setrlimit": "limits its process",
    "builtins.input": "asks the person",
    "open": FILES,
}
QUERIES = {"lscpu", "sysctl", "nvidia-smi", "rocm-smi", "uname", "ldconfig", "getconf"}
"""Programs that only tell of the machine: joblib counts the cores by `lscpu`."""

UNSEEDED = "draws randomness without a seed"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class NotShared(BaseException):
    """Raised at what may not run once for all; the cell must not catch it with `Exception`."""


_watch: Watch | None = None
_hooked = False


class Watch:
    """Over the statements of one set-up, on the process's only thread.

    namespace: the notebook's. seeded: the generators were seeded before it (`--seed`).
    reason: why they can't be shared, "writes files"; '' while they can.
    """

    def __init__(self, namespace: Mapping[str, Any], *, seeded: bool) -> None:
        self.namespace, self.reason = namespace, ""
        self.seeded = set(LIBRARIES) if seeded else set()
        self.generators: dict[str, Any] = {}
        self.stood = _standing()

    def refuse(self, reason: str) -> NoReturn:
        self.reason = self.reason or reason
        raise NotShared(self.reason)

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Around one statement; raises NotShared when it may not be shared, though the cell
        may have swallowed that."""
        global _watch, _hooked
        if not _hooked:  # it can't be taken away again
            sys.addaudithook(_hook)
            _hooked = True
        for library, state in _states().items():
            self.generators.setdefault(library, state)
        with ExitStack() as stack:
            stack.enter_context(_no_monitor())
            for module, name, make in _stand_ins(self):
                stack.enter_context(_replaced(module, name, make))
            _watch = self
            try:
                yield
            finally:
                _watch = None
        for library in LIBRARIES:
            self.drawn(library)
        if not self.reason:
            self.reason = left_behind(self.stood, _standing())
        if self.reason:
            raise NotShared(self.reason)

    def drawn(self, library: str) -> None:
        """Refuse when the library's generator has moved and nothing has seeded it."""
        before = self.generators.get(library)
        if library not in self.seeded and before is not None and _states()[library] != before:
            self.refuse(f"draws from {library}'s generator, which nothing has seeded")

    def seeding(self, library: str, given: bool) -> None:
        if not given:
            self.refuse(UNSEEDED)
        self.drawn(library)
        self.seeded.add(library)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _watch is None or event not in EVENTS:
        return
    if event == "open" and not _writes(*args):
        return
    if event == "subprocess.Popen" and _asks_machine(args[0], args[1]):
        return
    if event == "os.mkdir" and os.path.isdir(args[0]):  # makedirs(exist_ok=True)
        return
    if not _importing(sys._getframe(1), _watch.namespace):
        _watch.refuse(EVENTS[event])


def _writes(path: Any, mode: Any, flags: Any) -> bool:
    if isinstance(path, int) or path == os.devnull:
        return False
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return bool(isinstance(flags, int) and flags & WRITING)


def _asks_machine(executable: Any, arguments: Any) -> bool:
    name = executable or (arguments[0] if isinstance(arguments, list | tuple) else arguments)
    return os.path.basename(os.fsdecode(name)) in QUERIES


def _importing(frame: FrameType | None, namespace: Mapping[str, Any]) -> bool:
    """Whether an installed module does it while it is imported: the helper lets it, too."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return True
        if _is_own(frame, namespace):
            return False
        frame = frame.f_back
    return False


def _is_own(frame: FrameType, namespace: Mapping[str, Any]) -> bool:
    file = frame.f_code.co_filename
    installed = file.startswith((*INSTALLED, "<frozen", "<string>")) or file == __file__
    return frame.f_globals is namespace or not installed


def _is_random(frame: FrameType | None, namespace: Mapping[str, Any]) -> bool:
    """Whether fresh entropy asked for in this frame makes a result random: not when it names a
    thing (a library's `uuid4()`, a temporary file), nor while a library is imported."""
    if _importing(frame, namespace):
        return False
    passed: set[str] = set()
    while frame is not None and frame.f_code.co_filename in (*_GIVERS, __file__):
        passed.add(frame.f_code.co_filename)
        if frame.f_locals.get("self") is _NUMPYS and secrets.__file__ not in passed:
            caller = frame.f_back
            if caller is None or caller.f_code.co_filename != secrets.__file__:
                return False  # even for RandomState(0); its generators are watched themselves
        frame = frame.f_back
    if frame is None or _is_own(frame, namespace):
        return True
    if frame.f_code.co_filename == tempfile.__file__ or secrets.__file__ in passed:
        return False
    return random.__file__ in passed


_NUMPYS: Any = secrets._sysrand  # type: ignore[attr-defined]
_GENERATORS = ("RandomState", "SeedSequence", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
_GIVERS = (random.__file__, secrets.__file__, uuid.__file__)


# generators ---------------------------------------------------------------------------


def _states() -> dict[str, Any]:
    state = randomness.capture()
    found = {"random": state.python, "numpy": state.numpy, "torch": state.torch}
    return {library: value for library, value in found.items() if value is not None}


Make = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stand_ins(watch: Watch) -> Iterator[tuple[Any, str, Make]]:
    """(module, name, maker of the function that stands in for it)."""

    def entropy(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def fresh(*args: Any, **options: Any) -> Any:
            if _watch is watch and _is_random(sys._getframe(1), watch.namespace):
                watch.refuse(UNSEEDED)
            return original(*args, **options)

        return fresh

    def seeding(library: str) -> Make:
        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(original)
            def seed(*args: Any, **options: Any) -> Any:
                if _watch is watch:
                    given = any(value is not None for value in (*args, *options.values()))
                    watch.seeding(library, given)
                return original(*args, **options)

            return seed

        return make

    def unseeded(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def seed(self: Any, a: Any = None, *rest: Any, **options: Any) -> Any:
            if _watch is watch and a is None and _is_random(sys._getframe(1), watch.namespace):
                watch.refuse(UNSEEDED)
            return original(self, a, *rest, **options)

        return seed

    def made(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def make(*args: Any, **options: Any) -> Any:
            given = any(value is not None for value in (*args, *options.values()))
            if _watch is watch and not given:
                watch.refuse(UNSEEDED)
            return original(*args, **options)

        return make

    def made_by_class(original: Any) -> Any:
        """The class still, for `isinstance`, but for what calling it does."""
        checked = made(original)

        class Kind(type):
            def __call__(cls, *args: Any, **options: Any) -> Any:
                return checked(*args, **options)

            def __instancecheck__(cls, value: Any) -> bool:
                return isinstance(value, original)

            def __subclasscheck__(cls, other: Any) -> bool:
                return issubclass(other, original)

        return Kind(original.__name__, (original,), {"__wrapped__": original})

    yield os, "urandom", entropy
    yield random, "_urandom", entropy
    yield random.Random, "seed", unseeded
    yield random, "seed", seeding("random")
    yield random, "setstate", seeding("random")
    numpy: Any = getattr(sys.modules.get("numpy"), "random", None)
    if numpy is not None:
        yield numpy, "seed", seeding("numpy")
        yield numpy, "set_state", seeding("numpy")
        yield numpy, "default_rng", made
        for name in _GENERATORS:
            yield numpy, name, made_by_class
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "manual_seed"):
        for module in (torch, torch.random):
            yield module, "manual_seed", seeding("torch")
            yield module, "set_rng_state", seeding("torch")
            yield module, "seed", seeding("torch")


@contextmanager
def _replaced(module: Any, name: str, make: Make) -> Iterator[None]:
    original = getattr(module, name)
    stand_in = make(original)
    setattr(module, name, stand_in)
    try:
        yield
    finally:
        if getattr(module, name) is stand_in:
            setattr(module, name, original)


@contextmanager
def _no_monitor() -> Iterator[None]:
    """tqdm's thread, which only refreshes slow bars, would be left running."""
    bar: Any = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if not hasattr(bar, "monitor_interval"):
        yield
        return
    interval, bar.monitor_interval = bar.monitor_interval, 0
    try:
        yield
    finally:
        bar.monitor_interval = interval


def originals(namespace: dict[str, Any]) -> None:
    """Give names that a statement bound to a stand-in the function itself."""
    for name, value in list(namespace.items()):
        code = getattr(value, "__code__", None)
        stands_in = type(value).__module__ == __name__ or (code and code.co_filename == __file__)
        if stands_in and hasattr(value, "__wrapped__"):
            namespace[name] = value.__wrapped__


# what is left behind ------------------------------------------------------------------


def _standing() -> dict[str, Any]:
    """What must be the same after each statement, by the words for when it isn't."""
    torch: Any = sys.modules.get("torch")
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    cuda: Any = getattr(torch, "cuda", None)
    return {
        "leaves a thread running": _threads(),
        "leaves a process running": _children(),
        "leaves a file or a connection open": _open_files(),
        "sets a signal handler": [signal.getsignal(n) for n in signal.valid_signals()],
        "sets a timer": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "replaces sys.stdout or sys.stderr": (id(sys.stdout), id(sys.stderr)),
        "switches the garbage collector": gc.isenabled(),
        "sets the number of threads, which each trial has its own of": (
            [os.environ.get(name) for name in THREAD_VARIABLES],
            torch.get_num_threads() if hasattr(torch, "get_num_threads") else 1,
        ),
        "uses the GPU": bool(hasattr(cuda, "is_initialized") and cuda.is_initialized()),
        "leaves a figure open": (
            list(pyplot.get_fignums()) if hasattr(pyplot, "get_fignums") else []
        ),
    }


def left_behind(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What differs, '' when nothing does."""
    return next((words for words, state in after.items() if state != before[words]), "")


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def _children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _open_files() -> list[int]:
    found = []
    for entry in os.listdir("/dev/fd"):
        try:
            os.fstat(int(entry))  # the listing's own is closed by now
        except (OSError, ValueError):
            continue
        found.append(int(entry))
    return sorted(found)
