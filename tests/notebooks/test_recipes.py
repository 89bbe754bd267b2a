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
    assert done.states("pruned")[0] > 0


def test_ray(tmp_path):
    pytest.importorskip("ray", reason="ray isn't installed")
    done = execute("recipes/ray", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    assert done.states("pruned")[0] > 0
    assert "weights of the best network: (12, " in done.text
    assert done.numbers(r"best ([\d.]+), with (\d+) weights")[0][1] in (12, 24, 36)


def test_samplers(tmp_path):
    done = execute("recipes/samplers", tmp_path)
    best = {}
    for name in ("grid", "qmc", "tpe", "gp", "cmaes"):
        ((trials, best[name]),) = done.numbers(rf"{name} +(\d+) trials, best error ([\d.e+-]+)")
        assert trials == 24
    assert best["gp"] < best["grid"]
    ((trials, front, beaten),) = done.numbers(
        r"nsga2: (\d+) trials, (\d+) on the front; (\d+) beat the values as written"
    )
    assert trials == 60
    assert front > 0 < beaten
    ((chance, modelled),) = done.numbers(r"at random ([\d.e+-]+), 4 trials later ([\d.e+-]+)")
    assert modelled <= chance
    ((later, before),) = done.numbers(r"after 8 trials: ([\d.e+-]+) \(tpe after 24: ([\d.e+-]+)\)")
    assert later <= before


def test_loss_regularisation_and_data(tmp_path):
    done = execute("recipes/loss_regularisation_data", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    for figure in ("accuracy", "precision", "recall", "f1"):
        assert done.numbers(rf"{figure} +([\d.]+)")[0] > (0.5,)
    ((bleu,),) = done.numbers(r"BLEU of a close guess: (\d+)")
    assert 0 < bleu < 100
    ((whole,),) = done.numbers(r"as it is +([\d.]+)")
    ((eight,),) = done.numbers(r"in eight bits +([\d.]+)")
    assert abs(whole - eight) < 0.05
    assert "50% set to zero" in done.text


def test_the_learning_rate(tmp_path):
    done = execute("recipes/learning_rate", tmp_path)
    ((low, high, best, lr),) = done.numbers(
        r"range ([\d.e+-]+) to ([\d.e+-]+): best ([\d.]+) with lr ([\d.e+-]+)"
    )
    assert best > 0.85
    assert 0.9 * low <= lr <= 1.1 * high
    ((fixed, slow),) = done.numbers(r"fixed rate +accuracy ([\d.]+), rate at the end ([\d.e+-]+)")
    ((own, quick),) = done.numbers(r"hypergradient accuracy ([\d.]+), rate at the end ([\d.e+-]+)")
    assert own > fixed + 0.2
    assert quick > slow


def test_population_based_training(tmp_path):
    done = execute("recipes/population_based_training", tmp_path)
    ((written, best),) = done.numbers(WRITTEN_BEST)
    assert best > written
    assert done.numbers(r"copies: (\d+)")[0] > (0,)
