"""What every executor must do; each test runs over all of them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jupyter_hpo.cell.captured import CellProgram, Loop, Place
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import (
    Answer,
    Died,
    Ended,
    Failed,
    Finished,
    Kept,
    Reported,
    Started,
    Stopped,
)
from jupyter_hpo.worker.objects import load_objects

REPORTING = """
from jupyter_hpo.worker.reporting import report
for x in (3.0, 2.0, 1.0):
    report(x=x)
"""


def test_events_come_in_order(everywhere, kinds):
    everywhere.open(REPORTING)
    events = everywhere.run(7)[7]
    assert kinds(events) == ["Started", *["Reported"] * 3, "Finished", "Ended"]
    assert [e.step for e in events if isinstance(e, Reported)] == [1, 2, 3]
    assert [e.values for e in events if isinstance(e, Reported)] == [(3.0,), (2.0,), (1.0,)]
    finished = events[-2]
    assert finished.values == (1.0,)
    measured = {"wall_s", "cpu_s", "peak_memory_bytes", "n_warnings", "reports_per_s"}
    assert measured <= finished.figures.keys()
    assert isinstance(events[0], Started)
    assert events[0].pid


def test_the_loop_that_was_found_reports_by_itself(bench, kinds):
    source = "for epoch in range(3):\n    x = 1 / (epoch + 1)\n"
    loop = Loop(Place(1, 0, 2, 23), "it assigns x")
    cell = CellProgram(
        source, "<cell>", SearchSpace({}), {}, (Objective("x", "minimize"),), loop=loop
    )
    bench.open(cell)
    events = bench.run(0)[0]
    assert kinds(events) == ["Started", *["Reported"] * 3, "Finished", "Ended"]
    assert [e.step for e in events if isinstance(e, Reported)] == [1, 2, 3]


def test_a_report_waits_until_it_is_answered(everywhere, kinds):
    everywhere.open(REPORTING)
    everywhere.submit(0)
    for _ in range(3):
        everywhere.until(Reported)
        assert everywhere.queue.empty()  # paused: it says nothing more
        everywhere.executor.answer(0, Answer.CONTINUE)
    everywhere.until(Finished)
    everywhere.executor.answer(0, Answer.RELEASE)
    everywhere.until(Ended)


def test_stop_ends_a_trial_at_its_report(everywhere, kinds):
    everywhere.open(REPORTING)
    everywhere.submit(0)
    everywhere.until(Reported)
    everywhere.executor.answer(0, Answer.STOP)
    assert everywhere.until(Stopped).figures["wall_s"] > 0
    everywhere.until(Ended)
    assert kinds(everywhere.events) == ["Started", "Reported", "Stopped", "Ended"]


def test_a_swallowed_stop_at_the_end_is_still_a_stop(bench, kinds):
    bench.open("from jupyter_hpo.worker.reporting import report\ntry:\n  report(x=1)\nexcept: x=2")
    bench.submit(0)
    bench.until(Reported)
    bench.executor.answer(0, Answer.STOP)
    bench.until(Ended)
    assert kinds(bench.events) == ["Started", "Reported", "Stopped", "Ended"]


def test_a_failing_cell_tells_line_and_traceback(bench):
    bench.open(
        "a = 1\n\ndef g():\n    return f(0)\n\nx = g()\n", earlier="def f(n):\n    return 1 / n\n"
    )
    events = bench.run(0)[0]
    failed = events[-2]
    assert isinstance(failed, Failed)
    assert (failed.error.kind, failed.error.message) == ("ZeroDivisionError", "division by zero")
    assert failed.error.line == 4
    lines = failed.error.traceback.splitlines()
    assert lines[1] == '  File "<cell>", line 6, in <module>'
    assert lines[2].strip() == "x = g()"
    assert "jupyter_hpo" not in failed.error.traceback


@pytest.mark.parametrize(
    ("source", "kind", "message", "line"),
    [
        ("y = 1", "objective", "never assigned", None),
        ("x = 1\nx = None\ny = 3", "objective", "is None", 2),
        ("x = float('nan')", "objective", "nan", 1),
        ("x = 'good'", "objective", "'good'", 1),
        ("import sys\nsys.exit(3)", "SystemExit", "sys.exit(3)", 2),
        ("import sys\nsys.exit()", "SystemExit", "sys.exit()", 2),
        ("x = undefined", "NameError", "undefined", 1),
        ("class E(Exception):\n  pass\nraise E", "E", "(no message)", 3),
        (
            "from jupyter_hpo.worker.reporting import report\nreport(y=1)",
            "objective",
            "report(x=...)",
            2,
        ),
    ],
)
def test_failures(bench, source, kind, message, line):
    bench.open(source)
    failed = bench.run(0)[0][-2]
    assert isinstance(failed, Failed)
    assert failed.error.kind == kind
    assert message in failed.error.message
    assert failed.error.line == line


def test_an_await_at_the_top_level(bench):
    bench.open("import asyncio\nx = await asyncio.sleep(0, 5)")
    assert bench.value() == 5


def test_keep_writes_the_objects_and_they_load(everywhere, tmp_path):
    source = """
class Net:
    def name(self):
        return helper(), unit
def score(n):
    return n + offset
unit = "kg"
net = Net()
import numpy as np
array = np.arange(100_000.0)
lock = __import__("threading").Lock()
x = 1
"""
    keep = ("net", "Net", "score", "array", "x", "np", "lock", "nowhere")
    everywhere.open(source, earlier="offset = 10\ndef helper():\n    return offset", keep=keep)
    path = tmp_path / "trial.objects"
    kept = everywhere.run(0, keep=path)[0][-2]
    assert isinstance(kept, Kept)
    assert kept.path == str(path)
    assert set(kept.names) == {"net", "Net", "score", "array", "x"}
    assert list(kept.left_out) == ["lock"]
    assert "a lock" in kept.left_out["lock"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["trial.objects"]
    namespace = {"__name__": "__main__", "offset": 20, "helper": lambda: "kernel's"}
    objects = load_objects(path, namespace)
    path.unlink()
    assert objects["score"](1) == 21
    if everywhere.kind in ("processes", "ray"):  # inline the class never left this process
        assert objects["net"].name() == ("kernel's", "kg")
    assert type(objects["net"]) is objects["Net"]
    objects["array"][0] = 5.0
    assert objects["array"].sum() == sum(range(100_000)) + 5


def test_keep_that_can_not_be_written_says_so(everywhere, tmp_path):
    everywhere.open("x = 1", keep=("x",))
    kept = everywhere.run(0, keep=tmp_path / "no" / "such" / "folder")[0][-2]
    assert isinstance(kept, Kept)
    assert kept.names == ()
    assert "No such file" in kept.left_out["x"]


def test_output_goes_to_the_log(everywhere, tmp_path, capsys):
    everywhere.open("import sys\nprint('to', 'out')\nprint('grüße', file=sys.stderr)\nx = 1")
    log = tmp_path / "0.log"
    everywhere.run(0, log=log)
    assert log.read_text(encoding="utf-8") == "to out\ngrüße\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_seed_repeats_and_another_does_not(bench):
    bench.open("import random\nimport numpy as np\nx = random.random() + np.random.rand()")
    first = bench.value(0, seed=1)
    assert bench.value(1, seed=1) == first
    assert bench.value(2, seed=2) != first


def test_without_a_seed_a_trial_starts_as_the_next_cell_would(bench):
    import random

    import numpy as np
    import torch

    cell = "x = random.random() + np.random.rand() + torch.rand(1).item()"
    namespace = {"__name__": "__main__", "random": random, "np": np, "torch": torch}
    random.seed(3), np.random.seed(4), torch.manual_seed(5)
    bench.open(cell, namespace=namespace)
    here = random.random() + np.random.rand() + torch.rand(1).item()
    after = random.getstate()
    assert bench.value(0) == here
    assert bench.value(1) == here
    assert random.getstate() == after


def test_names_of_a_trial_do_not_leak(bench):
    namespace = {"__name__": "__main__", "n": 1}
    bench.open("n = n + 1\nx = n", namespace=namespace)
    assert [bench.value(i) for i in range(3)] == [2, 2, 2]
    assert namespace["n"] == 1


def test_unknown_numbers_are_ignored(bench):
    bench.open("x = 1")
    bench.executor.answer(99, Answer.CONTINUE)
    bench.executor.kill(99, "no such trial")
    assert bench.value() == 1


def test_kill_a_waiting_trial(everywhere, kinds):
    everywhere.open(REPORTING)
    everywhere.submit(0)
    everywhere.until(Reported)
    everywhere.executor.kill(0, "it took too long.")
    assert everywhere.until(Died) == Died(0, "it took too long.")
    everywhere.until(Ended)
    assert kinds(everywhere.events) == ["Started", "Reported", "Died", "Ended"]
    assert everywhere.value(1, keep=None) == 1.0


def test_stop_before_the_end_does_not_disturb_keep(bench, tmp_path, kinds):
    bench.open("x = 1", keep=("x",))
    bench.submit(0)
    bench.until(Finished)
    bench.executor.answer(0, Answer.STOP)
    bench.executor.answer(0, Answer.KEEP, str(tmp_path / "objects"))
    bench.until(Ended)
    assert kinds(bench.events) == ["Started", "Finished", "Kept", "Ended"]


def test_close_twice_with_a_trial_waiting(everywhere):
    everywhere.open(REPORTING)
    everywhere.submit(0)
    everywhere.until(Reported)
    everywhere.executor.close()
    everywhere.executor.close()


def test_report_is_harmless_outside_a_trial(tmp_path: Path):
    from jupyter_hpo.worker.reporting import report

    assert report(loss=1, step=3) is False
