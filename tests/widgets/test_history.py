import json
import math
from pathlib import Path

import pytest

from jupyter_hpo.widgets.history import Past, focus, history, view
from jupyter_hpo.widgets.protocol import Row

TABLE = json.loads((Path(__file__).parent / "history.json").read_text())


@pytest.mark.parametrize("case", TABLE["history"], ids=lambda case: case["what"])
def test_history(case):
    rows = [
        Row(number, state, None if value is None else [value], finished_s=finished_s)
        for number, state, value, finished_s in case["rows"]
    ]
    assert history(rows, case["maximize"]) == [Past(*past) for past in case["past"]]


@pytest.mark.parametrize("case", TABLE["focus"], ids=lambda case: case["what"])
def test_focus(case):
    found = focus([*case["values"], math.nan, math.inf], case["core"], case["maximize"])
    if case["range"] is None:
        assert found is None
        return
    low, high, cut = case["range"]
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert found.cut is cut


@pytest.mark.parametrize("case", TABLE["views"], ids=lambda case: case["what"])
def test_view(case):
    curves = [([*values, math.nan, math.inf], live) for values, live in case["curves"]]
    found = view(curves, case["maximize"])
    if case["low"] is None:
        assert found is None
        return
    assert case["low"][0] <= found.low <= case["low"][1]
    assert case["high"][0] <= found.high <= case["high"][1]
    assert found.cut is case["cut"]
