"""What a page has to load."""

import gzip
from pathlib import Path

import pytest

import jupyter_hpo
from jupyter_hpo.widgets import assets

MOST_BYTES = 80_000
LABEXTENSION = Path(jupyter_hpo.__file__).parent / "labextension" / "static"


def packed(text: str) -> int:
    return len(gzip.compress(text.encode("utf-8"), 9))


@pytest.mark.parametrize("bundle", ["dashboard", "editor", "report"])
def test_a_bundle_is_small(bundle):
    assert packed(assets.load(bundle)) <= MOST_BYTES


def test_jupyterlab_starts_without_the_dashboard():
    files = {path: path.read_text() for path in LABEXTENSION.glob("*.js")}
    dashboards = [text for text in files.values() if "Learning curves" in text]
    assert len(dashboards) == 1
    assert packed(dashboards[0]) <= MOST_BYTES
    assert sum(map(packed, files.values())) - packed(dashboards[0]) <= MOST_BYTES / 2
