"""Reports by hand and from the loop."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_hpo.study.objective import Objective, ObjectiveError
from jupyter_hpo.worker.reporting import Reporter, report, set_reporter


@pytest.fixture
def sent():
    got = []
    objectives = (Objective("loss", "minimize"), Objective("acc", "maximize"))
    reporter = Reporter(objectives, lambda step, values: got.append((step, values)))
    set_reporter(reporter)
    yield reporter, got
    set_reporter(None)


def test_steps_count_and_may_be_given(sent):
    _, got = sent
    assert report(loss=1, acc=2)
    assert report(acc=3, loss=4)
    assert report(loss=5, acc=6, step=10)
    assert report(loss=7, acc=8, extra="ignored")
    assert got == [(1, (1, 2)), (2, (4, 3)), (10, (5, 6)), (11, (7, 8))]


def test_a_report_by_hand_turns_the_loop_s_off(sent):
    reporter, got = sent
    reporter.from_loop(1, (0.0, 0.0))
    report(loss=1, acc=1, step=5)
    reporter.from_loop(2, (0.0, 0.0))
    assert [step for step, _ in got] == [1, 5]


def test_what_is_missing_or_no_number_is_said(sent):
    with pytest.raises(ObjectiveError, match=r"report\(\) got loss, not the objective 'acc'"):
        report(loss=1)
    with pytest.raises(ObjectiveError, match=r"Call report\(loss=..., acc=...\)"):
        report()
    with pytest.raises(ObjectiveError, match="nan"):
        report(loss=1, acc=float("nan"))
    assert sent[1] == []


def test_an_expression_is_reported_under_any_name():
    got = []
    objective = Objective('history["loss"][-1]', "minimize")
    set_reporter(Reporter((objective,), lambda step, values: got.append((step, values))))
    try:
        assert report(loss=0.5)
        assert report(anything=0.25, step=7)
        with pytest.raises(ObjectiveError, match=r"got a, b, not .* Call report\(value=...\)"):
            report(a=1, b=2)
    finally:
        set_reporter(None)
    assert got == [(1, (0.5,)), (7, (0.25,))]


@pytest.mark.parametrize(
    "step",
    [-1, 1.5, True, "3", b"3", [1], {}, float("nan"), float("inf"), np.array([1, 2])],
    ids=repr,
)
def test_a_step_that_is_no_count_is_said(sent, step):
    with pytest.raises(ObjectiveError, match=r"report\(\) got step=.*\. Steps are integers from 0"):
        report(loss=1, acc=2, step=step)
    assert sent[1] == []
    report(loss=1, acc=2)
    assert sent[1] == [(1, (1, 2))]


@pytest.mark.parametrize("step", [0, 2.0, np.int64(7), np.array(4)], ids=repr)
def test_a_step_of_another_kind_of_number_is_taken(sent, step):
    report(loss=1, acc=2, step=step)
    assert sent[1] == [(int(step), (1, 2))]
