"""Folds and repeats in a real kernel."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

DATA = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2))
y = (X[:, 0] > 0).astype(int)
"""
FOLDS = """%%hpo --maximize acc --folds 4 --trials {trials} --jobs 2 --name folds
shift = 0.0    # hpo: -0.5..3.0
model = (sorted(map(int, val_idx)), float(y[train_idx].mean()))
acc = float(((X[val_idx, 0] > shift) == y[val_idx]).mean())
"""


def test_a_trial_runs_its_cell_once_for_each_fold_and_goes_on_with_what_is_left(kernel):
    kernel.run(DATA)
    result = kernel.run(FOLDS.format(trials=8))
    assert result.error is None
    assert kernel.value("len(study.trial(0).rounds)") == 4
    assert kernel.value("study.best_value == sum(r[0] for r in study.best_trial.rounds) / 4")
    pruned = kernel.value("[t.notice for t in study.trials if t.state == 'PRUNED']")
    assert pruned
    assert all("worse than trial" in notice for notice in pruned)
    assert kernel.value("len(model[0]) == 15 and bool(abs(model[1] - y.mean()) < 0.05)")
    assert " ± " in str(result.displays)
    kernel.run(FOLDS.format(trials=10))
    assert kernel.value("len(study.trials)") == 10
    assert kernel.value("study.optuna.trials[0].user_attrs['jupyter_hpo:rounds'] is not None")
    other = kernel.run(FOLDS.format(trials=12).replace("--folds 4", "--folds 5"))
    assert "was made with --folds 4" in other.error


def test_folds_of_a_loop_are_compared_and_repeats_begin_with_other_seeds(kernel):
    kernel.run(DATA)
    kernel.run(
        "%%hpo --maximize acc --trials 6 --jobs 1 --name loop\n"
        "shift = 0.0    # hpo: 0.5..3.0\n"
        "accs = []\n"
        "for fold in range(4):\n"
        "    rows = slice(fold * 15, fold * 15 + 15)\n"
        "    accs.append(float(((X[rows, 0] > shift) == y[rows]).mean()))\n"
        "acc = np.mean(accs)\n"
    )
    assert kernel.value("[len(t.rounds) for t in study.trials][0]") == 4
    assert kernel.value("any(t.state == 'PRUNED' for t in study.trials)")
    kernel.run(
        "%%hpo --maximize acc --trials 2 --repeats 3 --name repeats\n"
        "np.random.seed(0)\n"
        "a = 0.5    # hpo: 0.0..1.0\n"
        "acc = a + np.random.rand()\n"
    )
    assert kernel.value("len(set(study.trial(0).rounds))") == 3
    assert kernel.value("study.trial(0).spread > 0")
