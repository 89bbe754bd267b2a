"""What is measured of a trial, and what matplotlib does in one."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest

from jupyter_hpo.worker import pictures
from jupyter_hpo.worker.figures import Meter, largest_model

MB = 1 << 20


def test_memory_is_the_trial_s_own():
    before = np.ones(64 * MB, np.uint8)
    meter = Meter()
    more = np.ones(32 * MB, np.uint8)
    del more
    assert before[0]
    own = meter.read({})["peak_memory_bytes"]
    assert 30 * MB < own < 48 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak can't be reset")
def test_an_earlier_peak_is_not_the_trial_s():
    earlier = np.ones(128 * MB, np.uint8)
    del earlier
    assert Meter().read({})["peak_memory_bytes"] < 64 * MB


def test_cpu_of_children_that_ended_counts():
    meter = Meter()
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    figures = meter.read({})
    assert figures["cpu_s"] >= 0.3
    assert figures["wall_s"] > 0


def test_pauses_count_for_neither_the_time_nor_the_pace_of_reports(monkeypatch):
    clock = iter([0.0, 1.0, 11.0, 11.0, 21.0, 22.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    meter = Meter()
    for _ in range(2):
        with meter.waiting():  # ten seconds each
            pass
    figures = meter.read({})
    assert figures["wall_s"] == 2
    assert figures["reports_per_s"] == 1


def test_without_a_report_there_is_no_pace():
    assert "reports_per_s" not in Meter().read({})


def test_warnings_are_counted_and_shown_once_a_place():
    meter = Meter()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        with meter.warnings_counted():
            for _ in range(3):
                warnings.warn("careful", RuntimeWarning, stacklevel=1)
            warnings.warn("another", RuntimeWarning, stacklevel=1)
    assert meter.read({})["n_warnings"] == 2
    assert [str(warning.message) for warning in shown] == ["careful", "another"]


def test_the_largest_module_counts():
    torch = pytest.importorskip("torch")
    small, large = torch.nn.Linear(2, 1), torch.nn.Linear(9, 9)
    large.tied = large.weight  # once
    assert largest_model({"a": small, "b": large, "c": torch.nn.Linear, "d": 3}) == 90
    assert largest_model({"lazy": torch.nn.LazyLinear(3), "a": small}) == 3
    assert largest_model({"lazy": torch.nn.LazyLinear(3)}) is None
    assert largest_model({"x": 1}) is None


def test_keras_models_count_when_they_are_built(monkeypatch):
    class Model:
        def __init__(self, count):
            self.count = count

        def count_params(self):
            if self.count is None:
                raise ValueError("not built")
            return self.count

    monkeypatch.setitem(sys.modules, "keras", type("keras", (), {"Model": Model}))
    assert largest_model({"a": Model(7), "b": Model(None), "c": Model(5)}) == 7


def test_figures_are_closed_and_not_shown():
    plt.switch_backend("agg")
    kept = plt.figure()
    settings = dict(plt.rcParams)
    show = plt.show
    with pictures.settings_kept(), pictures.unseen():
        for _ in range(30):
            plt.plot([1, 2])
            plt.figure()
        plt.rcParams["lines.linewidth"] = 7
        plt.switch_backend("svg")
        plt.ion()
        assert plt.show() is None
        assert plt.get_fignums() == [kept.number]
        plt.figure()
    assert plt.get_fignums() == [kept.number]
    assert plt.show is show
    assert not plt.isinteractive()
    assert dict(plt.rcParams) == settings
    plt.close(kept)


def test_many_figures_are_no_warning():
    plt.switch_backend("agg")
    meter = Meter()
    with meter.warnings_counted(), pictures.unseen():
        for _ in range(25):
            plt.figure().show()
    assert meter.read({})["n_warnings"] == 0
