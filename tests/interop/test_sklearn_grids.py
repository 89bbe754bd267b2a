"""scikit-learn's grids and distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    ParameterSampler,
    RandomizedSearchCV,
)
from sklearn.svm import SVC

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.interop import from_sklearn, read_space, to_sklearn
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)

from .spaces import choices, floats, ints, log_floats, spaces, stepped_floats, stepped_ints

KINDS = {
    "a list": ([1, 10, None, "auto"], Categorical((1, 10, None, "auto"))),
    "a tuple": ((True, False), Categorical((True, False))),
    "a range": (range(1, 4), Categorical((1, 2, 3))),
    "an array": (np.array([0.1, 1.0]), Categorical((0.1, 1.0))),
    "numpy's scalars": ([np.int64(3), np.float32(0.5)], Categorical((3, 0.5))),
    "the same twice": ([1, 1, 2], Categorical((1, 2))),
    "tuples": ([(50,), (50, 50)], Categorical(("(50,)", "(50, 50)"), expressions=True)),
    "mixed with tuples": ([None, (1, 2)], Categorical(("None", "(1, 2)"), expressions=True)),
    "uniform": (stats.uniform(1, 2), Float(1, 3)),
    "uniform by names": (stats.uniform(loc=-1, scale=2), Float(-1, 1)),
    "loguniform": (stats.loguniform(1e-3, 10), Float(1e-3, 10, log=True)),
    "reciprocal": (stats.reciprocal(1, 8), Float(1, 8, log=True)),
    "loguniform, scaled": (stats.loguniform(1, 10, scale=2), Float(2, 20, log=True)),
    "randint": (stats.randint(1, 9), Int(1, 8)),
    "randint, moved": (stats.randint(low=0, high=5, loc=10), Int(10, 14)),
}


@pytest.mark.parametrize(("values", "meant"), KINDS.values(), ids=KINDS)
def test_kinds(values, meant):
    found = read_space({"clf__C": values})["clf__C"].distribution
    assert type(found) is type(meant)
    if isinstance(meant, Float):
        assert math.isclose(found.low, meant.low) and math.isclose(found.high, meant.high)  # noqa: PT018
        assert found.log == meant.log
    else:
        assert found == meant


REFUSED = {
    "no ends": ({"C": stats.expon()}, "'C' is drawn from expon"),
    "loguniform, moved": (
        {"C": stats.loguniform(1, 9, loc=3)},
        "'C' is drawn from a moved log",
    ),
    "a lone value": ({"C": 3}, r"'C' is 3, neither a list nor a distribution. Write \[3\]"),
    "a lone string": ({"kernel": "rbf"}, "'kernel' is 'rbf'"),
    "no choices": ({"C": []}, "at least one value"),
    "estimators": ({"clf": [SVC(), RandomForestClassifier()]}, r"choices of 'clf' hold SVC\(\)"),
    "dicts nobody can tell apart": (
        [{"C": [1]}, {"gamma": [2]}],
        "nothing tells the 2 dicts apart.*'C'",
    ),
    "other values in each dict": (
        [{"kernel": ["a"], "C": [1]}, {"kernel": ["b"], "C": [2]}],
        "'C' has different values",
    ),
}


@pytest.mark.parametrize(("grid", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(grid, said):
    with pytest.raises(SpaceError, match=said):
        read_space(grid)


GRID = [
    {"kernel": ["rbf", "poly"], "gamma": stats.loguniform(1e-3, 1), "C": [1, 10]},
    {"kernel": ["linear"], "C": [1, 10]},
]


def test_a_list_of_dicts_is_conditional():
    space = read_space([{**GRID[0], "gamma": [0.1, 1.0]}, GRID[1]])
    told = Condition((Comparison("kernel", "in", ("rbf", "poly")),))
    assert space == SearchSpace(
        [
            Parameter("kernel", Categorical(("rbf", "poly", "linear"))),
            Parameter("gamma", Categorical((0.1, 1.0)), told),
            Parameter("C", Categorical((1, 10))),
        ]
    )
    written = to_sklearn(space)
    assert written == [
        {"kernel": ["rbf", "poly"], "gamma": [0.1, 1.0], "C": [1, 10]},
        {"kernel": ["linear"], "C": [1, 10]},
    ]
    assert from_sklearn(written) == space


def test_searches_and_grids_are_read():
    grid = {"C": [1, 10]}
    for search in (
        GridSearchCV(SVC(), grid),
        RandomizedSearchCV(SVC(), grid),
        ParameterGrid(grid),
        ParameterSampler(grid, 2),
    ):
        assert read_space(search) == SearchSpace({"C": Categorical((1, 10))})


@given(spaces(ints, choices))
def test_there_and_back(space):
    if len(space):
        assert read_space(to_sklearn(space)) == space


@given(spaces(floats, log_floats))
def test_ranges_there_and_back(space):
    back = from_sklearn(to_sklearn(space))
    for name, parameter in space.items():
        found, meant = back[name].distribution, parameter.distribution
        if meant.low == meant.high:
            assert found == Categorical((meant.low,))
        else:
            assert math.isclose(found.low, meant.low, rel_tol=1e-9)
            assert math.isclose(found.high, meant.high, rel_tol=1e-9, abs_tol=1e-9)


@given(spaces(stepped_ints, stepped_floats))
def test_steps_are_listed(space):
    for name, values in to_sklearn(space).items():
        distribution = space[name].distribution
        assert values[0] == distribution.low
        assert values[-1] == distribution.high
        assert all(distribution.contains(value) for value in values)


def test_what_scikit_learn_draws_is_in_the_space():
    space = SearchSpace(
        {"C": Float(1e-3, 10, log=True), "degree": Int(2, 5), "kernel": Categorical(("rbf",))}
    )
    for params in ParameterSampler(to_sklearn(space), 20, random_state=0):
        params = {name: getattr(v, "item", lambda v=v: v)() for name, v in params.items()}
        assert space.holds(params)


WRITES_NOT = {
    "log integers": ([Parameter("n", Int(1, 9, log=True))], "'n' can't be said"),
    "too many steps": ([Parameter("n", Int(0, 10**7, step=10))], "1,000,001 steps"),
    "code": ([Parameter("clf", Categorical(("SVC()",), expressions=True))], r"choice SVC\(\)"),
    "a condition on a number": (
        [
            Parameter("n", Int(1, 9)),
            Parameter("m", Int(1, 9), Condition((Comparison("n", ">", 3),))),
        ],
        "'m' exists only if n > 3",
    ),
}


@pytest.mark.parametrize(("parameters", "said"), WRITES_NOT.values(), ids=WRITES_NOT)
def test_what_cannot_be_written(parameters, said):
    with pytest.raises(SpaceError, match=said):
        to_sklearn(SearchSpace(parameters))
