"""What the person is told of trials of earlier sessions."""

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.facts import about_earlier, about_first, about_other_code, study_facts
from jupyter_hpo.folding import about_alike
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.rounds import Rounds
from jupyter_hpo.study.schedulers import Asha, Hyperband
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialError, TrialState


def study(n_done, asked):
    config = StudyConfig("digits", (Objective("acc", "maximize"),), Budget(n_trials=asked))
    earlier = [
        Trial(number, {}, TrialState.COMPLETE, values=(0.5,), finished_at=1.0)
        for number in range(n_done)
    ]
    return Study(config, earlier=earlier)


@pytest.mark.parametrize(
    ("n_done", "asked", "said"),
    [
        (0, 3, []),
        (8, None, ["'digits' goes on: 8 trials"]),
        (8, 20, ["'digits' goes on: 8 trials"]),
        (8, 3, ["has 8 finished trials, and --trials 3 asks for 3 in all: no more ran"]),
        (8, 8, ["Give --trials 16, or start anew"]),
    ],
    ids=["a new study", "no number", "more to do", "more than asked for", "just as many"],
)
def test_a_study_that_goes_on_says_so_and_one_that_is_done_says_what_to_do(n_done, asked, said):
    sentences = about_earlier("digits", study(n_done, asked))
    assert len(sentences) == len(said)
    for sentence, part in zip(sentences, said, strict=True):
        assert part in sentence


def test_it_is_said_when_others_begin_beside_the_first_trial():
    loop = "lr = 0.1  # hpo: 0.01..1\nfor step in range(3):\n    loss = lr - 1"
    reporting = capture(f"%%hpo --minimize loss\n{loop}")
    silent = capture("%%hpo --minimize loss\nloss = 1.0  # hpo: 0..2")

    def said(cell, scheduler, slots=2):
        config = StudyConfig("s", (Objective("loss", "minimize"),), slots=slots, first={})
        facts = study_facts(cell, Study(config, scheduler=scheduler))
        return next(fact for fact in facts if fact.startswith("Trial 0"))

    assert said(reporting, Asha()).endswith("run first; others begin at its first report.")
    for alone in (said(reporting, Asha(), 1), said(reporting, Hyperband()), said(silent, Asha())):
        assert alone.endswith("run first and alone.")


def test_failed_trials_are_told_apart_and_where_all_failed_nothing_was_done():
    config = StudyConfig("s", (Objective("acc", "maximize"),), Budget(n_trials=9), first={"C": 1.0})
    bad = TrialError("KeyError", "'target'", 3)
    failed = [Trial(n, {"C": n}, TrialState.FAIL, error=bad) for n in range(3)]
    (said,) = about_earlier("s", Study(config, earlier=failed))
    assert "So far all 3 trials failed" in said
    assert "Trial 0's values are tried again first" in said
    done = Trial(3, {"C": 9.0}, TrialState.COMPLETE, values=(0.5,))
    cut = Trial(4, {"C": 8.0}, TrialState.FAIL, error=TrialError("interrupted", "stopped"))
    (said,) = about_earlier("s", Study(config, earlier=[*failed, done, cut]))
    assert "4 trials were already done, 3 of which failed." in said


@pytest.mark.parametrize(
    ("rounds", "values", "alike"),
    [
        (Rounds(repeats=3), (0.5, 0.5, 0.5), "The 3 repeats of trial 1 gave the same value:"),
        (Rounds(repeats=3), (0.5, 0.5, 0.51), None),
        (Rounds(2, 2), (0.5, 0.7, 0.5, 0.7), "The 2 repeats of trial 1 gave the same values on"),
        (Rounds(2, 2), (0.5, 0.7, 0.6, 0.7), None),
        (Rounds(folds=2), (0.5, 0.5), None),
    ],
)
def test_repeats_that_bring_nothing_are_told_of(rounds, values, alike):
    failed = Trial(0, {}, TrialState.FAIL, error=TrialError("E", "no", 3), rounds=[(0.5,)])
    whole = Trial(1, {}, TrialState.COMPLETE, (0.5,), rounds=[(value,) for value in values])
    config = StudyConfig("s", (Objective("acc", "maximize"),), rounds=rounds)
    said = about_alike(Study(config, earlier=[failed, whole]))
    assert [sentence.startswith(alike) for sentence in said] == ([True] if alike else [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x = 0.1  # hpo: 0.01..0.11 step 0.05", "x = 0.1 is no step of its range; write 0.06 "
         "or 0.11"),
        ("x = 5  # hpo: 2..8 step 4", "x = 5 is no step of its range; write 2 or 6"),
        ("x = 7  # hpo: 2..8 step 4", "x = 7 lies outside its range, 2 to 6 in steps of 4"),
        ("x = 0.5  # hpo: 1e-3..0.1 log", "x = 0.5 lies outside its range, 0.001 to 0.1"),
        ("x = 'c'  # hpo: a | b", "x = 'c' is none of its choices"),
    ],
)  # fmt: skip
def test_why_the_cell_s_own_value_is_not_tried(line, said):
    cell = capture(f"%%hpo --maximize acc\n{line}\nacc = 1 if x else 0")
    assert about_first(cell) == [f"No trial of the cell as it stands: {said}."]


def test_a_name_that_stands_for_other_code_is_told_of():
    def cell(factor):
        return capture(f"%%hpo --maximize acc\nC = 1.0  # hpo: 0.1..10\nacc = -abs(C - {factor})")

    before, now = cell(3), cell("power")
    (sentence,) = about_other_code("digits", [before.identity], now)
    assert "'digits'" in sentence
    assert "ran other code" in sentence
    assert about_other_code("digits", [before.identity, now.identity], now)
    assert about_other_code("digits", [now.identity], now) == []
    assert about_other_code("digits", [], now) == [], "new, or of an older version"
