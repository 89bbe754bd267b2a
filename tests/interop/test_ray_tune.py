"""Ray Tune's `param_space`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from jupyter_hpo.errors import SpaceError
from jupyter_hpo.interop import from_ray, read_space, to_ray
from jupyter_hpo.space import (
    Categorical,
    Comparison,
    Condition,
    Float,
    Int,
    Parameter,
    SearchSpace,
)

from . import ray_double
from .spaces import (
    choices,
    floats,
    ints,
    log_floats,
    log_ints,
    spaces,
    stepped_floats,
    stepped_ints,
)


@pytest.fixture
def tune(monkeypatch):
    return ray_double.install(monkeypatch)


def test_every_kind(tune):
    space = read_space(
        {
            "lr": tune.loguniform(1e-5, 1e-1),
            "dropout": tune.uniform(0, 0.5),
            "quantised": tune.quniform(0, 1, 0.25),
            "depth": tune.randint(1, 9),
            "width": tune.lograndint(16, 513),
            "units": tune.qrandint(33, 130, 32),
            "ones": tune.qrandint(3, 7),
            "act": tune.choice(["relu", "tanh", None]),
            "batch": tune.grid_search([16, 32]),
            "layers": tune.choice([(64,), (64, 64)]),
            "epochs": 10,
            "name": "run",
            "sizes": [1, 2],
            "model": {"kernel": tune.choice([3, 5]), "head": {"dropout": tune.uniform(0, 1)}},
        }
    )
    assert space == SearchSpace(
        {
            "lr": Float(1e-5, 1e-1, log=True),
            "dropout": Float(0, 0.5),
            "quantised": Float(0, 1, step=0.25),
            "depth": Int(1, 8),
            "width": Int(16, 512, log=True),
            "units": Int(64, 128, step=32),
            "ones": Int(3, 6),
            "act": Categorical(("relu", "tanh", None)),
            "batch": Categorical((16, 32)),
            "layers": Categorical(("(64,)", "(64, 64)"), expressions=True),
            "model.kernel": Categorical((3, 5)),
            "model.head.dropout": Float(0, 1),
        }
    )


def test_a_separator_of_ones_own(tune):
    assert list(from_ray({"a": {"b": tune.uniform(0, 1)}}, separator="/")) == ["a/b"]


REFUSED = {
    "a function": (lambda t: t.sample_from(lambda spec: 1), "'x' is drawn by a function"),
    "a normal": (lambda t: t.randn(0, 1), "'x' is drawn from a normal distribution"),
    "log and step": (lambda t: t.qloguniform(1, 8, 1.5), "'x' is on a log scale and in steps"),
    "int log and step": (lambda t: t.qlograndint(8, 64, 8), "'x' is on a log scale"),
    "spaces": (lambda t: t.choice([{"a": 1}, {"a": 2}]), "'x' hold a space of their own"),
    "objects": (lambda t: t.choice([int, float]), "'x' hold <class 'int'>"),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(tune, make, said):
    if "steps" in said:
        value = tune.loguniform(1.5, 9).quantized(1.5)
    else:
        value = make(tune)
    with pytest.raises(SpaceError, match=said):
        from_ray({"x": value})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(space=spaces(floats, log_floats, ints, log_ints, stepped_ints, stepped_floats, choices))
def test_there_and_back(tune, space):
    assert from_ray(to_ray(space)) == space


WRITES_NOT = {
    "a condition": (
        [
            Parameter("a", Categorical((1, 2))),
            Parameter("b", Int(1, 2), Condition((Comparison("a", "==", 1),))),
        ],
        "'b' exists only if a == 1",
    ),
    "a float grid": ([Parameter("a", Float(0.1, 1, step=0.25))], "'a' can't be said"),
    "an integer grid": ([Parameter("a", Int(1, 9, step=2))], "'a' can't be said"),
    "code": (
        [Parameter("a", Categorical(("nn.ReLU",), expressions=True))],
        "choice nn.ReLU of 'a'",
    ),
}


@pytest.mark.parametrize(("parameters", "said"), WRITES_NOT.values(), ids=WRITES_NOT)
def test_what_cannot_be_written(tune, parameters, said):
    with pytest.raises(SpaceError, match=said):
        to_ray(SearchSpace(parameters))


def test_expressions_that_are_values_are_written_as_such(tune):
    space = SearchSpace({"layers": Categorical(("(64,)", "(8, 8)"), expressions=True)})
    assert to_ray(space)["layers"].categories == [(64,), (8, 8)]
    assert from_ray(to_ray(space)) == space
