from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from jupyter_hpo.sizes import size_of, sizes_of

ARRAY = np.zeros((100, 10))
CASES = {
    "array": (ARRAY, 8000),
    "tensor": (torch.zeros(100, dtype=torch.float32), 400),
    "a list of arrays": ([np.zeros(1000), np.zeros(1000)], 16000),
    "the same array twice in a list": ([ARRAY, ARRAY], 8000),
    "a dict": ({"x": np.zeros(1000)}, 8000),
    "a model": (torch.nn.Linear(100, 100), 40400),
    "a frame": (pd.DataFrame({"a": np.zeros(1000)}), 8000),
    "a long list": ([1.5 + i for i in range(10_000)], 320_000),
    "a class": (dict, 0),
    "a function": (size_of, 0),
    "a module": (np, 0),
}


@pytest.mark.parametrize(("value", "nbytes"), CASES.values(), ids=CASES)
def test_sizes(value, nbytes):
    assert nbytes <= size_of(value) <= nbytes * 1.2 + 20_000 * (nbytes > 0)


def test_an_object_that_holds_itself():
    ring: list[object] = [ARRAY]
    ring.append(ring)
    assert 8000 <= size_of(ring) < 9000


class Odd:
    @property
    def nbytes(self) -> int:
        raise RuntimeError("no")


def test_an_odd_object_is_no_error():
    assert size_of(Odd()) >= 0


def test_the_largest_name_first():
    assert list(sizes_of(["b", "a", "gone"], {"a": ARRAY, "b": 1})) == ["a", "b"]
