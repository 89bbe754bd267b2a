"""The corpus itself: every cell runs as it stands, and repeats bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .corpus import FRAMEWORKS, examples, read

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("name", examples())
def test_a_cell_runs_and_repeats_whatever_the_random_states_it_finds(
    name: str, result_of: Callable[[str], dict[str, Any]]
) -> None:
    result = result_of(name)
    assert "error" not in result
    assert result["differs"] == []
    assert not result["prints_differ"]


@pytest.mark.parametrize("room", ["cells", "notebooks"])
def test_every_file_says_what_is_expected_of_it(room: str) -> None:
    for example in examples(room).values():
        assert example.framework in FRAMEWORKS
        assert example.aims
        assert any(value.wanted for value in example.values)
        assert example.training.strip()


def test_a_note_that_fits_nothing_is_told(tmp_path: Any) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "#: framework: numpy\n#: style: none\n#: objective: minimize x\n#: proposed: yes\n"
        "#: reports: none\n# %%\nx = 1  #T 2\n"
    )
    with pytest.raises(ValueError, match=r"wrong\.py:7"):
        read(path)
