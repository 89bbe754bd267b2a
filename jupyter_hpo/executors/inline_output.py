"""What a trial in the kernel prints, displays, draws and warns of: where it goes."""

from __future__ import annotations

import importlib
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

from ..worker.imports import modules_of
from ..worker.pictures import settings_kept


def prepare(source: str) -> None:
    """Import matplotlib now where the cell will, so that its figures can be kept unseen."""
    for name in modules_of(source):
        if name.partition(".")[0] == "matplotlib" and name not in sys.modules:
            try:
                importlib.import_module(name)
            except ImportError:  # the trial says so, at the cell's line
                continue


@contextmanager
def of_trial(log_path: str | None) -> Iterator[None]:
    """Prints go to the notebook and the log, displays to the log only; each warning is shown
    once per place, in each trial anew; filters and matplotlib's settings are kept."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(settings_kept())
        if log_path is not None:
            fd = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            log = stack.enter_context(
                os.fdopen(fd, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
            )
            stack.enter_context(_copied_to(log))
            stack.enter_context(_displayed_to(log))
        yield


@contextmanager
def _copied_to(log: TextIO) -> Iterator[None]:
    shown = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Tee(shown[0], log), _Tee(shown[1], log)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = shown


@contextmanager
def _displayed_to(log: TextIO) -> Iterator[None]:
    """What this thread displays (and clears) in an ipykernel goes to the log as text."""
    shell: Any = sys.modules.get("IPython.core.interactiveshell")
    instance = shell.InteractiveShell._instance if shell is not None else None
    publisher: Any = getattr(instance, "display_pub", None)
    if not hasattr(publisher, "register_hook"):  # no kernel: IPython prints the text itself
        yield
        return

    def log_text(message: dict[str, Any]) -> None:
        text = message["content"].get("data", {}).get("text/plain")
        if text is not None:
            log.write(f"{text}\n")

    publisher.register_hook(log_text)
    try:
        yield
    finally:
        publisher.unregister_hook(log_text)


class _Tee(io.TextIOBase):
    """Writes to the notebook and to the log; the rest is the notebook's stream."""

    def __init__(self, shown: TextIO, log: TextIO) -> None:
        self._shown, self._log = shown, log

    def write(self, text: str) -> int:
        self._log.write(text)
        return self._shown.write(text)

    def flush(self) -> None:
        self._shown.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._shown.isatty()

    def fileno(self) -> int:
        return self._shown.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._shown.encoding
