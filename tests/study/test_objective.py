"""Objective values: what counts as a number, and the sentence when it does not."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_hpo.study.objective import Objective, ObjectiveError, as_number, evaluated


@pytest.mark.parametrize(
    "value",
    [0.5, 1, True, np.float32(0.5), np.int64(3), np.array(0.5), np.array([0.5])],
    ids=lambda v: f"{type(v).__name__}-{v}",
)
def test_numbers_are_taken(value):
    assert as_number(value, "acc") == pytest.approx(float(np.asarray(value).item()))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "is None"),
        ("good", "the string 'good'"),
        (float("nan"), "nan, not a finite number"),
        (float("inf"), "inf, not a finite number"),
        (np.array([1.0, 2.0]), "ndarray of shape (2,)"),
        ([1.0], "is a list"),
        (object(), "is a object"),
        (10**400, "too large for a float"),
    ],
)
def test_the_rest_is_answered_by_a_sentence(value, words):
    with pytest.raises(ObjectiveError, match="the objective 'acc'") as caught:
        as_number(value, "acc")
    assert words in str(caught.value)


def test_torch_scalars_are_numbers():
    torch = pytest.importorskip("torch")
    assert as_number(torch.tensor(0.25, requires_grad=True), "loss") == 0.25


def test_expressions_are_evaluated_in_the_namespace():
    objective = Objective("history['val'][-1]", "minimize")
    assert objective.evaluate({"history": {"val": [3.0, 2.0]}}) == 2.0


def test_a_frame_s_names_come_first_in_inner_scopes_too():
    namespace, local = {"a": [1, 2], "k": 1}, {"k": 10}
    before = dict(namespace)
    assert evaluated("sum(x * k for x in a)", namespace, local) == 30
    assert evaluated("k", namespace, local) == 10
    assert evaluated("k + len(a)", namespace) == 3
    assert (namespace, local) == (before, {"k": 10})


@pytest.mark.parametrize(
    ("source", "words"),
    [("acc", "was never assigned"), ("history[-1]", "raised NameError"), ("1 / 0", "ZeroDivision")],
)
def test_a_missing_objective_names_itself(source, words):
    with pytest.raises(ObjectiveError, match=words):
        Objective(source, "maximize").evaluate({})
