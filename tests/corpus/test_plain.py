"""The files of the corpus: what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from .corpus import FRAMEWORKS, examples, read


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
