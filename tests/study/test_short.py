"""Numbers in sentences."""

from __future__ import annotations

import pytest

from jupyter_hpo.study.short import short


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0024, 3, "0.0024"),
        (3e-4, 3, "3e-4"),
        (0.000123456, 4, "1.235e-4"),
        (1.5e6, 3, "1.5e6"),
        (558.18, 2, "5.6e2"),
        (1e-300, 3, "1e-300"),
        (-2e-5, 2, "-2e-5"),
        (0.1 + 0.2, 3, "0.3"),
        (0.0, 3, "0"),
        (123456, 3, "123456"),
        (True, 3, "True"),
        (float("inf"), 3, "inf"),
    ],
)
def test_numbers_are_short(value, digits, text):
    assert short(value, digits) == text
