"""What a page has to load."""

import gzip

import pytest

from jupyter_hpo.widgets import assets

MOST_BYTES = 80_000


@pytest.mark.parametrize("widget", ["dashboard", "editor"])
def test_a_bundle_is_small(widget):
    packed = gzip.compress(assets.load(widget).encode("utf-8"), 9)
    assert len(packed) <= MOST_BYTES
