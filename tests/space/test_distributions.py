"""Distributions and spaces: what they hold, and the sentences when they make no sense."""

from __future__ import annotations

import pytest

from jupyter_hpo.errors import SpaceError
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


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Float(1, 0), "low 1 is greater than high 0. Write 0..1"),
        (lambda: Float(0, 1, log=True), "a log range can't start at 0"),
        (lambda: Float(0, float("inf")), "must be finite"),
        (lambda: Float(-1e308, 1e308), "too wide"),
        (lambda: Float(0, 1, step=0), "greater than 0"),
        (lambda: Float(1, 2, log=True, step=1), "both log and step"),
        (lambda: Float(0, 1e9, step=1e-9), "too small"),
        (lambda: Float("a", 1), "'a', not a number"),
        (lambda: Float(True, 2), "True, not a number"),
        (lambda: Int(1, 2.5), "not an integer"),
        (lambda: Categorical(()), "at least one"),
        (lambda: Categorical((1, 1)), "stands twice"),
        (lambda: Categorical(([],)), "a list"),
    ],
)
def test_nonsense_is_answered_with_the_way_out(make, words):
    with pytest.raises(SpaceError) as caught:
        make()
    assert words in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("distribution", "inside", "outside"),
    [
        (Float(0, 1), [0, 0.5, 1.0], [-0.1, 1.1, "0.5", None, True]),
        (Float(0, 1, step=0.25), [0, 0.25, 1.0], [0.3, 0.26]),
        (Float(0, 0.3, step=0.1), [0.1, 0.2, 0.3], [0.15]),
        (Int(1, 9), [1, 9], [0, 10, 1.0, True]),
        (Int(16, 64, step=16), [16, 64], [17, 80]),
        (Categorical((1, "a", None)), [1, "a", None], [True, 1.0, "b"]),
    ],
    ids=str,
)
def test_contains(distribution, inside, outside):
    assert [v for v in inside if not distribution.contains(v)] == []
    assert [v for v in outside if distribution.contains(v)] == []


def test_the_end_of_a_range_with_steps_is_on_its_grid():
    assert Float(0, 0.7, step=0.25).high == 0.5
    assert Float(65536, 65536.135, step=0.001).high == 65536.135
    assert Int(1, 10, step=4).high == 9


def on(name, op, value):
    return Condition((Comparison(name, op, value),))


def test_parents_stand_before_children():
    space = SearchSpace(
        [
            Parameter("m", Float(0, 1), on("opt", "==", "sgd")),
            Parameter("opt", Categorical(("adam", "sgd"))),
        ]
    )
    assert list(space) == ["opt", "m"]
    assert space.conditional


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ([Parameter("a", Int(1, 2)), Parameter("a", Int(1, 2))], "two parameters are named 'a'"),
        ([Parameter("a", Int(1, 2), on("b", "==", 1))], "looks at 'b', which is not tuned"),
        (
            [
                Parameter("a", Int(1, 2), on("b", "==", 1)),
                Parameter("b", Int(1, 2), on("a", "==", 1)),
            ],
            "in a circle: a -> b -> a",
        ),
    ],
)
def test_spaces_that_make_no_sense(parameters, words):
    with pytest.raises(SpaceError, match=words):
        SearchSpace(parameters)


def space_with_condition(default=0.9):
    return SearchSpace(
        [
            Parameter("opt", Categorical(("adam", "sgd")), default="adam"),
            Parameter("m", Float(0, 1), on("opt", "==", "sgd"), default=default),
        ]
    )


def test_defaults_are_the_active_ones():
    assert space_with_condition().defaults() == {"opt": "adam"}
    assert SearchSpace([Parameter("a", Float(0, 2), default=1)]).defaults() == {"a": 1.0}
    assert SearchSpace([Parameter("a", Float(0, 2), default=3.0)]).defaults() is None
    assert SearchSpace([Parameter("a", Float(0, 2), default=MISSING)]).defaults() is None


@pytest.mark.parametrize(
    ("params", "holds"),
    [
        ({"opt": "adam"}, True),
        ({"opt": "sgd", "m": 0.5}, True),
        ({"opt": "sgd"}, False),
        ({"opt": "adam", "m": 0.5}, False),
        ({"opt": "sgd", "m": 1.5}, False),
        ({"opt": "adam", "old": 1}, False),
        ({}, False),
    ],
)
def test_whether_params_are_of_a_space(params, holds):
    assert space_with_condition().holds(params) is holds


@pytest.mark.parametrize(
    ("op", "value", "params", "holds"),
    [
        ("==", "sgd", {"a": "sgd"}, True),
        ("in", ("x", "y"), {"a": "y"}, True),
        ("not in", ("x",), {"a": "x"}, False),
        (">", 2, {"a": 3}, True),
        (">", 2, {"a": "text"}, False),
        ("==", 1, {}, False),
    ],
)
def test_conditions(op, value, params, holds):
    assert on("a", op, value).holds(params) is holds
