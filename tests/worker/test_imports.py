"""Which modules of a cell the helper imports beforehand."""

from __future__ import annotations

import sys

from jupyter_hpo.worker.imports import modules_of


def test_what_the_cell_always_imports_and_what_is_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "loaded", sys)
    monkeypatch.setitem(sys.modules, "a.b", sys)
    monkeypatch.delitem(sys.modules, "torch._dynamo", raising=False)
    source = """
import json, numpy.linalg as la
from a import b, c
from . import local
if maybe:
    import not_loaded
    import loaded
with open("x") as f:
    import inside
"""
    assert set(modules_of(source)) == {"json", "numpy.linalg", "a", "a.b", "inside", "loaded"}


def test_what_the_first_optimiser_would_import_comes_before(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch._dynamo", raising=False)
    assert "torch._dynamo" in modules_of("import torch\no = torch.optim.SGD([])")
    assert "torch._dynamo" not in modules_of("import torch\nx = torch.ones(1)")
