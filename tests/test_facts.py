"""What the person is told of trials of earlier sessions."""

import pytest

from jupyter_hpo.facts import about_earlier
from jupyter_hpo.study.config import Budget, StudyConfig
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.study import Study
from jupyter_hpo.study.trial import Trial, TrialState


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
