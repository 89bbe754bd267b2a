"""What a trial prints and logs, watched for the numbers of a printed objective."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

from ..cell.recorder import Recorder
from ..study.printed import numbers_in

Note = Callable[[int, float], None]
LINE_CHARS = 100_000
"""Of a line that never ends, what is looked at."""


class OutputWatch:
    """Looks at lines as they end. texts: of the printed objectives, by index. note: called in
    the printing thread with the objective's index and each number, in order; it may raise to
    end the trial."""

    def __init__(self, texts: Mapping[int, str], note: Note) -> None:
        self._texts, self._note = texts, note
        self._logged = ""
        self._busy = False

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._texts = {}

    def line(self, text: str, logged: bool = False) -> None:
        """A whole line was printed, or logged: then a handler may print it again."""
        if self._busy:  # what reporting itself prints
            return
        if logged:
            self._logged = text
        elif self._logged and self._logged in text:
            self._logged = ""
            return
        self._busy = True
        try:
            for index, wanted in self._texts.items():
                for number in numbers_in(text, wanted):
                    self._note(index, number)
        finally:
            self._busy = False


class _Stream:
    """The stream it stands for; lines that go through it are looked at."""

    # No io class: theirs close the stream when they go.
    def __init__(self, stream: TextIO, watch: OutputWatch) -> None:
        self._stream, self._watch, self._line = stream, watch, ""

    def write(self, text: str) -> int:
        count = self._stream.write(text)
        *whole, self._line = (self._line + text).replace("\r", "\n").split("\n")
        self._line = self._line[-LINE_CHARS:]
        for line in whole:
            if line:
                self._watch.line(line)
        return count

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Look at a last line without its end."""
        if self._line:
            self._watch.line(self._line)
            self._line = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def watched(recorder: Recorder) -> Iterator[None]:
    """While inside, what is printed to stdout and stderr, and each log record, is looked at
    for the printed objectives whose numbers the code itself doesn't tell, and noted; each
    number is a report if this thread prints it. Does nothing when there is none."""
    texts = recorder.unwatched
    if not texts:
        yield
        return
    owner = threading.get_ident()

    def note(index: int, number: float) -> None:
        recorder.note(index, number, reports=threading.get_ident() == owner)

    watch = OutputWatch(texts, note)
    streams = sys.stdout, sys.stderr
    factory = logging.getLogRecordFactory()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made: logging.LogRecord = factory(*args, **kwargs)
        try:
            message = made.getMessage()
        except Exception:  # a record whose arguments don't fit: its handler says so
            return made
        for line in message.splitlines():
            watch.line(line, logged=True)
        return made

    mine = _Stream(streams[0], watch), _Stream(streams[1], watch)
    sys.stdout, sys.stderr = mine
    logging.setLogRecordFactory(record)
    try:
        yield
        for stream in mine:
            stream.end()
    finally:
        watch.close()
        if logging.getLogRecordFactory() is record:
            logging.setLogRecordFactory(factory)
        for name, own, before in zip(("stdout", "stderr"), mine, streams, strict=True):
            if getattr(sys, name) is own:
                setattr(sys, name, before)
