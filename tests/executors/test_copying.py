"""Population based training over real processes: a trial that waits copies itself."""

from __future__ import annotations

import os
from pathlib import Path

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
        text = Path(copy.log_path).read_text()
        assert f"step {first.step} of {copy.pid}" in text
        assert "step 1 " not in text, "its log begins where it does"
    complete = [t for t in trials.values() if t.state is TrialState.COMPLETE]
    assert all(t.reports[-1].step == 8 for t in complete)
    assert all(t.figures["wall_s"] < 60 for t in complete)


def test_a_trial_with_processes_of_its_own_is_not_copied_and_all_go_on(tmp_path):
    source = TRAIN.format(loss="State.seen[0][1] - State.steps") + "child.kill()\n"
    source = source.replace("import os\n", "import os, subprocess\n").replace(
        "while State", "child = subprocess.Popen(['sleep', '100'])\nwhile State", 1
    )
    study = run_study(tmp_path, source, 7, slots=2, scheduler=pbt())
    failed = [t for t in study.trials.values() if t.state is TrialState.FAIL]
    assert failed
    for trial in failed:
        assert trial.parent is not None
        assert trial.error.message.startswith(f"trial {trial.parent} could not be copied: it has ")
        assert "num_workers=0" in trial.error.message
    assert any(t.state is TrialState.COMPLETE for t in study.trials.values())
    assert study.n_done == 7


def test_a_copy_that_dies_is_noticed_and_one_whose_parent_dies_lives(tmp_path):
    # The first copy ends itself; what it was copied from ends two steps later.
    source = """n = 0
import os
from jupyter_hpo import report
first, step = os.getpid(), 0
while step < 8:
    step += 1
    x = float(n % 1000 - step)
    report(x=x)
    if step == 3 and os.getpid() != first:
        os._exit(7)
    if step == 4 and n == 1:
        os.kill(os.getpid(), 9)
"""
    study = run_study(
        tmp_path, source, 7, slots=2, scheduler=pbt(interval=2), value=lambda number: number
    )
    trials = study.trials
    copy = next(t for t in trials.values() if t.parent is not None)
    assert (copy.parent, copy.state) == (1, TrialState.FAIL)
    assert "exit" in copy.error.message
    assert trials[1].state is TrialState.FAIL
    assert study.n_done == 7
    left = [
        p for p in os.listdir("/proc") if p.isdigit() and int(p) in {t.pid for t in trials.values()}
    ]
    assert left == [], "no process is left"
