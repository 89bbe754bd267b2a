"""Other values in the state of a cell that runs: what is moved, and what keeps its value."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.worker.moving import can_move, move

LOSS = Objective("loss", "minimize")
TORCH = """
import torch
torch.manual_seed(0)
lr = 0.1            # hpo: 1e-3..1 log
decay = 0.01        # hpo: 1e-4..1 log
first = 0.8         # hpo: 0.5..0.95
hidden = 8          # hpo: 4..64
dropout = 0.3       # hpo: 0..0.6
penalty = 0.5       # hpo: 0..1
model = torch.nn.Sequential(torch.nn.Linear(4, hidden), torch.nn.Dropout(dropout))
optimizer = torch.optim.AdamW(
    model.parameters(), lr=lr, weight_decay=decay, betas=(first, 0.999))
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
for epoch in range(3):
    loss = model(torch.ones(2, 4)).pow(2).mean() + penalty
    optimizer.zero_grad(); loss.backward(); optimizer.step(); schedule.step()
    loss = loss.item()
    if epoch == 1:
        copied()
"""
NAMES = """
scale = 2.0     # hpo: 1..9
shared = 2.0    # hpo: 1..9
called = 2.0    # hpo: 1..9
changed = 2.0   # hpo: 1..9
first = shared * 2
print(scale)
def step():
    return called
for epoch in range(2):
    loss = scale * shared + step() + changed
    changed = changed * 0.5
    if epoch == 0:
        copied()
"""
NEW = {
    "lr": 0.2, "decay": 0.02, "first": 0.6, "hidden": 16, "dropout": 0.1, "penalty": 0.9,
}  # fmt: skip


def run(source, params, namespace=None):
    """Run the cell; where it calls `copied()` the params are moved in. What could not be."""
    cell = capture(source, objectives=(LOSS,), names={"copied"})
    assert cell.problems == ()
    program = cell.program()
    before = {name: p.default for name, p in cell.space.items()}
    kept = []
    names = {"__name__": "__main__", **(namespace or {})}
    names["copied"] = lambda: kept.append(move(program, names, before, {**before, **params}))
    exec(compile(program.source, program.filename, "exec"), names)
    return kept[0], names


def test_the_optimiser_and_its_schedule_take_what_they_keep():
    kept, names = run(TORCH, NEW)
    assert kept == ("dropout", "hidden"), "they have gone into the model"
    [group] = names["optimizer"].param_groups
    assert group["weight_decay"] == 0.02
    assert group["betas"] == (0.6, 0.999)
    # Two turns before, one after: the schedule goes on from the new rate.
    assert group["initial_lr"] == pytest.approx(0.2)
    assert group["lr"] == pytest.approx(0.2 * 0.5**3)
    assert names["schedule"].base_lrs == pytest.approx([0.2])
    assert names["penalty"] == 0.9
    assert names["lr"] == 0.2
    assert (names["hidden"], names["dropout"]) == (8, 0.3)


def test_an_optimiser_inside_a_function_is_found_too():
    source = """
import torch
def train(rate):
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), rate, momentum=0.7)
    copied()
    return optimizer
rate = 0.1   # hpo: 0.01..1
for turn in range(1):
    loss = 0.0
    made = train(rate)
"""
    kept, names = run(source, {"rate": 0.3})
    assert names["made"].param_groups[0]["lr"] == pytest.approx(0.3)
    assert kept == ()


def test_a_name_is_bound_anew_only_where_nothing_else_has_read_it():
    new = {"scale": 3.0, "shared": 4.0, "called": 5.0, "changed": 6.0}
    kept, names = run(NAMES, new)
    assert kept == ("changed", "shared")
    assert (names["scale"], names["shared"], names["called"]) == (3.0, 2.0, 5.0)
    assert names["loss"] == 3.0 * 2.0 + 5.0 + 1.0


def test_equal_values_are_told_apart_by_their_names():
    source = """
import torch
decay = 0.1     # hpo: 0..1
momentum = 0.1  # hpo: 0..1
layer = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=momentum, weight_decay=decay)
for epoch in range(1):
    loss = 0.0
    copied()
"""
    kept, names = run(source, {"decay": 0.3})
    [group] = names["optimizer"].param_groups
    assert (group["lr"], group["momentum"], group["weight_decay"]) == (0.1, 0.1, 0.3)
    assert kept == ()


def test_what_can_be_moved_is_seen_in_the_text():
    program = capture(TORCH, objectives=(LOSS,), names={"copied"}).program()
    can = {name for name in program.places if can_move(program, name)}
    assert can == {"lr", "decay", "first", "penalty"}
    program = capture(NAMES, objectives=(LOSS,), names={"copied"}).program()
    assert {n for n in program.places if can_move(program, n)} == {"scale", "called", "changed"}
