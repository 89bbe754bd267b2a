"""Colab's forms: the space of a cell, and the forms of a space."""

from __future__ import annotations

import pytest
from hypothesis import given

from jupyter_hpo.errors import CellError, SpaceError
from jupyter_hpo.interop import from_colab, to_colab
from jupyter_hpo.space import (
    MISSING,
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)

from .spaces import choices, ints, spaces, stepped_floats, stepped_ints

CELL = """#@title Settings
lr = 0.1 #@param {type:"slider", min:0, max:1, step:0.1}
act = "relu"  # @param ["relu", "tanh"] {allow-input: true}
batch = 16 #@param [16, 32] {type:"raw"}
fast = True #@param {type:"boolean"}
name = "run" #@param {type:"string"}
epochs = 3 #@param {type:"integer"}
plain = 4
"""


def test_a_cell():
    space = from_colab(CELL)
    assert space == SearchSpace(
        [
            Parameter("lr", Float(0, 1, step=0.1), default=0.1),
            Parameter("act", Categorical(("relu", "tanh")), default="relu"),
            Parameter("batch", Categorical((16, 32)), default=16),
            Parameter("fast", Categorical((False, True)), default=True),
        ]
    )


def test_what_makes_no_sense_is_said_with_its_line():
    with pytest.raises(CellError, match="line 2: low 3 is greater than high 1"):
        from_colab('\nx = 2 #@param {type:"slider", min:3, max:1}')
    with pytest.raises(CellError, match="line 1: the cell has a syntax error"):
        from_colab("x = (")


@given(spaces(ints, stepped_ints, stepped_floats, choices))
def test_there_and_back(space):
    values = {name: _value(p.distribution) for name, p in space.items()}
    source = "\n".join(f"{n} = {values[n]!r}  {form}" for n, form in to_colab(space).items())
    back = from_colab(source)
    assert {n: _set(p.distribution) for n, p in back.items()} == {
        n: _set(p.distribution) for n, p in space.items()
    }
    assert MISSING not in [p.default for p in back.values()]


def _value(distribution):
    return (getattr(distribution, "choices", None) and distribution.choices[0]) or (
        getattr(distribution, "low", None)
    )


def _set(distribution):
    """Without the order (a boolean form has none), and 0 beside a float being 0.0."""
    if isinstance(distribution, Categorical):
        return frozenset((isinstance(c, bool), c) for c in distribution.choices)
    return distribution


REFUSED = {
    "log": ([Parameter("lr", Float(1e-3, 1, log=True))], "'lr' can't be said: a form has no log"),
    "log int": ([Parameter("n", Int(1, 9, log=True))], "'n' can't be said: a form has no log"),
    "no step": ([Parameter("p", Float(0, 1))], "'p' can't be said: a slider of floats"),
    "infinity": ([Parameter("p", Categorical((1.0, float("inf"))))], "'p' can't be said: inf"),
    "a condition": (
        [
            Parameter("a", Categorical((1, 2))),
            Parameter("b", Int(1, 2), Condition((Comparison("a", "==", 1),))),
        ],
        "'b' exists only if a == 1; a form can't say that",
    ),
}


@pytest.mark.parametrize(("parameters", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(parameters, said):
    with pytest.raises(SpaceError, match=said):
        to_colab(SearchSpace(parameters))
