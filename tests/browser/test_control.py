"""Control while the cell is busy: on three kernels in JupyterLab, and in Notebook 7."""

from __future__ import annotations

import pytest

from .. import kernels
from .lab import notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

STUDY = """%%hpo --maximize acc --trials 300 --jobs 2 --pruner none --seed 1 --name steered
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(30):
    time.sleep(0.05)
    acc = x + epoch
"""
WHAT_CAME = "print([t.state for t in study.trials])"

FRONT_ENDS = [*((version, "lab") for version in kernels.VERSIONS), (kernels.NEWEST, "notebook")]


@pytest.fixture(params=FRONT_ENDS, ids=" in ".join)
def running(request, shared_lab):
    """A page in which the cell of a study is busy; its output."""
    version, front_end = request.param
    cells = notebook("%load_ext jupyter_hpo", STUDY, WHAT_CAME)
    shared_lab.open(cells, kernel=version, front_end=front_end)
    assert version in (kernels.NEWEST, ".".join(ipykernel(shared_lab).split(".")[:2]))
    shared_lab.run(0)
    shared_lab.run(1, wait=False)
    output = shared_lab.output(1)
    output.get_by_role("button", name="Pause", exact=True).wait_for()
    return shared_lab, output


def ipykernel(lab):
    return lab.execute("import ipykernel; print(ipykernel.__version__)").strip()


def test_a_study_is_steered_while_its_cell_is_busy(running):
    lab, output = running
    output.get_by_role("row").filter(has_text="running").first.wait_for()
    output.get_by_role("button", name="Pause", exact=True).click()
    output.get_by_role("button", name="Resume", exact=True).wait_for()
    output.locator(".hpo-badge", has_text="Paused").wait_for()
    assert lab.busy
    output.get_by_role("button", name="Resume", exact=True).click()
    output.get_by_role("button", name="Pause", exact=True).wait_for()

    row = output.get_by_role("row").filter(has_text="running").first
    row.get_by_role("button").first.click()
    output.get_by_role("button", name="Stop this trial").click()
    output.get_by_text("stopped by you").first.wait_for()
    assert lab.busy

    output.get_by_role("button", name="Stop", exact=True).click()
    lab.wait_idle(30)
    assert "Stopped" in lab.output(1).inner_text()
    lab.run(2)
    assert "'PRUNED'" in lab.output(2).inner_text() or "'FAIL'" in lab.output(2).inner_text()
    assert not lab.errors, lab.errors
