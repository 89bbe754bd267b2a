"""Printed objectives: the text, and the numbers that it finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_hpo.study.objective import Objective, ObjectiveError
from jupyter_hpo.study.printed import numbers_in, printed_source, printed_text

LINES = {
    "plain": ("val acc: {}", "epoch 3: val acc: 0.91", [0.91]),
    "percent": ("acc: {}", "acc: 91.5%", [91.5]),
    "percent with a space": ("acc: {}", "acc: 91.5 %", [91.5]),
    "exponent": ("loss {}", "loss 1.5e-05,", [1.5e-5]),
    "negative": ("elbo {}", "elbo -3", [-3.0]),
    "thousands": ("cost {}", "cost 1,234.5", [1234.5]),
    "a fraction": ("acc {}", "acc .5", [0.5]),
    "colours": ("acc {}", "\x1b[32macc \x1b[1m0.5\x1b[0m", [0.5]),
    "spaces": ("val  acc {}", "val acc    0.5", [0.5]),
    "no space": ("acc {}", "acc0.5", [0.5]),
    "text after": ("{} accuracy", "0.5 accuracy", [0.5]),
    "both sides": ("acc {} of", "acc 7 of 9", [7.0]),
    "several": ("loss={}", "loss=1 loss=2", [1.0, 2.0]),
    "a longer word": ("loss {}", "myloss 3", []),
    "another": ("acc {}", "loss 0.5", []),
    "no number": ("acc {}", "acc unknown", []),
    "a dot at the end": ("acc {}", "acc 0.5.", [0.5]),
    "signs of patterns": ("a.c (x) {}", "abc x 1 a.c (x) 2", [2.0]),
}


@pytest.mark.parametrize(("text", "line", "numbers"), LINES.values(), ids=LINES)
def test_numbers(text: str, line: str, numbers: list[float]) -> None:
    assert numbers_in(line, text) == numbers


@given(st.text(max_size=20))
def test_a_text_comes_back_from_its_source(text: str) -> None:
    source = printed_source(text)
    assert printed_text(source) == text
    assert Objective(source, "minimize").printed == text


@pytest.mark.parametrize(
    "source", ["printed", "printed(x)", "printed('a', 'b')", "print('a {}')", "printed('a'", "x"]
)
def test_other_objectives_are_not_printed_ones(source: str) -> None:
    assert printed_text(source) is None


def test_a_text_needs_its_number_once() -> None:
    with pytest.raises(ValueError, match=r"needs \{\} once"):
        numbers_in("acc 1", "acc")


def test_it_has_no_value_in_a_namespace() -> None:
    with pytest.raises(ObjectiveError, match=r"nothing the cell printed matched 'acc \{\}'"):
        Objective('printed("acc {}")', "maximize").evaluate({"printed": lambda text: 1})
