"""Kinds of live objects, and the number of rows to train on."""

from __future__ import annotations

import argparse
import collections
import datetime
import enum
import functools
import math
import pathlib
import re
import types
import weakref

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Bunch
from torch.utils.data import DataLoader, Dataset, TensorDataset

from jupyter_hpo.past.known import data_rows, kind_of, known_objects


class Rows(Dataset):
    def __len__(self):
        return 7


class Broken(Dataset):
    def __len__(self):
        raise RuntimeError("not ready")


class Own:
    pass


class Colour(enum.Enum):
    RED = 1


Point = collections.namedtuple("Point", "x y")
X = torch.zeros(12, 3)

KINDS = {
    "constant": [
        None, True, 3, 1.5, 2j, "s", b"b", (1, ("a", None)), frozenset({1}), range(3), ...,
        Colour.RED, re.compile("x"), np.float32(1), np.dtype("f4"), torch.float32,
        torch.device("cpu"), torch.Size([1]), pathlib.Path("."), datetime.date(2020, 1, 1),
        Point(1, 2),
    ],
    "data": [
        np.zeros(3), np.ma.zeros(2), pd.DataFrame(), pd.Series([1]), pd.Index([1]),
        scipy.sparse.eye(3), scipy.sparse.csr_array((2, 2)), X, TensorDataset(X), Rows(),
        DataLoader(Rows()), Bunch(data=1),
    ],
    "module": [math, np, types],
    "callable": [len, math.sqrt, lambda: 0, [].append, functools.partial(len), np.add, np.mean,
                 functools.lru_cache(len), torch.relu],
    "type": [int, Own, torch.nn.Linear, enum.Enum],
    "library": [
        LogisticRegression(), torch.nn.Linear(1, 1), torch.nn.Parameter(X), torch.zeros(
            2, requires_grad=True), torch.Generator(), np.random.default_rng(0),
    ],
    "other": [[], {}, set(), (1, []), Point(1, []), Own(), argparse.Namespace(), bytearray(),
              collections.Counter(), types.SimpleNamespace()],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"),
    [(kind, value) for kind, values in KINDS.items() for value in values],
    ids=lambda v: v if isinstance(v, str) else type(v).__name__,
)
def test_kinds(kind, value):
    assert kind_of(value) == kind


def test_known_objects_are_those_that_exist():
    known = known_objects({"np": np, "x": 1, "y": 2}, ["np", "x", "missing"])
    assert known.kinds == {"np": "module", "x": "constant"}
    assert known.surroundings.origins == {"np": "numpy"}


def test_a_proxy_is_not_asked():
    assert kind_of(weakref.proxy(Own())) == "other"  # its object is gone
    assert data_rows({"X_train": weakref.proxy(Own())}, ["X_train"]) is None
    assert known_objects({"p": weakref.proxy(Own())}, ["p"]).kinds == {"p": "other"}


ROWS = {
    "an array": ({"X_train": np.zeros((5, 2)), "X": np.zeros(9)}, 5),
    "a loader's dataset": ({"train_loader": DataLoader(Rows(), batch_size=4)}, 7),
    "a dataset": ({"trainset": Rows()}, 7),
    "a frame": ({"df_train": pd.DataFrame({"a": [1, 2]}), "df": pd.DataFrame({"a": [1]})}, 2),
    "the smallest": ({"x_train": np.zeros(5), "train_ds": Rows()}, 5),
    "the whole": ({"X": np.zeros((9, 2)), "X_test": np.zeros(1)}, 9),
    "none": ({"X_test": np.zeros(4), "losses": np.zeros(3), "train_losses": np.zeros(2)}, None),
    "one that raises": ({"train_set": Broken()}, None),
    "a list": ({"X_train": ["a", "b", "c"]}, 3),
    "no data": ({"X_train": "abc"}, None),
    "no rows": ({"X_train": np.float32(1), "x": np.array(3)}, None),
}


@pytest.mark.parametrize(("namespace", "rows"), ROWS.values(), ids=ROWS)
def test_rows(namespace, rows):
    assert data_rows(namespace, namespace) == rows
