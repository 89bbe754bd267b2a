"""Colab's forms as marks."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.space import Categorical, Distribution, Float, Int

FORMS: dict[str, tuple[str, Distribution]] = {
    "slider": ('v = 3 #@param {type:"slider", min:0, max:10, step:1}', Int(0, 10)),
    "slider with a step": (
        'v = 4 # @param {type:"slider", min:0, max:8, step:2}', Int(0, 8, step=2)),
    "slider of floats": (
        'v = 0.5 #@param {type:"slider", min:0, max:1, step:0.1}', Float(0, 1, step=0.1)
    ),
    "quoted keys": ("v = 3 #@param {'type': 'slider', 'min': 1, 'max': 9}", Int(1, 9)),
    "list": ('v = "a" #@param ["a", "b c"]', Categorical(("a", "b c"))),
    "list that allows input": ('v = "a" #@param ["a", "b"] {allow-input: true}',
                               Categorical(("a", "b"))),
    "numbers": ("v = 16 #@param [16, 32] {type:\"raw\"}", Categorical((16, 32))),
    "raw text": ('v = 1 #@param ["1", "2"] {type:"raw"}', Categorical((1, 2))),
    "raw text, one None": ('v = None #@param ["None", "5"] {type:"raw"}', Categorical((None, 5))),
    "raw lists": ('v = [1] #@param ["[1]", "[2, 3]"] {type:"raw"}',
                  Categorical(("[1]", "[2, 3]"), expressions=True)),
    "a bracket in a choice": ('v = "a]" #@param ["a]", "b"] {"allow-input":true}',
                              Categorical(("a]", "b"))),
    "a negative slider": ('v = 0.0 #@param {"type":"slider","min":-1,"max":1,"step":0.5}',
                          Float(-1, 1, step=0.5)),
    "boolean": ('v = True #@param {type:"boolean"}', Categorical((False, True))),
    "a mark goes before": ("v = 3 #@param [1, 3]  # hpo: 1..5", Int(1, 5)),
}  # fmt: skip


@pytest.mark.parametrize(("source", "meant"), FORMS.values(), ids=FORMS)
def test_forms(source: str, meant: Distribution) -> None:
    cell = capture(source + "\nloss = v")
    assert cell.problems == ()
    assert cell.space["v"].distribution == meant


@pytest.mark.parametrize(
    "source", ['v = 3 #@param {type:"number"}', "v = 3 #@param", "v = 3 #@param [", "#@param [1]"]
)
def test_no_range(source: str) -> None:
    cell = capture(source + "\nv = loss = 2")
    assert list(cell.space) == []
    assert [p.code for p in cell.problems if p.code not in ("nothing_to_tune", "no_value")] == []
