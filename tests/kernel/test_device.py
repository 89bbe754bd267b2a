"""Studies on a device in a real kernel: a simulated one, and what is said where there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

SIMULATED = str(Path(__file__).parents[1] / "simulated")
MB = 1 << 20

CELL = """%%hpo --maximize acc --trials {trials} --name {name} {options}
import simulated_device
x = 0.5    # hpo: 0.0..1.0
block = simulated_device.allocate({size})
for epoch in range(10):
    simulated_device.work(0.01)
    acc = x
"""


@pytest.fixture
def with_device(start, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(SIMULATED)
    import simulated_device

    monkeypatch.setenv("PYTHONPATH", SIMULATED, prepend=os.pathsep)
    for variable, value in simulated_device.describe(tmp_path, 100 * MB, knee=3).items():
        monkeypatch.setenv(variable, value)
    kernel = start()
    yield kernel
    sys.modules.pop("simulated_device", None)


def test_a_study_on_a_device(with_device):
    kernel = with_device
    cell = CELL.format(
        trials=16, name="on-device", options="--device sim:0 --pruner none", size=20 * MB
    )
    result = kernel.run(cell)
    assert result.error is None, result.error
    facts = kernel.value("study.session.presenter._facts")
    assert (
        "Device: sim:0 (simulated), trials side by side decided by memory and throughput." in facts
    )
    assert kernel.value("{t.state for t in study.trials}") == {"COMPLETE"}
    assert kernel.value("study.session.study.slots") in (2, 3, 4)
    assert "sim:0" in kernel.value("study.session.study.slots_why")
    assert kernel.value("study.session.study.trials[3].figures['device_memory_bytes']") == 20 * MB


def test_a_trial_that_does_not_fit_is_shown_as_such(with_device):
    kernel = with_device
    cell = CELL.format(trials=6, name="too-large", options="--device sim:0 --jobs 2",
                       size=f"(x > 0.7) * {200 * MB} + {10 * MB}")  # fmt: skip
    cell = cell.replace("x = 0.5    # hpo: 0.0..1.0", "x = 0.5    # hpo: 0.5 | 0.9")
    result = kernel.run(cell)
    assert result.error is None, result.error
    pruned = kernel.value("[t.notice for t in study.trials if t.state == 'PRUNED']")
    assert pruned
    assert set(pruned) == {"ran out of device memory, also when it ran alone"}
    assert kernel.value("study.best_params['x']") == 0.5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--device cuda:7", "--device cuda:7: there is none. No GPU was found"),
        ("--device tpu", "no device is called 'tpu'; there are cpu, cuda"),
        ("--device 1", "'1' is no device; write auto, cpu, cuda"),
        ("--device cuda --executor inline", "leave out --device"),
    ],
)
def test_what_is_said_of_a_device_that_is_not_there(shared, options, said, monkeypatch):
    shared.run("import os; os.environ['PATH'] = '/nowhere'  # no nvidia-smi")
    cell = CELL.format(trials=1, name="none", options=options, size=0)
    assert said in shared.run(cell).all
