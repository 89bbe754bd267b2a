"""What a trial prints and logs, looked at for printed objectives."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

import pytest

from jupyter_hpo.cell.captured import Place, Watch
from jupyter_hpo.cell.recorder import Recorder
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.worker.printed import watched

ACC = Objective('printed("acc {}")', "maximize")


class Stop(BaseException):
    pass


def recording(**options: Any) -> tuple[Recorder, list[tuple[int, float]]]:
    seen: list[tuple[int, float]] = []

    def report(step: int, values: tuple[float, ...]) -> None:
        seen.append((step, values[0]))

    return Recorder((ACC,), {}, report, **options), seen


@contextmanager
def shown() -> Iterator[io.StringIO]:
    with redirect_stdout(io.StringIO()) as out:
        yield out
        assert sys.stdout is out


def test_each_printed_number_is_a_report():
    recorder, seen = recording()
    with shown() as out, watched(recorder):
        print("acc 0.25")
        print("loss 3")
        print("ac", end="")
        print("c", 0.5)
    assert seen == [(1, 0.25), (2, 0.5)]
    assert recorder.final() == (0.5,)
    assert out.getvalue() == "acc 0.25\nloss 3\nacc 0.5\n"


def test_a_bar_that_returns_and_a_line_without_end():
    recorder, seen = recording()
    with shown(), watched(recorder):
        sys.stdout.writelines(["\racc 1", "\racc 2", "\racc 3"])
    assert [value for _, value in seen] == [1.0, 2.0, 3.0]


def test_log_records_count_once_though_they_are_printed(monkeypatch):
    recorder, seen = recording()
    logger = logging.getLogger("test_printed")
    monkeypatch.setattr(logger, "propagate", False)
    with shown(), watched(recorder):
        handler = logging.StreamHandler(sys.stdout)
        logger.addHandler(handler)
        try:
            logger.warning("acc %s", 0.5)
            logger.info("acc 0.75: not logged at this level")
            logger.removeHandler(handler)
            logger.addHandler(logging.NullHandler())
            logger.warning("acc %s", 0.6)
        finally:
            logger.handlers.clear()
    assert [value for _, value in seen] == [0.5, 0.6]


def test_another_thread_s_number_is_the_value_but_no_report():
    recorder, seen = recording()
    with shown(), watched(recorder):
        thread = threading.Thread(target=print, args=("acc 0.5",))
        thread.start()
        thread.join()
    assert seen == []
    assert recorder.final() == (0.5,)


def test_a_stop_comes_out_of_the_print():
    def report(step: int, values: tuple[float, ...]) -> None:
        raise Stop

    with shown(), pytest.raises(Stop), watched(Recorder((ACC,), {}, report)):
        print("acc 1")


def test_nothing_is_watched_when_the_code_tells_the_number():
    recorder, _ = recording(watches=(Watch(Place(1, 0, 1, 1), (), 0),))
    with shown() as out, watched(recorder):
        assert sys.stdout is out


def test_the_stream_is_else_what_it_was():
    recorder, _ = recording()
    with shown(), watched(recorder):
        assert sys.stdout.isatty() is False
        assert sys.stdout.writable()
        sys.stdout.flush()
