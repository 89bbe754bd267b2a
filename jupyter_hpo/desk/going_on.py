"""A finished study goes on: asked for on the control thread, begun on the main one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..errors import HpoError, StudyError
from ..widgets.protocol import Command
from .answers import Answer

if TYPE_CHECKING:
    from ..handle import StudyHandle

BUSY_S = 1.0
"""A main thread that does not turn to it in this time runs a cell."""


def go_on(study: StudyHandle, command: Command) -> Answer:
    """So many trials more, in the background. The notebook is looked at again, which no cell
    may be changing meanwhile: hence the main thread."""
    trials = 20 if command.number is None else command.number
    if trials < 1:
        raise StudyError(f"{trials} trials more are none: ask for one or more.")
    study.can_go_on()
    if study.on_main is None:
        raise StudyError("this study has no kernel to go on in: call study.resume(20).")
    beginning = _Beginning(study, trials)
    study.on_main(beginning.run)
    beginning.wait()
    return Answer(f"It goes on for {trials} more trials." if trials > 1 else "One trial more.")


class _Beginning:
    """Begins once, unless it was given up before its turn came."""

    def __init__(self, study: StudyHandle, trials: int) -> None:
        self._study, self._trials = study, trials
        self._turn = threading.Lock()  # whoever takes it first
        self._begun, self._done = threading.Event(), threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        """Main thread."""
        if not self._turn.acquire(blocking=False):
            return
        self._begun.set()
        try:
            self._study.go_on(self._trials)
        except Exception as error:  # told to who asked
            self._error = error
        finally:
            self._done.set()

    def wait(self) -> None:
        """Raises HpoError when the kernel is busy, and what prevents it from beginning."""
        if not self._begun.wait(BUSY_S) and self._turn.acquire(blocking=False):
            raise StudyError("the kernel is busy with a cell: try again when that has ended.")
        self._done.wait()
        if isinstance(self._error, HpoError):
            raise self._error
        if self._error is not None:
            raise StudyError(f"it can't go on: {type(self._error).__name__}: {self._error}")
