"""One trial paused and resumed in a real kernel: by Python and by the line magic."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

RANDOM = """%%hpo --maximize acc --trials 3 --jobs 1 --pruner none --seed 3 --name {name}
import random, time
import numpy as np
x = 0.5    # hpo: 0.0..1.0
walk = np.random.standard_normal(8)
for epoch in range(30):
    time.sleep(0.01)
    walk += np.random.standard_normal(8)
    acc = float(walk @ walk) + random.random()
"""
UNTIL = """
def until(holds, timeout_s=30):
    import time
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, study
        time.sleep(0.01)
"""


def begin(kernel, name):
    kernel.run(UNTIL)
    assert kernel.run(RANDOM.format(name=f"{name} --background")).error is None
    kernel.run("until(lambda: study.trials and study.trial(0).reports)")


def test_a_resumed_trial_goes_on_bit_for_bit(kernel):
    begin(kernel, "through")
    assert kernel.value("study.wait(60)")
    through = kernel.value("study.trial(0).reports")
    begin(kernel, "paused")
    assert kernel.run("study.pause_trial(0)").error is None
    assert kernel.run("until(lambda: study.trial(0).state == 'PAUSED')").error is None
    # Its slot is free: another trial runs meanwhile.
    assert kernel.run("until(lambda: study.trials[-1].number == 1)").error is None
    assert kernel.value("0 < len(study.trial(0).reports) < 30")
    kernel.run("study.resume_trial(0)")
    assert kernel.value("study.wait(60)")
    assert len(through) == 30
    assert kernel.value("study.trial(0).reports") == through


def test_a_study_waits_for_a_trial_you_paused(kernel):
    begin(kernel, "waits")
    kernel.run("%hpo pause-trial 0")
    assert kernel.run("until(lambda: study.session.study.only_you == [0])").error is None
    assert not kernel.value("study.wait(0.3)")
    assert "Only trial 0 is left, paused by you" in kernel.run("study").text
    kernel.run("%hpo resume-trial 0")
    assert kernel.value("study.wait(60)")
    assert kernel.value("[t.state for t in study.trials]") == ["COMPLETE"] * 3


def test_what_can_not_be_paused_is_answered_by_a_sentence(kernel):
    begin(kernel, "sentences")
    assert kernel.value("study.wait(60)")
    for code, sentence in [
        ("study.pause_trial(0)", "trial 0 is COMPLETE: it can't be paused"),
        ("study.resume_trial(0)", "trial 0 is COMPLETE: it can't be resumed"),
        ("study.pause_trial(99)", "has no trial 99"),
        ("%hpo pause 2", "for one trial: %hpo pause-trial 2"),
        ("%hpo pause-trial", "takes the number of one trial: %hpo pause-trial 17"),
        ("%hpo resume-trial two", "takes the number of one trial: %hpo resume-trial 17"),
    ]:
        assert sentence in kernel.run(code).all
