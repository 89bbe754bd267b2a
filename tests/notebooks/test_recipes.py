"""The recipes, each executed once, with what their text says that happens."""

from __future__ import annotations

import pytest

from .executed import execute

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(500)]

WRITTEN_BEST = r"as written ([\d.]+), best ([\d.]+)"


def test_lightning(tmp_path):
    done = execute("recipes/lightning", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    assert done.states("pruned")[0] > 0
    assert "model: {'hidden':" in done.text


def test_hugging_face(tmp_path):
    done = execute("recipes/hugging_face", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    assert done.states("pruned")[0] > 0


def test_boosting(tmp_path):
    done = execute("recipes/xgboost_lightgbm", tmp_path)
    for written, best in done.numbers(WRITTEN_BEST):
        assert best < written
    for grown, of in done.numbers(r"(\d+) trees grown of (\d+)"):
        assert grown < 0.7 * of


def test_a_pipeline_and_a_grid_of_scikit_learn(tmp_path):
    done = execute("recipes/scikit_learn_pipeline", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    pipeline, _ = done.states("pruned")
    assert pipeline > 0


def test_numpy_and_jax(tmp_path):
    done = execute("recipes/numpy_jax", tmp_path)
    by_hand, jax = done.numbers(WRITTEN_BEST)
    assert by_hand[1] < by_hand[0]
    assert jax[1] < jax[0]
    assert min(done.states("pruned")) > 0
