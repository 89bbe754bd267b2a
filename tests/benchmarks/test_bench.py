"""The harness of `make bench` runs: tiny sizes, no peers' environment, no judgement of times."""

from __future__ import annotations

import os

import pytest

from . import ours, table
from .measured import Measured
from .memory import tree_bytes
from .scale import cost_s
from .workloads import DIGITS, EMPTY, big

pytestmark = pytest.mark.kernel


def test_ours_runs_a_workload_in_a_kernel(tmp_path):
    run = ours.measure(EMPTY.shortened(4), ours.FORK, folder=str(tmp_path), memory=True, warm_s=0)
    assert run.why == ""
    assert (len(run.ends), len(run.spent)) == (4, 4)
    assert run.seconds > run.ends[-1] > 0
    assert run.peak_bytes > 0
    drawn = table.of_short_trials(EMPTY.shortened(4), {"ours": [run]})
    assert "4 trials of an empty cell" in drawn
    assert "ms" in drawn


def test_a_mode_that_is_not_there_says_why(tmp_path):
    mode = ours.Mode("of a later day", "--executor of-a-later-day")
    run = ours.measure(EMPTY.shortened(2), mode, folder=str(tmp_path), warm_s=0)
    assert run.why
    assert f"later: {run.why}" in table.of_short_trials(EMPTY, {"later": [run]})


@pytest.mark.parametrize("workload", [EMPTY, DIGITS, big(2**20)], ids=lambda w: w.name)
def test_the_cell_is_the_same_work_as_a_function(workload):
    if workload is DIGITS:
        pytest.importorskip("torch")
    namespace = {}
    exec(workload.setup, namespace)
    data = {name: namespace[name] for name in workload.data}
    reports = []
    trial = workload.function(namespace)
    acc, spent = trial(lambda *report: reports.append(report), **data, **workload.default)
    assert reports[-1][0] == acc
    assert [step for _, step in reports] == list(range(1, len(reports) + 1))
    assert spent >= 0


def test_the_limit_is_the_work_shared_and_the_first_tenth_is_left_out():
    run = Measured(10.0, [5.0, *(5.0 + 0.1 * n for n in range(1, 20))], [0.5] * 20)
    assert run.limit_s(2) == 5.0
    assert run.steady_s == pytest.approx(0.1)
    assert cost_s(run.ends, 20) == pytest.approx(0.1)


def test_a_ratio_is_drawn_within_a_round_and_names_what_it_is_to():
    slow, fast, failed = (
        Measured(4.0, [4.0], [1.0]),
        Measured(2.0, [2.0], [1.0]),
        Measured(why="no"),
    )
    drawn = table.of_training(EMPTY, {"ours": [fast, slow], "peer": [slow, failed]}, 1)
    assert "took to ours" in drawn
    assert [line.split()[-1] for line in drawn.splitlines()[3:5]] == ["1", "2"]


def test_memory_counts_a_snapshot_once():
    before = tree_bytes(os.getpid())
    held = os.memfd_create("held")
    os.write(held, bytes(8 << 20))
    again = os.dup(held)
    assert (6 << 20) < tree_bytes(os.getpid()) - before < (12 << 20)
    os.close(held)
    os.close(again)
