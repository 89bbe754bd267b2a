"""Loops over folds and seeds: which they are, and what one turn is worth by itself."""

import ast
from textwrap import indent

import pytest

from jupyter_hpo.cell.bind import bind
from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.cell.fold_loops import is_fold_loop
from jupyter_hpo.cell.loops import find_loop
from jupyter_hpo.cell.wrapping import RECORDER, recorder_of
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective

KF = """
class KF:
    def split(self, X, y=None):
        return [([0], [fold]) for fold in range(3)]
kf, X, y = KF(), 0, 0
def score(train, val):
    return val[0] ** 2
"""


@pytest.mark.parametrize(
    ("loop", "folds"),
    {
        "for train, val in kf.split(X): 0": True,
        "for fold, (a, b) in enumerate(kf.split(X, y)): 0": True,
        "for train_idx, val_idx in splits: 0": True,
        "for i, (tr_idx, te_idx) in enumerate(tqdm(splits)): 0": True,
        "for a, b in pieces.folds(X, y): 0": True,
        "for a, b in folds(X, y, k=3): 0": True,
        "for a, b in folds: 0": True,
        "for i, (a, b) in enumerate(tqdm(cv_splits), 1): 0": True,
        "for name, part in splits.items(): 0": False,
        "for name, rows in load(splits): 0": False,
        "for part in splits: 0": False,
        "for fold in range(5): 0": True,
        "for seed in (0, 1, 2): 0": True,
        "for a, b in line.split(','): 0": False,
        "for word in text.split(): 0": False,
        "for epoch in range(9): 0": False,
        "for k in range(9): 0": False,
        "for x_train, x_val in pairs: 0": False,
    }.items(),
)
def test_what_is_a_loop_over_folds(loop, folds):
    assert is_fold_loop(ast.parse(loop).body[0]) is folds


CASES = {
    "appended": (
        "scores = []\nfor tr, va in kf.split(X):\n    scores.append(score(tr, va))\n"
        "acc = sum(scores) / len(scores)\n",
        "acc",
    ),
    "filled in": (
        "scores = [0.0] * 3\nfor i, (tr, va) in enumerate(kf.split(X)):\n"
        "    scores[i] = score(tr, va)\nacc = sum(scores) / len(scores)\n",
        "acc",
    ),
    "in a dict": (
        "found = {'acc': []}\nfor tr, va in kf.split(X):\n    s = score(tr, va)\n"
        "    found['acc'].append(s)\n",
        "sum(found['acc']) / len(found['acc'])",
    ),
    "in a function": (
        "def cv():\n    seen = []\n    for tr, va in kf.split(X):\n"
        "        seen.append(score(tr, va))\n    return sum(seen) / len(seen)\nacc = cv()\n",
        "acc",
    ),
    "epochs inside": (
        "scores = []\nfor fold in range(3):\n    for epoch in range(4):\n        a = fold * epoch\n"
        "    scores.append(score([], [fold]))\nacc = sum(scores) / len(scores)\n",
        "acc",
    ),
    "assigned anew": ("for tr, va in kf.split(X):\n    acc = score(tr, va)\n", "acc"),
    "assigned anew in epochs": (
        "for fold in range(3):\n    for epoch in range(2):\n        acc = score([], [fold])\n",
        "acc",
    ),
}


def told_by(source, objective):
    """What its loop reports, and the value at the end."""
    asked = (Objective(objective, "maximize"),)
    loop = find_loop(ast.parse(KF + source), asked)
    program = CellProgram(KF + source, "<cell>", SearchSpace(), {}, asked, loop=loop)
    told, namespace = [], {"__name__": "__main__"}
    recorder = recorder_of(program, namespace, lambda *report: told.append(report))
    namespace[RECORDER] = recorder
    bind(program, {}).run(namespace)
    return told, recorder.final()[0]


@pytest.mark.parametrize("case", CASES)
def test_each_turn_tells_its_own_value_and_the_objective_is_the_mean(case):
    source, objective = CASES[case]
    told, value = told_by(source, objective)
    assert [(step, fold[0]) for step, _, fold in told] == [(1, 0.0), (2, 1.0), (3, 4.0)]
    assert [values[0] for _, values, _ in told] == pytest.approx([0.0, 0.5, 5 / 3])
    assert value == pytest.approx(5 / 3)


@pytest.mark.parametrize(
    ("skip", "steps"),
    [
        ("if i == 2:\n        break", [1, 2]),
        ("if i == 1:\n        continue", [1, 3]),
        ("if i == 0:\n        continue", [2, 3]),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_turn_that_appends_nothing_is_no_fold(skip, steps, inside):
    lines = (
        f"scores = []\nfor i, (tr, va) in enumerate(kf.split(X)):\n    {skip}\n"
        "    scores.append(score(tr, va))\n"
    )
    mean = "sum(scores) / len(scores)\n"
    if inside:
        lines = "def cv():\n" + indent(lines + f"return {mean}", "    ") + "acc = cv()\n"
    else:
        lines += f"acc = {mean}"
    assert [step for step, _, _ in told_by(lines, "acc")[0]] == steps


@pytest.mark.parametrize(
    "source",
    [
        "best = 0\nfor tr, va in kf.split(X):\n    s = score(tr, va)\n    best = max(best, s)\n",
        "best = 0\nfor tr, va in kf.split(X):\n    best += score(tr, va)\n",
    ],
)
def test_what_is_carried_from_fold_to_fold_is_no_fold_s_own(source):
    loop = find_loop(ast.parse(KF + source), [Objective("best", "maximize")])
    assert loop is None or not loop.own
