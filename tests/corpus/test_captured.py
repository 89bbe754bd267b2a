"""Every cell of the corpus runs as it stands and repeats bit for bit; captured at its own values
it does the same. In one file: what is asserted here comes from the same runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .broken import BROKEN
from .corpus import examples

pytestmark = pytest.mark.timeout(300)
ResultOf = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("name", examples())
def test_a_cell_runs_and_repeats_whatever_the_random_states_it_finds(
    name: str, result_of: ResultOf
) -> None:
    result = result_of(name)
    assert "error" not in result
    assert result["differs"] == []
    assert not result["prints_differ"]


@pytest.mark.parametrize("name", examples())
def test_a_trial_at_the_own_values_gives_what_a_plain_run_gives(
    name: str, result_of: ResultOf
) -> None:
    found = result_of(name)["captured"]
    assert "crash" not in found
    assert found["ran"], found["error"] or found["problems"]
    assert found["differs"] == []
    assert not found["prints_differ"]
    assert found["value"] == found["plain_value"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_at_the_line_where_a_plain_run_tells_it(
    name: str, result_of: ResultOf
) -> None:
    for found in result_of(name)["broken"]:
        assert found["applied"], found
        assert found["plain"], found
        if "said_before" in found:
            assert found["said_before"] == [found["plain"][-1][0]], found
        else:
            assert found["captured"] == found["plain"], found
            assert found["line"] in [line for line, _ in found["plain"]], found
            assert found["kind"] == found["error"], found
