"""papermill's parameters cell, and values for it."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.interop import from_papermill, papermill_yaml, parameters_cell, to_papermill
from jupyter_hpo.space import Float, Int

from .spaces import names

WORDS = names | st.sampled_from(["y", "no", "on", "null", "true"])

CELL = """# parameters
lr = 1e-3  # type: float, the learning rate
hidden: int = 64
momentum = 0.9  # hpo: 0.5..0.99
data = "train.csv"
seed = 42
"""


def test_names_and_ranges():
    space = from_papermill(CELL)
    assert {"lr", "momentum"} <= set(space)
    assert not {"data", "seed"} & set(space)
    assert space["momentum"].distribution == Float(0.5, 0.99)
    assert space["lr"].distribution.log
    assert space["lr"].default == 1e-3
    assert isinstance(space["hidden"].distribution, Int)


def test_no_python():
    with pytest.raises(SpaceError, match="no Python"):
        from_papermill("lr = (")


def notebook(path, cells):
    path.write_text(json.dumps({"cells": cells}))
    return path


def test_the_tagged_cell_is_found(tmp_path):
    tagged = {"cell_type": "code", "source": ["a = 1\n", "b = 2"]}
    tagged["metadata"] = {"tags": ["parameters"]}
    other = {"cell_type": "code", "source": "x = 1", "metadata": {}}
    assert parameters_cell(notebook(tmp_path / "a.ipynb", [other, tagged])) == "a = 1\nb = 2"
    with pytest.raises(SpaceError, match="no cell tagged 'parameters'"):
        parameters_cell(notebook(tmp_path / "b.ipynb", [other]))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [1]}'])
def test_odd_files(tmp_path, text):
    path = tmp_path / "odd.ipynb"
    path.write_text(text)
    with pytest.raises(SpaceError, match="is no notebook"):
        parameters_cell(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(SpaceError, match="can't be read: No such file"):
        parameters_cell(tmp_path / "none.ipynb")


def test_values():
    assert to_papermill({"lr": np.float64(0.1), "n": np.int64(3)}) == {"lr": 0.1, "n": 3}
    with pytest.raises(SpaceError, match=r"'fc1.width' is no variable"):
        to_papermill({"fc1.width": 3})


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec="utf-8"))
)


@given(st.dictionaries(WORDS, values))
def test_yaml_reads_back(params):
    params = {
        name: v
        for name, v in params.items()
        if name not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    }
    read = yaml.safe_load(papermill_yaml(params)) or {}
    assert read.keys() == params.keys()
    for name, value in params.items():
        same = read[name] == value or (isinstance(value, float) and math.isnan(value))
        assert same, (name, value, read[name])
        assert type(read[name]) is type(value)
