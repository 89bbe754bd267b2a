"""Which modules of a cell the helper imports beforehand."""

from __future__ import annotations

import sys

from jupyter_hpo.worker.imports import modules_of


def test_what_the_cell_always_imports_and_what_is_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "loaded", sys)
    monkeypatch.setitem(sys.modules, "a.b", sys)
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
