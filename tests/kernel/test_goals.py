"""Several objectives, constraints and choosing, in a real kernel with real processes."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

CELL = """%%hpo --maximize acc --minimize size --minimize cpu_s --constraint "lr * 10 <= 8" \
--constraint "size <= 500 and peak_memory_gb < 50" --trials 8 --jobs 1 --seed 2 --name goals
lr = 0.5    # hpo: 0.1..1.0
size = 300  # hpo: 100..900
model = None
for epoch in range(2):
    acc = lr * size
    model = ["trained", size]
"""
GONE = CELL.replace("cpu_s", "n_params").replace("--name goals", "--name gone")


def test_a_front_under_constraints_and_another_trial_chosen(shared):
    result = shared.run(CELL)
    assert result.error is None, result.error
    value = shared.value
    trials = value("[(t.number, t.params, t.state, list(t.values)) for t in study.trials]")
    assert all(len(values) == 3 and values[2] >= 0 for *_, values in trials)
    feasible = {
        n for n, p, s, _ in trials if p["lr"] <= 0.8 and p["size"] <= 500 and s == "COMPLETE"
    }
    front = value("[t.number for t in study.best_trials]")
    assert set(front) <= feasible
    breaks = value("study.trials_dataframe()['infeasible'].tolist()")
    complete = [n for n, _, state, _ in trials if state == "COMPLETE"]
    assert [n for n in complete if not breaks[n]] == sorted(feasible)
    kept = value(f"[study.session.study.trials[n].objects_path is not None for n in {front}]")
    assert all(kept), "of all on the front"
    chosen = front[-1]
    reply = shared.control("use", value("study.id"), number=chosen)
    assert reply["ok"], reply
    assert reply["message"].startswith(f"Trial {chosen} is the result now. Bound in the notebook: ")
    size = next(p["size"] for n, p, *_ in trials if n == chosen)
    assert value("[size, model, study.best('model')]") == [
        size,
        ["trained", size],
        ["trained", size],
    ]
    assert value("[study.best_trial.number, study.chosen]") == [chosen, chosen]
    assert value("__import__('jupyter_hpo').load_study('goals', '.jupyter_hpo').chosen") == chosen
    refused = shared.control("use", value("study.id"), number=99)
    assert (refused["ok"], refused["message"]) == (False, "study 'goals' has no trial 99.")
    again = shared.run("%hpo use best")
    assert again.error is None
    assert value("[study.chosen, study.best_trial.number]") == [None, front[0]]


def test_a_figure_that_no_trial_has_ends_the_study_with_one_sentence(shared):
    result = shared.run(GONE)
    assert "'n_params' can't be had of this trial: no torch module" in result.all
    assert "the first 3 trials all failed alike" in result.all
