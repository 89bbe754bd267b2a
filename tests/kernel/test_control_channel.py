"""The control channel of three ipykernels, asked while the cell is busy."""

from __future__ import annotations

import os
import time

import pytest

from .. import kernels

pytestmark = pytest.mark.kernel

STUDY = """%%hpo --maximize acc --trials 300 --jobs 2 --pruner none --seed 1 --name asked
import time
x = 0.5    # hpo: 0.0..1.0
for epoch in range(30):
    time.sleep(0.05)
    acc = x + epoch
"""
SOON_S = 5.0
"""Far less than the cell takes, and far more than an answer does on a busy machine."""


@pytest.fixture(params=kernels.VERSIONS)
def busy(request, start):
    """A kernel in whose cell a study runs; the request of that cell, and the study's id."""
    kernel = start({**os.environ, **kernels.environment(request.param)})
    if request.param != kernels.NEWEST:
        assert kernel.value("__import__('ipykernel').__version__").startswith(request.param)
    assert says_that_it_can_be_asked(kernel)
    assert kernel.control("studies", "")["data"] == [], "no study yet, and it was not imported"
    cell = kernel.begin(STUDY)
    kernel.finish(cell, until=lambda message, result: result.displays)
    (study,) = kernel.control("studies", "")["data"]
    return kernel, cell, study["id"]


def says_that_it_can_be_asked(kernel):
    info = kernel.on_control("kernel_info_request", {})
    return "jupyter_hpo_request" in info["supported_features"] and "banner" in info


def follow(kernel, study, holds, timeout_s=30):
    """Ask for news, as a reloaded page does, until a header tells what is waited for."""
    end, anew = time.monotonic() + timeout_s, 1
    while time.monotonic() < end:
        reply = kernel.control("follow", study, number=anew, page="test")
        anew = 0
        header = (reply["data"] or {}).get("message", {}).get("header")
        if header and holds(header):
            return header
        time.sleep(0.05)  # as often as a page may ask
    raise TimeoutError("the study does not get there")


def test_a_study_is_steered_and_followed_while_the_cell_is_busy(busy):
    kernel, cell, study = busy
    follow(kernel, study, lambda header: header["n_running"] > 0)
    assert says_that_it_can_be_asked(kernel)
    began = time.monotonic()
    assert kernel.control("pause", study)["ok"]
    assert time.monotonic() - began < SOON_S
    follow(kernel, study, lambda header: header["state"] == "paused")
    assert kernel.control("resume", study)["ok"]
    follow(kernel, study, lambda header: header["state"] == "running")
    assert kernel.control("stop_trial", study, number=0)["ok"]
    ended = ("n_pruned", "n_failed", "n_complete")
    follow(kernel, study, lambda header: any(header[name] for name in ended))
    assert kernel.control("detail", study, number=0)["data"]["params"].keys() == {"x"}
    assert kernel.control("stop", study)["ok"]
    follow(kernel, study, lambda header: header["state"] == "stopped")
    assert kernel.finish(cell).error is None
    assert kernel.value("study.trial(0).state") == "PRUNED"
