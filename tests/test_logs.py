"""A trial's output as a screen would show it."""

from __future__ import annotations

import io

import pytest

from jupyter_hpo import logs


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\nlines\n", "plain\nlines\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("\r 10%\r 50%\r100%\ndone\n", "100%\ndone\n"),
        ("longer text\rshort", "shortr text"),
        ("longer text\r\x1b[Kshort\n", "short\n"),
        ("\x1b[31mred\x1b[0m and \x1b[1;32mgreen\x1b[m", "red and green"),
        ("abc\x08\x08XY", "aXY"),
        ("outer 0\n\rinner 1\x1b[A\router 1\n\rinner 2\x1b[A\n", "outer 1\ninner 2"),
        ("\x1b[5Aup\n", "up\n"),
        ("\x1b", ""),
        ("\x1b[2K\rcleared", "cleared"),
    ],
)
def test_what_a_screen_would_show(raw, shown):
    assert logs.readable(raw) == shown


def test_bars_of_tqdm():
    tqdm = pytest.importorskip("tqdm")
    out = io.StringIO()
    for _ in tqdm.tqdm(range(3), file=out, desc="epochs"):
        for _ in tqdm.tqdm(range(5), file=out, desc="batches", leave=False):
            pass
    lines = logs.readable(out.getvalue()).splitlines()
    (line,) = [line for line in lines if line]
    assert line.startswith("epochs: 100%")


def test_the_tail_of_a_long_bar_and_of_many_lines(tmp_path):
    log = tmp_path / "log"
    bar = "".join(f"\rstep {n:07}" for n in range(100_000))
    log.write_text("first\n" + bar)
    assert len(bar) > logs.SCANNED_BYTES
    assert logs.tail(log) == "step 0099999"
    log.write_text("\n".join(f"line {n}" for n in range(100_000)))
    lines = logs.tail(log).splitlines()
    assert lines[-1] == "line 99999"
    assert all(line.startswith("line ") for line in lines)
    assert logs.whole(log).startswith("line 0\n")


def test_no_log_is_no_output(tmp_path):
    assert logs.tail(None) == logs.whole(None) == logs.tail(tmp_path / "none") == ""
