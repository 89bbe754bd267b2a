"""The best trial's objects on disk outlive the kernel."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

TRAIN = """%%hpo --maximize acc --trials 4 --jobs 2 --name kept{options}
hidden = 8    # hpo: 4..64
torch.manual_seed(0)
model = Net(hidden)
optimizer = torch.optim.Adam(model.parameters())
history = []
for epoch in range(3):
    optimizer.zero_grad()
    loss = (model(data) ** 2).mean()
    loss.backward()
    optimizer.step()
    history.append(loss.item())
acc = hidden - loss.item()
def predict(v): return model(v) * scale
"""
BEFORE = """
import torch
class Net(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.hidden = hidden
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, hidden), torch.nn.Linear(hidden, 1))
    def forward(self, v): return self.layers(v) * scale
data, scale = torch.randn(16, 8), 2.0
"""


def test_a_fresh_kernel_loads_the_best_model(start):
    pytest.importorskip("torch")
    first = start()
    first.run(BEFORE)
    result = first.run(TRAIN.format(options=""))
    assert result.error is None, result.error
    hidden = first.value("hidden")
    expected = first.value("model(torch.ones(1, 8)).item()")
    assert first.value("(model.hidden, len(history))") == (hidden, 3)
    first.close()
    second = start()
    loading = second.run("import jupyter_hpo\nstudy = jupyter_hpo.load_study('kept')")
    assert loading.error is None, loading.error
    assert second.value("study.best('model').hidden") == hidden
    second.run("import torch; net = study.best('model')")
    assert second.value("net(torch.ones(1, 8)).item()") == pytest.approx(expected)
    assert second.value("study.best('predict')(torch.ones(1, 8)).item()") == pytest.approx(
        2 * expected
    )
    assert second.value("len(study.best('history'))") == 3
    # It trains on, with its optimiser still bound to its parameters.
    assert second.run(
        "best = study.best('optimizer')\n"
        "assert best.param_groups[0]['params'][0] is net.layers[0].weight\n"
        "net(torch.ones(1, 8)).sum().backward(); best.step()"
    ).error is None  # fmt: skip


def test_only_what_was_asked_for_is_kept(kernel):
    pytest.importorskip("torch")
    kernel.run(BEFORE)
    result = kernel.run(TRAIN.format(options=" --keep history"))
    assert result.error is None, result.error
    assert kernel.value("len(study.best('history'))") == 3
    missing = kernel.run("study.best('model')")
    assert "'model'" in missing.error
    assert "history" in missing.error
