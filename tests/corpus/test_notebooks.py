"""Whole notebooks: at the code's own values, trial after trial gives what *Restart and run all*
gives, in a session in which all of it has run before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .corpus import examples
from .studies import ROUNDING, TRIALS

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(300)]
ResultOf = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("notebook", examples("notebooks"))
def test_trials_at_the_own_values_repeat_restart_and_run_all(
    notebook: str, result_of_notebook: ResultOf
) -> None:
    result = result_of_notebook(notebook)
    assert "error" not in result
    (value, printed), again = result["plain"]
    assert [value, printed] == again
    first, second = result["studies"]
    for study in (first, second):
        assert "problems" not in study
        assert not study["failed"]
        assert study["params"]
        assert study["own"] == [True] * TRIALS
        assert study["values"] == [pytest.approx(value, rel=ROUNDING)] * TRIALS, study["reruns"]
