"""Pieces in a real notebook: imported in one cell, called without arguments in another."""

from __future__ import annotations

CELL = """%%hpo --auto --maximize acc --trials 4 --jobs 1 --seed 1 --name pieced
tokens = pieces.truncate(texts)
for epoch in range(2):
    acc = sum(map(len, tokens))
"""


def test_what_a_call_leaves_out_is_tuned_and_applied(shared):
    assert shared.run("from jupyter_hpo import pieces\ntexts = [[1] * 400, [2] * 50]").error is None
    result = shared.run(CELL)
    assert result.error is None, result.error
    assert set(shared.value("study.best_params")) == {"length", "truncate.side"}
    best = shared.value("study.best_params['length']")
    assert shared.value("[len(t) for t in tokens]") == [min(400, best), min(50, best)]
    other = "next(t for t in study.trials if t.params['length'] != 128)"
    number, length = shared.value(f"(({other}).number, ({other}).params['length'])")
    applied = shared.run(f"%hpo apply {number}").stdout
    assert f"+ tokens = pieces.truncate(texts, length={length}, side=" in applied


def test_a_piece_in_an_earlier_cell_is_tuned_and_marked_there(shared):
    from_above = CELL.replace("tokens = pieces.truncate(texts)\n", "").replace("pieced", "above")
    assert shared.run("from jupyter_hpo.pieces import truncate\ntexts = [[1] * 400]").error is None
    mark = "  # hpo: length = 16..32"
    assert shared.run(f"tokens = truncate(texts, side='end'){mark}").error is None
    result = shared.run(from_above.replace("--auto ", ""))
    assert result.error is None, result.error
    assert set(shared.value("study.best_params")) == {"length"}
    assert shared.value("len(tokens[0]) == study.best_params['length'] <= 32")
