"""The rows and the seeds of a round."""

import random

import numpy as np
import pytest

from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.rounds import Rounds
from jupyter_hpo.worker.folding import FoldError, fold_of, seed_of, seeds_moved

sklearn = pytest.importorskip("sklearn.model_selection")


def folds(rounds, data, labels=None, *, seed=None, splitter="", **namespace):
    program = CellProgram("", "", SearchSpace(), {}, (), rounds=rounds, splitter=splitter)
    found = [fold_of(program, r, seed, namespace)(data, labels) for r in range(rounds.n)]
    return [(list(train), list(validation)) for train, validation in found]


def test_each_row_is_scored_once_and_never_trained_on_then():
    found = folds(Rounds(5), np.zeros(23))
    assert sorted(i for _, validation in found for i in validation) == list(range(23))
    assert all(not set(train) & set(validation) for train, validation in found)
    assert found == folds(Rounds(5), np.zeros(23))
    assert found != folds(Rounds(5), np.zeros(23), seed=7)


def test_classes_keep_their_shares_and_numbers_don_t():
    classes = np.array([0] * 40 + [1] * 10)
    for _, validation in folds(Rounds(5), np.zeros(50), classes):
        assert sum(classes[i] for i in validation) == 2
    shares = {sum(classes[i] for i in v) for _, v in folds(Rounds(5), np.zeros(50), classes * 0.3)}
    assert shares != {2}
    texts = ["a"] * 40 + ["b"] * 10
    assert {sum(i >= 40 for i in v) for _, v in folds(Rounds(5), np.zeros(50), texts)} == {2}


def test_repeats_split_otherwise():
    found = folds(Rounds(2, 2), np.zeros(40))
    assert found[:2] != found[2:]


def test_a_splitter_of_the_notebook_with_groups():
    groups = np.repeat(range(4), 5)
    found = folds(Rounds(4), np.zeros(20), splitter="cv", cv=sklearn.GroupKFold(4), groups=groups)
    assert all(len({groups[i] for i in validation}) == 1 for _, validation in found)
    given = [([0, 1], [2]), ([1, 2], [0])]
    assert folds(Rounds(2), np.zeros(3), splitter="cv", cv=given) == given
    shuffled = sklearn.KFold(3, shuffle=True)
    first = folds(Rounds(3), np.zeros(9), splitter="cv", cv=shuffled)
    assert sorted(i for _, validation in first for i in validation) == list(range(9))


def test_too_few_rows_are_said():
    with pytest.raises(FoldError, match="the data has 3 rows, fewer than folds"):
        folds(Rounds(5), [1, 2, 3])


def test_the_cell_s_own_seeds_are_others_in_a_repeat():
    def drawn(by):
        with seeds_moved(by):
            random.seed(0)
            np.random.seed(0)
            return random.random(), np.random.rand(), np.random.default_rng(5).random()

    assert drawn(0) == drawn(0)
    assert all(a != b for a, b in zip(drawn(0), drawn(1), strict=True))
    assert [seed_of(None, 0), seed_of(None, 2), seed_of(5, 0), seed_of(5, 1)] == [None, 2, 5, 6]
