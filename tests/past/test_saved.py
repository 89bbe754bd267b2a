"""The notebook's file, good and odd."""

from __future__ import annotations

import pytest

from jupyter_hpo.past import saved
from jupyter_hpo.past.saved import notebook_path, read_notebook

ODD = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "no cells": "{}",
    "cells of a wrong kind": '{"cells": 3}',
    "cells that are no cells": '{"cells": [1, null, {"cell_type": "code"}]}',
    "an id of a wrong kind": '{"cells": [{"cell_type": "code", "id": [], "source": "x"}]}',
    "a source of a wrong kind": '{"cells": [{"cell_type": "code", "id": "a", "source": 1}]}',
    "lines of a wrong kind": '{"cells": [{"cell_type": "code", "id": "a", "source": [1]}]}',
    "nested without end": "[" * 100_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_file_says_nothing(tmp_path, text):
    path = tmp_path / "odd.ipynb"
    path.write_text(text)
    found = read_notebook(path)
    assert found is None or found.cells == {}


def test_a_file_that_is_missing_binary_or_huge_says_nothing(tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    assert read_notebook(None) is None
    assert read_notebook(path) is None
    assert read_notebook(tmp_path) is None
    path.write_bytes(b"\xff\xfe\x00")
    assert read_notebook(path) is None
    path.write_text('{"cells": []}')
    monkeypatch.setattr(saved, "BYTES", 3)
    assert read_notebook(path) is None


def test_sources_are_text_or_lines(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "code", "id": "a", "source": ["x\\n", "y"]},'
        ' {"cell_type": "markdown", "id": "m", "source": "t"},'
        ' {"cell_type": "code", "id": "b", "source": "z"}]}'
    )
    found = read_notebook(path)
    assert found.cells == {"a": "x\ny", "b": "z"}
    assert found.around("b") == (frozenset("a"), frozenset())
    assert found.around("unknown") == found.around(None) == (frozenset(), frozenset())


def test_where_the_notebook_is(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_path({}) is None
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1")
    assert notebook_path({}) is None
    assert notebook_path({"__vsc_ipynb_file__": 3}) is None
    monkeypatch.setenv("JPY_SESSION_NAME", "folder/a.ipynb")
    assert notebook_path({}).name == "a.ipynb"
    assert notebook_path({"__vsc_ipynb_file__": "b.ipynb"}).name == "b.ipynb"
