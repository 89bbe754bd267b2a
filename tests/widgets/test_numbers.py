import json
import math
from pathlib import Path

import pytest

from jupyter_hpo.widgets import numbers

TABLE = json.loads((Path(__file__).parent / "numbers.json").read_text(encoding="utf-8"))
CASES = [(name, value, text) for name, pairs in TABLE.items() for value, text in pairs]


@pytest.mark.parametrize(("name", "value", "text"), CASES)
def test_shared_table(name, value, text):
    assert getattr(numbers, name)(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (10**30, "1e30")],
)
def test_numbers_json_cannot_hold(value, text):
    assert numbers.number(value).replace(".000", "") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "None"), (True, "True"), (1e-3, "0.001"), (64, "64"), ("a|b", "a|b")],
)
def test_param(value, text):
    assert numbers.param(value) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("90", 90), ("90s", 90), ("30m", 1800), ("1h 30m", 5400), ("1.5H", 5400)],
)
def test_parse_duration(text, seconds):
    assert numbers.parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["soon", "-3m", "0", "3 weeks", "m"])
def test_parse_duration_says_what_is_wrong(text):
    with pytest.raises(ValueError, match=r"time"):
        numbers.parse_duration(text)
