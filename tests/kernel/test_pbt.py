"""Population based training of a torch model in a real kernel: copies go on from the weights."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.kernel

CELL = """%%hpo --minimize loss --trials {trials} --jobs 2 --pruner pbt --seed 0 --name bred {more}
import torch
torch.manual_seed(0)
lr = 0.003       # hpo: 1e-4..1e-2 log
hidden = 16      # hpo: 8..32
x = torch.linspace(-1, 1, 64).unsqueeze(1)
y = torch.sin(3 * x)
model = torch.nn.Sequential(
    torch.nn.Linear(1, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
for epoch in range(20):
    for batch in range(5):
        optimizer.zero_grad()
        error = (model(x) - y).pow(2).mean()
        error.backward()
        if batch == 0:
            rate = optimizer.param_groups[0]["lr"]
            print(f"epoch {{epoch}} begins at {{error.item()}} with rate {{rate}}")
        optimizer.step()
    loss = error.item()
"""
TRIALS = (
    "{t.number: dict(parent=t.parent, params=t.params, steps=[r.step for r in t.reports],"
    " notice=t.notice, log=open(t.log_path).read())"
    " for t in study.session.study.trials.values()}"
)


def epochs(trial):
    """epoch -> the loss with which it began, and the rate."""
    found = re.findall(r"epoch (\d+) begins at (\S+) with rate (\S+)", trial["log"])
    return {int(epoch): (float(loss), float(rate)) for epoch, loss, rate in found}


def test_copies_go_on_from_the_weights_with_another_rate(kernel):
    result = kernel.run(CELL.format(trials=10, more=""))
    assert result.error is None
    assert "PBT can't change hidden while a trial trains" in result.text
    notices = kernel.value("study.presenter.changes(0).header.notices")
    assert not any("goes on from trial" in said for said in notices), "nothing was lost"
    trials = kernel.value(TRIALS)
    copies = {n: t for n, t in trials.items() if t["parent"] is not None}
    assert copies, result.text
    rates = set()
    for copy in copies.values():
        parent, own = trials[copy["parent"]], epochs(copy)
        begins = min(own)
        assert begins >= 4, "the first comparison is after a fifth of the training"
        assert copy["steps"][0] == begins + 1
        assert f"goes on from trial {copy['parent']} at step {begins}" in copy["notice"]
        loss, rate = own[begins]
        assert rate == copy["params"]["lr"]
        assert loss == epochs(parent)[begins][0], "the weights are those of the parent, to a bit"
        assert copy["params"]["hidden"] == parent["params"]["hidden"]
        rates.add(rate == parent["params"]["lr"])
    assert False in rates, "some have another rate"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--executor workers", "leave out --executor workers, or use --pruner asha"),
        ("--repeats 2", "leave out --folds and --repeats"),
    ],
)
def test_where_trials_can_not_be_copied_it_is_refused(shared, more, says):
    result = shared.run(CELL.format(trials=10, more=more))
    assert says in str(result.error or result.text)
