"""Pieces put into the text of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.captured import CapturedCell, Typed
from jupyter_hpo.cell.pieces import INSERTED
from jupyter_hpo.cell.rewriting import inserted
from jupyter_hpo.cell.written_out import written_out

NAMES = {"torch", "make", "X", "y", "tokens", "model"}
TRAIN = """\
model = make()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.8)
loss_fn = torch.nn.MSELoss()
for epoch in range(12):
    val_loss = loss_fn(model, y)
"""


def captured(body: str) -> CapturedCell:
    out = {"pieces": "jupyter_hpo.pieces"}
    cell = capture(body, names=NAMES, transform=lambda text: written_out(text, out))
    return replace(cell, typed=(Typed(0, "%%hpo\n" + body, cell.source, "abc"),))


def put(body: str, piece: str, known: bool = False):
    return inserted(captured(body), piece, known)


def again(text: str) -> CapturedCell:
    return captured(text.removeprefix("%%hpo\n"))


def test_a_piece_takes_the_place_of_what_it_can_do():
    found = put("import torch\n" + TRAIN, "optimizer")
    assert found.replaces == "torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.8)"
    head, _, rest = found.edit.after.partition("optimizer = ")
    assert head == "%%hpo\nimport torch\nfrom jupyter_hpo import pieces\nmodel = make()\n"
    assert rest.startswith(
        "pieces.optimizer(\n"
        "    model.parameters(),\n"
        '    kind="momentum",  # hpo: sgd | momentum | nesterov | adagrad | rmsprop | adam | '
        "adamw\n"
        "    lr=0.05,  # hpo: 1e-5..1e-1 log\n"
        "    weight_decay=0.0,  # hpo: 0.0 | 1e-6 | 1e-5 | 1e-4 | 1e-3 | 1e-2 | 1e-1\n"
        "    momentum=0.8,  # hpo: 0.5..0.99 if optimizer.kind in (momentum, nesterov)\n"
    )
    cell = again(found.edit.after)
    assert cell.problems == ()
    assert [str(cell.space[n].condition) for n in ("lr", "momentum")] == [
        "None", "optimizer.kind in (momentum, nesterov)",
    ]  # fmt: skip


def test_a_loss_stays_of_its_family():
    found = put(TRAIN, "loss")
    assert found.replaces == "torch.nn.MSELoss()"
    assert (
        'loss_fn = pieces.loss(\n    kind="mse",  # hpo: mse | huber\n'
        "    delta=1.0,  # hpo: 0.1..10.0 log if loss.kind == huber\n)\n"
    ) in found.edit.after


def test_a_schedule_stands_below_its_optimiser_and_is_stepped_in_the_loop():
    text = put(TRAIN, "lr_schedule").edit.after
    lines = text.split("\n")
    at = lines.index("schedule = pieces.lr_schedule(")
    assert lines[at - 1].startswith("optimizer = ")
    assert lines[at + 1] == "    optimizer, epochs=12,"
    assert text.endswith("    val_loss = loss_fn(model, y)\n    schedule.step(val_loss)\n")
    rising = put(TRAIN.replace("val_loss =", "val_acc ="), "lr_schedule").edit.after
    assert rising.endswith("    schedule.step(-val_acc)\n")


def test_a_schedule_that_the_cell_steps_without_a_value_waits_for_no_plateau():
    old = "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)\n"
    body = TRAIN.replace("for epoch", old + "for epoch") + "    scheduler.step()\n"
    found = put(body, "lr_schedule")
    assert found.replaces.startswith("torch.optim.lr_scheduler.StepLR(")
    assert 'kind="step",  # hpo: fixed | exponential | step | cosine | warmup' in found.edit.after
    assert found.edit.after.endswith("    scheduler.step()\n")
    assert "plateau" not in found.edit.after.replace("_plateau", "")
    assert again(found.edit.after).problems == ()
    assert "    drops=3,  # hpo: 1..5 if lr_schedule.kind == step\n" in found.edit.after
    assert "    factor=0.1,  # hpo: 0.1..0.8 if lr_schedule.kind == step\n" in found.edit.after


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("Adam(ps, 0.02, betas=(0.8, 0.9))", 'kind="adam" lr=0.02 beta1=0.8 beta2=0.9'),
        ("AdamW(ps)", 'kind="adamw" lr=0.001 weight_decay=0.01 beta1=0.9 beta2=0.999'),
        ("SGD(ps, lr=0.1)", 'kind="sgd" lr=0.1 weight_decay=0.0'),
        ("SGD(ps, 0.1, momentum=0.9, nesterov=True)", 'kind="nesterov" lr=0.1 momentum=0.9'),
        ("RMSprop(ps, alpha=0.9)", 'kind="rmsprop" lr=0.01 weight_decay=0.0 alpha=0.9'),
        ("LBFGS(ps)", 'kind="lbfgs" lr=1.0 history=100'),
    ],
)  # fmt: skip
def test_what_a_piece_takes_the_place_of_goes_on_as_it_was(call, said):
    body = f"optimizer = torch.optim.{call}\nval_loss = optimizer.step()\n"
    text = put(body.replace("ps", "model.parameters()"), "optimizer").edit.after
    assert [one for one in said.split() if f"    {one},  # hpo: " not in text] == []
    cell = again(text)
    assert (cell.problems, cell.space.holds(cell.space.defaults())) == ((), True)


def test_what_was_computed_stays_so_and_keeps_its_own_mark():
    body = "lr = 0.01  # hpo: 1e-4..1 log\nopt = torch.optim.Adam(model.parameters(), lr=lr)\n"
    cell = again(put(body + "val_loss = opt.step()\n", "optimizer").edit.after)
    assert cell.problems == ()
    assert str(cell.space["lr"].distribution.low) == "0.0001"


INSIDE = """\
def train(model, epochs=12):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for epoch in range(epochs):
        loss = model(X)
        loss.backward()
    return model
model = train(make())
val_loss = float(model(y))
"""


def test_a_piece_goes_into_the_function_that_trains():
    text = put(INSIDE, "optimizer").edit.after
    assert "\n    optimizer = pieces.optimizer(\n        model.parameters(),\n        kind=" in text
    text = put(INSIDE, "lr_schedule").edit.after
    assert "\n    schedule = pieces.lr_schedule(\n        optimizer, epochs=epochs,\n" in text
    assert "\n    # at the end of every epoch: schedule.step(val_loss)\n    for epoch in" in text
    assert "\n    loss_fn = pieces.loss(\n" in put(INSIDE, "loss").edit.after


def test_a_loop_without_the_objective_does_not_step_by_it():
    body = TRAIN.replace("    val_loss = ", "    loss = ") + "val_loss = float(loss)\n"
    assert "\n# at the end of every epoch: schedule.step(val_loss)\n" in (
        put(body, "lr_schedule").edit.after
    )


def test_a_metric_is_computed_at_the_end_of_every_epoch():
    text = put(TRAIN, "metrics").edit.after
    assert "\n    val_accuracy = pieces.metrics.accuracy(y_val, model(X_val))\n    # or: " in text
    assert text.index("val_loss =") < text.index("val_accuracy =")


def test_an_import_that_is_there_is_not_repeated():
    assert "import pieces" not in put(TRAIN, "loss", known=True).edit.after
    here = put("from jupyter_hpo import pieces\n" + TRAIN, "loss").edit.after
    assert here.count("import pieces") == 1


@pytest.mark.parametrize("body", [TRAIN, INSIDE, "val_loss = make()\n", "val_loss = make()"])
@pytest.mark.parametrize("piece", INSERTED)
def test_every_piece_can_be_put_into_any_cell_and_be_searched(piece, body):
    found = put(body, piece)
    cell = again(found.edit.after)
    asked = ("undefined_name", "nothing_to_tune", "which_objective")
    wrong = [p for p in cell.problems if p.code not in asked]
    assert wrong == []
    settings = {s.name for s in INSERTED[piece].settings if not s.asked}
    declared = {t.name.rpartition(".")[2] for t in cell.tunables if t.declared}
    of_other_kinds = {"history", "delta", "label_smoothing", "margin"}
    assert settings - of_other_kinds <= declared <= settings
    assert body.split("\n")[-2 if body.endswith("\n") else -1] in found.edit.after


def test_the_rest_of_the_cell_stays_as_it_was_typed():
    body = "x = 'ü'  # keep\n\n" + TRAIN + "# end"
    text = put(body, "augment").edit.after
    assert text.startswith("%%hpo\nfrom jupyter_hpo import pieces\nx = 'ü'  # keep\n\n")
    assert text.endswith("\n# end")
    assert "augment = pieces.augment(\n    flip=0.5,  # hpo: 0.0..0.5\n" in text
