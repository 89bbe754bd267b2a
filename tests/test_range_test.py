"""The learning-rate range test, on a model that trains in a moment."""

from __future__ import annotations

import math

import pytest
import torch

import jupyter_hpo
from jupyter_hpo import HpoError, lr_find
from jupyter_hpo.cell import capture

torch.manual_seed(0)
X = torch.randn(256, 8)
Y = X @ torch.arange(1.0, 9.0).unsqueeze(1)
BATCHES = [(X[i : i + 32], Y[i : i + 32]) for i in range(0, 256, 32)]


def model():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))


def test_the_range_is_one_in_which_it_trains():
    found = lr_find(model(), torch.nn.functional.mse_loss, BATCHES)
    assert 1e-5 < found.low < found.steepest <= found.high < 10
    losses = {}
    for lr in (found.low / 300, found.steepest):
        net = model()
        optimizer = torch.optim.Adam(net.parameters(), lr=lr)
        for x, y in BATCHES * 12:
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()
        losses[lr] = float(loss.detach())
    assert losses[found.steepest] < losses[found.low / 300] / 2


def test_its_mark_is_one():
    found = lr_find(model(), torch.nn.functional.mse_loss, BATCHES)
    cell = capture(found.mark + "\nfor epoch in range(3):\n    loss = lr\n")
    assert cell.problems == ()
    assert cell.space["lr"].distribution.low == found.low
    assert cell.space["lr"].distribution.high == found.high
    assert cell.space["lr"].distribution.log
    assert found.mark in str(found)
    assert "data:image/png;base64," in found._repr_html_()


@pytest.mark.parametrize("given", ["none", "made", "factory"])
def test_nothing_is_changed_by_it(given):
    net = model()
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    optimizer = {"none": None, "made": sgd, "factory": lambda p: torch.optim.SGD(p, lr=1)}[given]
    weights = [p.detach().clone() for p in net.parameters()]
    net.eval()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    lr_find(net, torch.nn.functional.mse_loss, BATCHES, optimizer)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(weights, net.parameters(), strict=True))
    assert all(p.grad is None for p in net.parameters())
    assert not net.training
    assert (sgd.param_groups[0]["lr"], len(sgd.state)) == (0.01, 0)


def nothing(prediction, target):
    return (prediction * 0).sum() + 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lr_find(model(), BATCHES, torch.nn.MSELoss()),
         r"loss is of type list, which can't be called. The order is lr_find\(model, loss_fn, "),
        (lambda: lr_find(torch.nn.MSELoss(), model(), BATCHES), "has no parameters to train"),
        (lambda: lr_find(model(), lambda p, y: p.sum() * math.nan, BATCHES),
         "the loss is nan before the first step"),
        (lambda: lr_find(model(), torch.nn.functional.mse_loss, []), "gave no batch"),
        (lambda: lr_find(model(), torch.nn.functional.mse_loss, [X]), r"batches \(input, target\)"),
        (lambda: lr_find(model(), nothing, BATCHES), "fell at no learning rate"),
        (lambda: lr_find(model(), nothing, BATCHES, low=1, high=0.1), "0 < low < high"),
        (lambda: lr_find(model(), nothing, BATCHES, torch.optim.SGD(model().parameters(), lr=1)),
         "not the model's"),
    ],
    ids=[
        "swapped", "no model", "nan", "empty", "no pairs", "flat", "bounds", "foreign optimiser",
    ],
)  # fmt: skip
def test_what_can_not_be_tested_is_said(call, said):
    with pytest.raises(HpoError, match=said):
        call()


def test_it_is_found_where_it_is_looked_for():
    assert jupyter_hpo.lr_find is lr_find
    assert jupyter_hpo.pieces.optimizer
