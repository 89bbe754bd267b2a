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


EARLIER = """
import torch
device = torch.device("cuda")
torch.manual_seed(0)
data = torch.randn(4096, 64, device=device)
labels = (data @ torch.randn(64, 8, device=device)).argmax(1)
base = torch.nn.Linear(64, 64).to(device)
"""

TRAIN = """%%hpo --maximize acc --trials 24 --name real --pruner none
lr = 1e-2    # hpo: 1e-4..1e-1 log
model = torch.nn.Sequential(base, torch.nn.ReLU(), torch.nn.Linear(64, 8)).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(10):
    for rows in torch.randperm(len(data), device=device).split(256):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(data[rows]), labels[rows]).backward()
        optimizer.step()
    acc = (model(data).argmax(1) == labels).float().mean().item()
"""

FILL = """%%hpo --maximize acc --trials 6 --name fill --pruner none --jobs 2
part = 0.1    # hpo: 0.1 | 1.5
total = torch.cuda.mem_get_info()[1]
block = torch.empty(int(part * total), dtype=torch.uint8, device=device)
acc = part
"""


@pytest.mark.gpu
def test_a_study_on_a_real_gpu(kernel):
    if not kernel.value("__import__('torch').cuda.is_available()"):
        pytest.skip("no GPU here")
    assert kernel.run(EARLIER).error is None
    result = kernel.run(TRAIN, timeout=110)
    assert result.error is None, result.error
    assert kernel.value("{t.state for t in study.trials}") == {"COMPLETE"}
    assert kernel.value("{t.device for t in study.session.study.trials.values()}") == {"cuda:0"}
    assert kernel.value("study.best_value") > 0.5
    assert kernel.value("next(model.parameters()).device.type") == "cuda"
    assert kernel.value("bool((before == before).all()) and data.device.type") == "cuda"
    figures = kernel.value("[t.figures for t in study.session.study.trials.values()]")
    assert all(f["device_memory_bytes"] > MB for f in figures)
    assert max(f["device_memory_bytes"] for f in figures) < 3 * figures[0]["device_memory_bytes"]
    assert kernel.value("study.session.study.slots") > 1


@pytest.mark.gpu
def test_a_real_gpu_that_is_too_small_for_a_trial(kernel):
    if not kernel.value("__import__('torch').cuda.is_available()"):
        pytest.skip("no GPU here")
    kernel.run("import torch; device = 'cuda'")
    result = kernel.run(FILL, timeout=110)
    assert result.error is None, result.error
    states = kernel.value("{t.params['part']: t.state for t in study.trials}")
    assert states == {0.1: "COMPLETE", 1.5: "PRUNED"} or states == {0.1: "COMPLETE"}
