"""What earlier cells made arrives in a trial as it was: another process, each library's kinds.

Each file of `tests/cells/travel` is an earlier cell and a cell that checks; `x` is its objective.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cells" / "travel"
NEEDS = {"numpy": "scipy", "torch": "torch", "pandas": "pandas", "sklearn": "sklearn"}


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.py")))
def test_what_earlier_cells_made_arrives_as_it_was(workers, name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    earlier, check = (CASES / f"{name}.py").read_text().split("# %% trial\n")
    workers.open(check, earlier=earlier, jobs=1)
    assert [workers.value(i) for i in range(2)] == [1, 1]  # the second finds it as the first


def test_modules_beside_the_notebook(workers, tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text(
        "count = 0\nclass Net:\n    def __init__(self): self.w = 1\n"
        "def bump():\n    global count\n    count += 1\n    return count\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    earlier = "import beside\nfrom beside import Net, bump\nnet = Net()"
    cell = (
        "import os\nassert type(net) is Net is beside.Net\n"
        "assert os.path.exists('beside.py')\nx = bump()"
    )
    workers.open(cell, earlier=earlier, jobs=1)
    assert [workers.value(i) for i in range(2)] == [1, 1]
    sys.modules.pop("beside")
