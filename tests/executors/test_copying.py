"""Population based training over real processes: a trial that waits copies itself."""

from __future__ import annotations

from jupyter_hpo.executors.processes import ProcessExecutor
from jupyter_hpo.study.schedulers import Pbt
from jupyter_hpo.study.trial import TrialState

from .one_study import SPACE, run_study

TRAIN = """n = 0
import os
from jupyter_hpo import report
class State: steps, seen = 0, []
while State.steps < 8:
    State.steps += 1
    State.seen.append((os.getpid(), n))
    print("step", State.steps, "of", os.getpid())
    x = float({loss})
    report(x=x)
"""


def pbt(**options):
    return Pbt(SPACE, **{"population": 4, "interval": 2, "seed": 0, **options})


def test_copies_go_on_from_the_state_of_what_they_are_copies_of(tmp_path):
    # The loss is the number with which a trial began: the copy has changed n, and not its state.
    source = TRAIN.format(loss="State.seen[0][1] + (n % 7) / 100 - State.steps")
    study = run_study(tmp_path, source, 9, slots=2, scheduler=pbt(), value=lambda n: 1000 + 7 * n)
    trials = study.trials
    assert not study.failed, study.message
    assert study.n_done == 9
    copies = [t for t in trials.values() if t.parent is not None]
    assert copies
    for copy in copies:
        assert copy.state in (TrialState.COMPLETE, TrialState.PRUNED), copy.error
        parent = trials[copy.parent]
        assert copy.pid not in (None, parent.pid)
        first = copy.reports[0]
        before = [r for r in parent.reports if r.step == first.step - 1]
        assert before or parent.parent is not None
        assert "with n = " in copy.notice
        assert copy.params["n"] != parent.params["n"]
        text = open(copy.log_path).read()
        assert f"step {first.step} of {copy.pid}" in text
        assert "step 1 " not in text, "its log begins where it does"
    complete = [t for t in trials.values() if t.state is TrialState.COMPLETE]
    assert all(t.reports[-1].step == 8 for t in complete)
    assert all(t.figures["wall_s"] < 60 for t in complete)
