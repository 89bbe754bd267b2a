"""How a study gets on, as one line of a terminal that is written over and over."""

from __future__ import annotations

import shutil
import sys
import threading
from typing import TextIO

from .widgets import numbers
from .widgets.control import current_kernel
from .widgets.protocol import ENDED, Header, Source
from .widgets.static_parts import goal_value
from .widgets.texts import line

EVERY_S = 0.25
CLEAR = "\r\x1b[K"
NOTHING_NEW = 2**62
"""A version that no study has: only its header is asked for."""


def terminal() -> TextIO | None:
    """Where such a line can be shown: a terminal, and no notebook. None when it is piped."""
    shown = current_kernel() is None and sys.stderr is not None and sys.stderr.isatty()
    return sys.stderr if shown else None


class TerminalLine:
    """Follows a study until `end`. Main thread; it writes from a thread of its own."""

    def __init__(self, source: Source, stream: TextIO) -> None:
        self._source, self._stream = source, stream
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jupyter_hpo-line", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Take the line away: the result comes where it stood."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(EVERY_S):
                header = self._source.changes(NOTHING_NEW).header
                if header.state in ENDED:
                    break
                width = shutil.get_terminal_size().columns - 1
                self._write(CLEAR + in_a_line(header)[:width])
        finally:
            self._write(CLEAR)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone: the search goes on
            self._ended.set()


def in_a_line(header: Header) -> str:
    """`digits: 12/40 trials, 2 running, best 0.9356 (trial 7), 1m 20s, 40s left`."""
    done = header.n_complete + header.n_pruned + header.n_failed - header.n_outside
    of = "" if header.n_trials is None else f"/{header.n_trials}"
    parts = [f"{done}{of} trials"]
    parts += [f"{header.n_running} running"] if header.n_running else []
    parts += [f"{header.n_failed} failed"] if header.n_failed else []
    if header.best is not None:
        values = ", ".join(goal_value(header, i, v) for i, v in enumerate(header.best.values))
        parts.append(f"best {values} (trial {header.best.number})")
    parts.append(numbers.duration(header.elapsed_s if header.spent_s is None else header.spent_s))
    if header.left_s is not None:
        parts.append(f"{numbers.duration(header.left_s)} left")
    return f"{line(header.study, 40)}: {', '.join(parts)}"
