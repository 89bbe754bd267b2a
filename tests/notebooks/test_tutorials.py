"""The tutorials, executed, with the figures that they promise."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE, VIEW_TYPE

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(300)]

FOLDER = Path(__file__).parents[2] / "notebooks"


def run(name: str, folder: Path):
    """The executed notebook and all that its cells printed or displayed as text."""
    notebook = nbformat.read(FOLDER / name, as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(folder)}}).execute()
    text = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return notebook, "\n".join(text)


def test_the_first_study_beats_the_untuned_cell(tmp_path):
    notebook, text = run("01_first_study.ipynb", tmp_path)
    untuned = float(re.search(r"untuned: test accuracy ([\d.]+)", text)[1])
    tuned = float(re.search(r"tuned:   test accuracy ([\d.]+)", text)[1])
    assert tuned > untuned + 0.1
    trials = int(re.search(r"Trials (\d+)", text)[1])
    assert trials >= 20
    (search,) = [c for c in notebook.cells if c.source.startswith("%%hpo")]
    (output,) = search.outputs
    assert set(output.data) == {"text/plain", "text/html", "image/png", SNAPSHOT_TYPE, VIEW_TYPE}


def test_any_cell_finds_better_values_than_written(tmp_path):
    _, text = run("02_any_cell.ipynb", tmp_path)
    best, written = re.search(r"validation ([\d.]+) \(as written: ([\d.]+)\)", text).groups()
    assert float(best) > float(written)
    assert "gamma" in text


def test_more_than_one_cell_is_searched(tmp_path):
    _, text = run("03_more_than_one_cell.ipynb", tmp_path)
    written = float(re.search(r"as written: ([\d.]+)", text)[1])
    tuned = float(re.search(r"tuned:      ([\d.]+)", text)[1])
    assert tuned > written + 0.3
    for found in ("batch_size  In[4], line 1", "hidden      In[5], line 2", "model = Net()"):
        assert found in text


def test_a_finished_notebook_is_exported_with_table_and_picture(tmp_path):
    from nbconvert import HTMLExporter

    notebook, _ = run("02_any_cell.ipynb", tmp_path)
    html, _ = HTMLExporter().from_notebook_node(notebook)
    assert "clf.score(X_val, y_val)" in html
    assert "<table" in html
    assert "data:image/png;base64" in html
    assert "Loading widget" not in html


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda p: p.name)
def test_tutorials_are_committed_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(c.get("outputs") or c.get("execution_count") for c in notebook.cells)
