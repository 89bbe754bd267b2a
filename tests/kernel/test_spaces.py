"""`--space NAME` with what the notebook already has of other tools."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

CELL = """%%hpo --minimize loss --space space --trials 4 --sampler random --name {name}
C = 1.0
kind = "a"
loss = C
"""

SPACES = {
    "grid": "space = {'C': [1.0, 2.0], 'kind': ['a', 'b']}",
    "drawn": (
        "from scipy import stats\n"
        "space = {'C': stats.loguniform(0.5, 4), 'kind': ['a', 'b']}"
    ),
    "optuna": (
        "import optuna\n"
        "space = {'C': optuna.distributions.FloatDistribution(0.5, 4),\n"
        "         'kind': optuna.distributions.CategoricalDistribution(['a', 'b'])}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPACES)
def test_spaces_of_other_tools(shared, name):
    shared.run(SPACES[name])
    result = shared.run(CELL.format(name=name))
    assert result.error is None, result.error
    assert shared.value("[sorted(t.params) for t in study.trials]") == [["C", "kind"]] * 4


REFUSED = {
    "space = {'C': 3}": "--space space: 'C' is 3, neither a list nor a distribution.",
    "space = 3": "--space space: a value of type int is no search space.",
}


@pytest.mark.parametrize(("source", "said"), REFUSED.items())
def test_what_is_none_is_said(shared, source, said):
    shared.run(source)
    assert said in shared.run(CELL.format(name="none")).all
