"""`read_space`: what it takes, and that nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.interop import read_space
from jupyter_hpo.space import Float, Parameter, SearchSpace

OURS = {
    "a space": SearchSpace({"lr": Float(0, 1)}),
    "a dict of distributions": {"lr": Float(0, 1)},
    "a dict of parameters": {"lr": Parameter("lr", Float(0, 1))},
}


@pytest.mark.parametrize("value", OURS.values(), ids=OURS)
def test_ours(value):
    assert read_space(value) == SearchSpace({"lr": Float(0, 1)})


@pytest.mark.parametrize(
    "value",
    [3, "lr", None, {}, [], [1], object()],
    ids=["number", "text", "None", "no dict", "no list", "list of numbers", "object"],
)
def test_what_is_no_space(value):
    with pytest.raises(SpaceError, match="is no search space"):
        read_space(value)


def test_a_mixture_is_refused_by_name():
    with pytest.raises(SpaceError, match="'width' is"):
        read_space({"lr": Float(0, 1), "width": [1, 2]})


def test_importing_it_loads_no_other_tool():
    code = (
        "import jupyter_hpo.interop as i; i.read_space({'C': [1, 2]}); import sys;"
        "print([m for m in ('optuna', 'ray', 'sklearn', 'scipy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
