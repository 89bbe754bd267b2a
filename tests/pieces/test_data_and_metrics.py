"""Folds, splits, truncation, and the figures of how good a model is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from jupyter_hpo import HpoError, pieces
from jupyter_hpo.cell.objectives.directions import direction_of
from jupyter_hpo.pieces import metrics

X = np.arange(40).reshape(20, 2)
Y = np.array([0, 1] * 10)


@pytest.mark.parametrize("kind", ["plain", "stratified", "group"])
def test_every_row_is_validated_on_once(kind):
    groups = np.arange(20) // 2
    found = list(pieces.folds(X, Y, k=5, kind=kind, groups=groups))
    assert len(found) == 5
    assert sorted(np.concatenate([val for _, val in found])) == list(range(20))
    assert all(not set(train) & set(val) for train, val in found)
    if kind == "stratified":
        assert {int(Y[val].sum()) for _, val in found} == {2}
    if kind == "group":
        assert all(not set(groups[train]) & set(groups[val]) for train, val in found)


def test_in_time_the_past_alone_is_trained_on():
    assert all(train.max() < val.min() for train, val in pieces.folds(X, k=3, kind="time"))


def test_the_kind_of_folds_follows_what_y_holds():
    by_class = [int(Y[val].sum()) for _, val in pieces.folds(X, torch.tensor(Y))]
    assert by_class == [2] * 5
    numbers = np.linspace(0, 1, 20)
    assert len(list(pieces.folds(X, numbers, k=4))) == 4


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: pieces.folds(X, k=30), "from 2 to 20"),
        (lambda: list(pieces.folds(X, kind="stratified")), r"folds\(X, y\)"),
        (lambda: list(pieces.folds(X, kind="group")), "groups="),
        (lambda: pieces.split(X, test=0.6, validation=0.5), "less than 1"),
        (lambda: pieces.truncate([[1]], 0), "at least 1"),
    ],
)
def test_what_can_not_be_cut_is_refused(call, said):
    with pytest.raises(HpoError, match=said):
        call()


def test_data_are_split_in_three():
    (a, ya), (b, yb), (c, yc) = pieces.split(X, Y, test=0.2, validation=0.3)
    assert [len(part) for part in (a, b, c)] == [10, 6, 4]
    assert sorted(np.concatenate([a, b, c])[:, 0]) == list(X[:, 0])
    assert [int(y.sum()) for y in (ya, yb, yc)] == [5, 3, 2]
    tensors = pieces.split(torch.tensor(X), torch.tensor(Y))
    assert all(torch.is_tensor(x) and torch.is_tensor(y) for x, y in tensors)
    train, val, test = pieces.split(list(range(10)), kind="time", test=0.2, validation=0.0)
    assert (train, val, test) == ([*range(8)], [], [8, 9])


def test_sequences_are_truncated_at_an_end():
    assert pieces.truncate([[1, 2, 3], [4]], 2) == [[1, 2], [4]]
    assert pieces.truncate([[1, 2, 3], [4]], 2, side="start") == [[2, 3], [4]]
    assert pieces.truncate(torch.zeros(2, 9), 4).shape == (2, 4)
    assert pieces.truncate("words", 2) == "wo"


# -------------------------------------------------------------------------- metrics
def test_classes_are_counted():
    true, called = [0, 1, 1, 1], [0, 1, 1, 0]
    assert metrics.accuracy(true, called) == 0.75
    assert metrics.precision(true, called) == 1.0
    assert metrics.recall(true, called) == pytest.approx(2 / 3)
    assert metrics.f1(true, called) == pytest.approx(0.8)
    assert metrics.f1([0, 1, 2], [0, 1, 1]) == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_scores_and_tensors_count_as_the_classes_they_favour():
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.8]], requires_grad=True)
    assert metrics.accuracy(torch.tensor([0, 1]), scores) == 1.0
    with pytest.raises(HpoError, match="one class for each row"):
        metrics.accuracy([0, 1, 1], [0, 1])


def test_errors_of_columns_and_rows_are_not_compared_crosswise():
    assert metrics.mse(torch.tensor([1.0, 2.0]), torch.tensor([[1.0], [4.0]])) == 2.0
    with pytest.raises(HpoError, match="shapes"):
        metrics.mse([1.0], [1.0, 2.0])


def test_perplexity_is_that_of_the_mean_loss():
    assert metrics.perplexity(math.log(10)) == pytest.approx(10)
    even = torch.zeros(2, 3, 7)
    assert metrics.perplexity(even, torch.zeros(2, 3)) == pytest.approx(7)
    padded = torch.tensor([[1, 1, -100], [1, -100, -100]])
    assert metrics.perplexity(even, padded) == pytest.approx(7)
    assert metrics.perplexity(1e6) == math.inf


def test_bleu_is_that_of_sacrebleu():
    sacrebleu = pytest.importorskip("sacrebleu")
    said = ["the cat sat on the mat", "there is a dog here"]
    meant = ["the cat sat on the mat", "there was a dog here"]
    expected = sacrebleu.corpus_bleu(said, [meant]).score
    assert metrics.bleu(said, meant) == pytest.approx(expected)
    several = [[meant[0], "a cat sat on a mat"], [meant[1], said[1]]]
    assert metrics.bleu(said, several) == pytest.approx(100)
    with pytest.raises(HpoError, match="1 predicted texts, 2 references"):
        metrics.bleu(["a"], ["a", "b"])


def test_the_search_knows_which_way_every_metric_is_better():
    found = {name: direction_of(f"val_{name}") for name in metrics.__all__}
    lower = {"mse", "perplexity"}
    assert found == {n: "minimize" if n in lower else "maximize" for n in metrics.__all__}
