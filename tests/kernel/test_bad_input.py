"""Bad input: a sentence at the person's line, no trial started or the finished ones kept."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

BEFORE = {
    "nothing to tune": ("--maximize acc --auto", "acc = compute()", ["can be tuned"]),
    "a mark that names nothing": (
        "--maximize acc",
        "lr = 0.1    # hpo: learning_rate = 0..1\nacc = lr",
        ["line 2", "learning_rate"],
    ),
    "low greater than high": (
        "--maximize acc",
        "a = 1\nlr = 0.1    # hpo: 1..0\nacc = lr",
        ["line 3", "low 1 is greater than high 0"],
    ),
    "log from zero": ("--maximize acc", "lr = 0.1    # hpo: 0..1 log\nacc = lr", ["line 2", "log"]),
    "an objective never assigned": (
        "--maximize accuracy",
        "lr = 0.1    # hpo: 0..1\nacuracy = lr",
        ["'accuracy'", "acuracy"],
    ),
    "a syntax error": (
        "--maximize acc",
        "lr = 0.1    # hpo: 0..1\nacc = lr +",
        ["line 3", "invalid syntax"],
    ),
    "an object that can't travel": (
        "--maximize acc --reach cell",  # else trials run the cell that opens it
        "lr = 0.1    # hpo: 0..1\nacc = lr + len(handle.name)",
        ["line 3", "'handle' can't travel", "open"],
    ),
    "a name used before it is defined": (
        "--maximize acc",
        "lr = 0.1    # hpo: 0..1\nacc = lr + later\nlater = 1",
        ["line 3", "'later'"],
    ),
    "two problems at once": (
        "--maximize acc",
        "a = 1    # hpo: 3..2\nb = 1    # hpo: nope = 1..2\nacc = a",
        ["2 problems", "line 2", "line 3"],
    ),
    "a misspelt option": ("--maximise acc", "lr = 0.1\nacc = lr", ["--maximize"]),
}


@pytest.fixture(scope="module")
def kernel(shared):
    shared.run("handle = open('file.txt', 'w')\ndef compute():\n    return 1.0\n")
    return shared


@pytest.mark.parametrize("case", BEFORE, ids=str)
def test_before_any_trial(kernel, case):
    line, body, words = BEFORE[case]
    kernel.run("study = None")
    result = kernel.run(f"%%hpo {line}\n{body}\n")
    for word in words:
        assert word in result.all, result.all
    assert "Traceback" not in result.all
    assert "/jupyter_hpo/" not in result.all
    assert kernel.value("study is None"), "no study was begun"


DURING = {
    "a string": ("acc = 'good' if lr != 0.1 else 0.5", "the string 'good'"),
    "None": ("acc = None if lr != 0.1 else 0.5", "is None"),
    "nan": ("acc = float('nan') if lr != 0.1 else 0.5", "nan, not a finite number"),
    "inf": ("acc = float('inf') if lr != 0.1 else 0.5", "inf, not a finite number"),
    "never assigned in some trials": ("if lr == 0.1:\n    acc = 0.5", "never assigned"),
}


@pytest.mark.parametrize("case", DURING, ids=str)
def test_an_objective_without_a_value_fails_its_trial_only(kernel, case):
    body, words = DURING[case]
    name = case.replace(" ", "-")
    result = kernel.run(
        f"%%hpo --maximize acc --trials 3 --name {name} --fresh\nlr = 0.1    # hpo: 0..1\n{body}\n"
    )
    assert result.error is None, result.all
    assert kernel.value("[t.state for t in study.trials]") == ["COMPLETE", "FAIL", "FAIL"]
    assert words in kernel.value("study.trial(1).error")
    assert kernel.value("lr") == 0.1


def test_a_cell_that_always_fails_is_stopped_after_three_and_says_it_once(kernel):
    result = kernel.run(
        "%%hpo --maximize acc --trials 100 --name failing --fresh\n"
        "lr = 0.1    # hpo: 0..1\n"
        "weights = [1, 2]\n"
        "acc = lr * weights['first']\n"
    )
    assert "line 4" in result.error
    assert "list indices must be integers" in result.error
    assert "Traceback" not in result.error
    assert kernel.value("len(study.trials)") <= 5
    error = kernel.value("study.trial(0).error")
    assert "acc = lr * weights['first']" in error
    assert "jupyter_hpo" not in error


def test_the_kernel_is_fine_after_all_that(kernel):
    assert kernel.value("1 + 1") == 2
