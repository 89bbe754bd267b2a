"""`--seed`: two runs give the same trials, side by side too."""

from __future__ import annotations

from dataclasses import replace

from jupyter_hpo import load_study
from jupyter_hpo.arguments import parse_line
from jupyter_hpo.cell import capture
from jupyter_hpo.options import Options
from jupyter_hpo.session import open_session
from jupyter_hpo.study.objective import Objective

CELL = """
import random, time
lr = 0.3      # hpo: 0..1
depth = 2     # hpo: 1..5
mode = "a"    # hpo: a | b
wait = random.Random(hash(time.time())).random() * 0.02  # not seeded: no two runs alike
acc = 0.0
for epoch in range(9):
    time.sleep(wait)
    acc += (1 - (lr - 0.6) ** 2) * depth / (epoch + 3) + 0.01 * random.random()
    if depth == 4 and lr > 0.8:
        raise ValueError("too deep")
"""


def run(folder, **more):
    cell = capture(CELL, objectives=(Objective("acc", "maximize"),))
    assert cell.problems == ()
    options = Options(jobs=2, seed=7, name="s", root=folder, **{"trials": 11, **more})
    session = open_session(cell, options, {})
    session.engine.start()
    assert session.engine.done.wait(100)
    assert session.engine.crash is None
    trials = session.study.trials.values()
    return [
        (t.number, t.params, t.state.value, t.values, [(r.step, r.values) for r in t.reports])
        for t in sorted(trials, key=lambda t: t.number)
    ]


def test_two_runs_side_by_side_are_the_same(tmp_path):
    first, second = run(tmp_path / "a"), run(tmp_path / "b")
    assert first == second
    assert {state for _, _, state, _, _ in first} >= {"COMPLETE", "PRUNED"}
    more = run(tmp_path / "a", trials=14)
    assert more[:11] == first
    tried = [params for _, params, *_ in more]
    assert all(tried.count(params) == 1 for params in tried), "resumed, it tries other values"


def test_a_study_runs_again_from_what_its_file_says(tmp_path):
    """The recipe's cells, run as a notebook would in an empty folder, give the same trials."""
    first = run(tmp_path / "a", trials=5)
    study = load_study("s", tmp_path / "a")
    text = study.recipe
    *before, last = text.split("\n\n\n")
    assert "jupyter_hpo" in before[0]
    assert "as it was made with python" in before[0]
    namespace: dict[str, object] = {}
    for cell in before:
        exec("\n".join(s for s in cell.splitlines() if not s.startswith("%")), namespace)
    line, _, source = last.partition("\n")
    request = parse_line(line.removeprefix("%%hpo "))
    assert request.space_name == "searched"
    space = namespace["searched"]
    cell = capture(source, objectives=request.objectives, space=space)
    again = open_session(cell, replace(request.options, root=tmp_path / "b"), namespace)
    again.engine.start()
    assert again.engine.done.wait(100)
    trials = sorted(again.study.trials.values(), key=lambda t: t.number)
    assert [(t.params, t.state.value, t.values) for t in trials] == [
        (params, state, values) for _, params, state, values, _ in first
    ]
