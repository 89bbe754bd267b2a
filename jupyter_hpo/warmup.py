"""Start-up, hidden: a helper process and Optuna are made ready while the person still types.

One helper waits per kernel from `%load_ext` on. After each cell it imports what the notebook
has imported since, so that pressing Run finds it ready. A study takes it, and the next one is
started.

What a study needs in the kernel itself is imported between cells, a module at a time, and a cell
waits for the one that is under way: two threads that import a package and a part of it at the same
time may both get a half-made one (each waits for the other's lock, and Python lets one through), in
our imports as well as in the person's.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .errors import ExecutorError
from .interrupts import Interrupts, send_later

if TYPE_CHECKING:
    from .executors.warm import WarmHelper

WORTH_IT = ("numpy", "pandas", "scipy", "sklearn", "torch", "torch._dynamo", "matplotlib.pyplot")
"""Modules that take long to import and that a trial can use. torch._dynamo: every torch
optimiser imports it when it is made."""


AFTER_S = 0.05
"""In which IPython gets from what is called before a cell to the cell."""

NEEDED = (
    "numpy",
    "jupyter_hpo.run",
    "optuna",
    "jupyter_hpo.search.optuna_sampler",
    "jupyter_hpo.storage.journal",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
)
"""What every study imports in the kernel, the final picture's part included; first what Tab on
the magic's line needs, too."""


class Warmup:
    """Holds the waiting helper. Main thread, but for the threads that start it and import."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: WarmHelper | None = None
        self._told: set[str] = set()
        self._on = False
        self._importing = threading.Lock()
        self._idle, self._ended = threading.Event(), threading.Event()

    def begin(self) -> None:
        """Start a helper, and from the end of this cell on import what a study needs; once."""
        if not self._on:
            self._on, self._ended = True, threading.Event()
            self._idle.clear()
            threading.Thread(target=self._start, name="jupyter_hpo-warmup", daemon=True).start()
            threading.Thread(
                target=self._import, args=(self._ended,), name="jupyter_hpo-imports", daemon=True
            ).start()

    def stand_back(self, *_: Any) -> None:
        """Import nothing from now on: something else runs. Waits for the module under way.

        Before a cell: ■ pressed meanwhile reaches the cell, for IPython would print what is raised
        here, and run it nonetheless.
        """
        self._idle.clear()
        with Interrupts() as interrupts, self._importing:
            pass
        if interrupts.unheard:
            send_later(AFTER_S)

    def go_on(self, *_: Any) -> None:
        """Nothing else runs now."""
        self._idle.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Import nothing meanwhile."""
        idle = self._idle.is_set()
        self.stand_back()
        try:
            yield
        finally:
            if idle:
                self.go_on()

    def follow(self, *_: Any) -> None:
        """Let the helper import what the notebook has imported; after each cell."""
        with self._lock:
            if self._helper is not None:
                new = wanted() - self._told
                if new:
                    self._told |= new
                    self._helper.prepare(tuple(sorted(new)))

    def take(self) -> WarmHelper | None:
        """The waiting helper, now the caller's; None when there is none yet."""
        with self._lock:
            helper, self._helper, self._told = self._helper, None, set()
        return helper

    def end(self) -> None:
        """Stop waiting, and end the helper."""
        self._on = False
        self._ended.set()
        self._idle.set()  # whoever waits for it ends
        helper = self.take()
        if helper is not None:
            helper.close()

    def again(self) -> None:
        """A study has ended: be ready for the next one."""
        if self._on:
            threading.Thread(target=self._start, name="jupyter_hpo-warmup", daemon=True).start()

    def _import(self, ended: threading.Event) -> None:
        left = list(NEEDED)
        while left and not ended.is_set():
            self._idle.wait()
            with self._importing, contextlib.suppress(Exception):  # said when a study needs it
                if self._idle.is_set() and not ended.is_set():
                    importlib.import_module(left.pop(0))

    def _start(self) -> None:
        from .executors.warm import WarmHelper

        modules = wanted()
        try:
            helper = WarmHelper(tuple(sorted(modules)))
        except ExecutorError:  # no fork here: said when a study needs it
            return
        with self._lock:
            if self._on and self._helper is None:
                self._helper, self._told = helper, modules
                return
        helper.close()


def wanted() -> set[str]:
    """Of the modules worth it, those that this process has imported."""
    found = {name for name in WORTH_IT if name in sys.modules}
    if "torch" in found:
        found.add("torch._dynamo")
    return found


warmup = Warmup()
