"""One trial as a person steers it: paused, resumed, and seen to be silent."""

from __future__ import annotations

import pytest

from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SLOW = """%%hpo --maximize acc --trials 3 --jobs 1 --pruner none --name one_trial
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(60):
    time.sleep(0.05)
    acc = x + epoch
    print("epoch", epoch)
"""


def test_pausing_and_resuming_one_trial_from_its_row(lab):
    lab.open(notebook("%load_ext jupyter_hpo", SLOW, "print([t.state for t in study.trials])"))
    lab.run(0)
    lab.run(1, wait=False)
    output = lab.output(1)
    row = output.get_by_role("row").filter(has_text="running").first
    row.get_by_role("button").first.click()
    output.get_by_role("button", name="Pause this trial").click()
    output.get_by_text("Paused by you", exact=True).wait_for()
    output.get_by_role("row").filter(has_text="running").first.wait_for()  # another one
    output.get_by_text("Only trial 0 is left, paused by you").wait_for()
    assert lab.busy
    output.get_by_role("button", name="Resume this trial").click()
    lab.wait_idle(60)
    lab.run(2)
    assert lab.output(2).inner_text().count("COMPLETE") == 3
    assert not lab.errors, lab.errors
