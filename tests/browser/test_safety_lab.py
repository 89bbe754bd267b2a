"""Texts of the person in results saved in a notebook, as the extension draws them."""

from __future__ import annotations

import pytest

from jupyter_hpo.widgets.protocol import SNAPSHOT_TYPE
from jupyter_hpo.widgets.snapshot import make_snapshot

from .harm import HARMFUL, ended
from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_saved_results_in_jupyterlab_show_text_as_text(lab):
    content = notebook(*("pass" for _ in HARMFUL))
    for cell, text in zip(content["cells"], HARMFUL.values(), strict=True):
        data = {SNAPSHOT_TYPE: make_snapshot(ended(text)), "text/plain": "a study"}
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    lab.open(content)
    for index, text in enumerate(HARMFUL.values()):
        result = lab.output(index).locator(".jp-HpoResult")
        result.get_by_text("Finished").first.wait_for()
        assert text in result.inner_text()
        assert result.locator("script, img, a[href^=javascript], [onmouseover]").count() == 0
    assert lab.js("return window.harmed === undefined")
    assert not lab.errors, lab.errors
