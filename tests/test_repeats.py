"""`--seed`: two runs give the same trials, side by side too."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from jupyter_hpo import Float, load_study
from jupyter_hpo.arguments import parse_line
from jupyter_hpo.cell import capture
from jupyter_hpo.functions import made_again
from jupyter_hpo.options import Options
from jupyter_hpo.recipe import NEXT
from jupyter_hpo.session import open_session
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.tuning import as_cell

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


OFFSET = 0.25


def shifted(x):
    return math.floor(x) + OFFSET


def objective(x, k=2):
    return {"acc": shifted(x) + k, "loss": x}


def test_the_recipe_of_a_function_makes_it_with_what_it_refers_to_and_calls_it(tmp_path):
    objective.__module__ = shifted.__module__ = "__main__"  # as in a script
    cell, options, given = as_cell(
        objective, {"x": Float(0.0, 1.0)}, {"maximize": "acc", "minimize": "loss", "trials": 3}
    )
    root = replace(options, root=tmp_path, name="f", jobs=1)
    open_session(cell, root, given).engine.abandon()
    text = load_study("f", tmp_path).recipe
    called: list[tuple[tuple[object, ...], dict[str, object]]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_hpo.tune", lambda *args, **more: called.append((args, more)))
        exec(text, {"__name__": "fresh"})
    ((function, space), more) = called[0]
    assert function(x=1.5) == {"acc": 3.25, "loss": 1.5}
    assert space["x"].distribution == Float(0.0, 1.0)
    assert more == {"maximize": "acc", "minimize": "loss", "trials": 3, "jobs": 1}
    assert f"# A function of {__file__}" in text


@pytest.mark.parametrize(
    ("function", "text", "missing"),
    [
        (math.floor, "", "floor, which was given to tune(): make it first"),
        (lambda x: x, "", "<lambda>, which was given to tune(): make it first"),
        (replace, "from dataclasses import replace", ""),
    ],
)
def test_a_function_that_no_text_makes_is_told_and_a_librarys_is_imported(function, text, missing):
    assert made_again(function) == (text, (missing,) if missing else ())


def test_a_study_runs_again_from_what_its_file_says(tmp_path):
    """The recipe's cells, run as a notebook would in an empty folder, give the same trials."""
    first = run(tmp_path / "a", trials=5)
    study = load_study("s", tmp_path / "a")
    text = study.recipe
    *before, last = text.split(NEXT)
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
