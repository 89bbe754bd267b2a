"""Calls of pieces: what they leave out is written out, offered, marked, and put into the text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_hpo.cell import CapturedCell, capture
from jupyter_hpo.cell.captured import Typed
from jupyter_hpo.cell.rewriting import applied, marked
from jupyter_hpo.cell.slice import Past
from jupyter_hpo.cell.slice.values import Executed
from jupyter_hpo.cell.source import to_python
from jupyter_hpo.cell.written_out import written_out

IMPORT = "from jupyter_hpo import pieces\n"
MODEL = 'model = make()\noptimizer = pieces.optimizer(model.parameters(), "sgd")'
LOOP = "for epoch in range(9):\n    val_loss = optimizer.step()\n"


def out(text: str) -> str:
    return written_out(text, {})


def captured(code: str, *, auto: bool = True, **more) -> CapturedCell:
    """A cell with the magic's line above, as the notebook captures it."""
    cell = capture(code + LOOP, transform=out, auto=auto, names={"make"}, **more)
    return replace(cell, typed=(Typed(0, "%%hpo\n" + code + LOOP, cell.source),))


# ----------------------------------------------------------------------- written out
@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("pieces.truncate(x)", 'pieces.truncate(x, length=128, side="end")'),
        ("pieces.truncate(x, 9)", 'pieces.truncate(x, 9, side="end")'),
        ("pieces.truncate(x, side='start')", "pieces.truncate(x, side='start', length=128)"),
        ("pieces.loss()", 'pieces.loss(kind="cross_entropy", label_smoothing=0.0, margin=1.0)'),
        ("pieces.loss('huber')", "pieces.loss('huber', delta=1.0)"),
        ("pieces.truncate (\n  x,  # why\n)",
         'pieces.truncate (\n  x, length=128, side="end",  # why\n)'),
        ("pieces.truncate((x))", "pieces.truncate((x))"),
        ("pieces.truncate(*x)", "pieces.truncate(*x)"),
        ("pieces.truncate(x, **more)", "pieces.truncate(x, **more)"),
        ("pieces.folds(x)", "pieces.folds(x)"),
        ("other.truncate(x)", "other.truncate(x)"),
        ("ü = pieces.truncate('ü', 3)", "ü = pieces.truncate('ü', 3, side=\"end\")"),
        ("f(pieces.truncate(a, 1), pieces.truncate(b, 2))",
         'f(pieces.truncate(a, 1, side="end"), pieces.truncate(b, 2, side="end"))'),
        ("def pieces(): 0\npieces.truncate(x)", "def pieces(): 0\npieces.truncate(x)"),
        ("pieces = 3\npieces.truncate(x)", "pieces = 3\npieces.truncate(x)"),
        ("truncate(", "truncate("),
    ],
)  # fmt: skip
def test_a_call_says_all_that_can_be_tuned(typed, then):
    assert out(IMPORT + typed) == IMPORT + then


@pytest.mark.parametrize(
    ("names", "code", "changes"),
    [
        ({"pieces": "jupyter_hpo.pieces"}, "pieces.truncate(x)", True),
        ({"jupyter_hpo": "jupyter_hpo"}, "jupyter_hpo.pieces.truncate(x)", True),
        ({"cut": "jupyter_hpo.pieces.truncate"}, "cut(x)", True),
        ({"pieces": "theirs.pieces"}, "pieces.truncate(x)", False),
        ({}, "pieces.truncate(x)", False),
        ({"pieces": "jupyter_hpo.pieces"}, "import theirs as pieces; pieces.truncate(x)", False),
        ({}, "import jupyter_hpo.pieces as p; p.truncate(x)", True),
        ({}, "from jupyter_hpo.pieces import truncate; truncate(x)", True),
    ],
)
def test_a_piece_is_known_by_where_its_name_comes_from(names, code, changes):
    assert (written_out(code, names) != code) is changes


# -------------------------------------------------------------------------- proposals
def test_the_arguments_that_a_call_leaves_out_are_searched_with_their_conditions():
    cell = captured(IMPORT + "model = make()\noptimizer = pieces.optimizer(model.parameters())\n")
    assert cell.problems == ()
    space = cell.space
    assert str(space["momentum"].condition) == "optimizer.kind in (momentum, nesterov)"
    assert str(space["alpha"].condition) == "optimizer.kind == rmsprop"
    assert space["lr"].condition is None
    assert space.defaults() == {
        "optimizer.kind": "adamw", "lr": 1e-3, "weight_decay": 1e-4, "beta1": 0.9, "beta2": 0.999,
    }  # fmt: skip


def test_a_kind_that_stays_decides_what_is_offered():
    cell = captured(IMPORT + MODEL + "  # hpo: [1] = fixed\n")
    assert sorted(cell.space) == ["lr", "weight_decay"]
    both = captured(IMPORT + MODEL + "  # hpo: sgd | adam as opt\n")
    assert "momentum" not in {t.name for t in both.tunables}
    assert {n: str(p.condition) for n, p in both.space.items() if p.condition} == {
        "beta1": "opt == adam", "beta2": "opt == adam",
    }  # fmt: skip


def test_a_kind_that_is_computed_leaves_what_counts_for_all():
    code = "kind = make()\noptimizer = pieces.optimizer(make(), kind)\n"
    assert sorted(captured(IMPORT + code).space) == ["lr"]


def test_two_pieces_keep_their_kinds_apart():
    cell = captured(IMPORT + MODEL + "\nschedule = pieces.lr_schedule(optimizer)\n")
    kinds = [name for name in cell.space if name.endswith("kind")]
    assert kinds == ["optimizer.kind", "lr_schedule.kind"]
    assert cell.space["drops"].condition.names == ("lr_schedule.kind",)


def test_a_mark_may_name_what_a_call_leaves_out():
    mark = "  # hpo: kind = sgd | momentum; momentum = 0..0.9 if kind == momentum\n"
    cell = captured(IMPORT + MODEL.replace(', "sgd"', "") + mark, auto=False)
    assert cell.problems == ()
    assert {n: str(p.condition) for n, p in cell.space.items()} == {
        "optimizer.kind": "None", "momentum": "optimizer.kind == momentum",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("loss('hinge',\n  margin=1.0,  # hpo: 0.5..2\n)", "margin"),
        ("loss('cross_entropy',\n  label_smoothing=0.0,  # hpo: 0..0.2\n)", "label_smoothing"),
        ("optimizer(make(), lr=1e-3)  # hpo: 1e-5..1e-1 log", "lr"),
        ("optimizer(\n  make(),\n  lr=1e-3)  # hpo: 1e-5..1e-1 log", "lr"),
        ("optimizer(make(),\n  kind='sgd',  # hpo: fixed\n  lr=1e-3\n)  # hpo: 1e-5..1", "lr"),
    ],
)
def test_a_plain_mark_means_what_was_typed_before_what_a_call_leaves_out(call, name):
    cell = captured(f"{IMPORT}optimizer = pieces.{call}\n", auto=False)
    assert (cell.problems, sorted(cell.space)) == ((), [name])


def test_so_it_is_in_an_earlier_cell_and_with_nothing_typed_all_that_could_be_meant_is_named():
    call = "optimizer = pieces.optimizer(make(), lr=1e-3)  # hpo: 1e-5..1e-1 log\n"
    earlier = to_python(IMPORT + call, transform=out, line_offset=0)
    past = Past((Executed(2, earlier.text, "<cell In[2]>", added=earlier.added),))
    cell = capture(LOOP, names={"make", "optimizer", "pieces"}, past=past)
    assert (cell.problems, sorted(cell.space)) == ((), ["lr"])
    cell = captured(f"{IMPORT}optimizer = pieces.optimizer(make())  # hpo: 0.1..1\n", auto=False)
    assert "could mean: lr, weight_decay, momentum" in cell.problems[0].message


def test_what_the_line_says_of_a_proposal_has_the_line_s_condition():
    cell = captured(IMPORT + MODEL + "\n", auto=False, line_space=["momentum=0..0.9"])
    assert cell.space["momentum"].condition is None


def test_a_piece_that_nothing_calls_yet_is_said():
    made = IMPORT + "augment = pieces.augment(flip=0.5)\noptimizer = make()\n"
    [notice] = [n for n in captured(made).notices if "nowhere" in n]
    assert notice.startswith("`augment` (line 3) is used nowhere yet, so tuning flip, crop, ")
    assert notice.endswith("in validation: x = augment(x, training=False).")
    for used in ("x = augment(make())\n", "def step(x):\n    return augment(x)\n"):
        assert not [n for n in captured(made + used).notices if "nowhere" in n]


# ------------------------------------------------------------------------ rewriting
def test_values_of_arguments_that_nobody_typed_are_written_into_the_call():
    cell = captured(IMPORT + MODEL + "  # as it was\n")
    [edit] = applied(cell, {"optimizer.kind": "momentum", "lr": 0.02, "momentum": 0.75})
    assert (
        'optimizer = pieces.optimizer(model.parameters(), "momentum", lr=0.02, momentum=0.75)'
        "  # as it was\n"
    ) in edit.after
    again = captured(edit.after.removeprefix("%%hpo\n").removesuffix(LOOP))
    assert {n: again.space.defaults()[n] for n in ("lr", "momentum")} == {
        "lr": 0.02, "momentum": 0.75,
    }  # fmt: skip


def test_of_what_a_call_leaves_out_that_is_written_which_the_trial_had():
    code = IMPORT + "optimizer = pieces.optimizer(make())\nschedule = pieces.loss()\n"
    cell = captured(code)
    trial = {"optimizer.kind": "adam", "lr": 0.02, "weight_decay": 1e-4, "beta1": 0.9}
    [edit] = applied(cell, {**trial, "beta2": 0.99, "loss.kind": "hinge", "margin": 1.0})
    call = 'make(), kind="adam", lr=0.02, weight_decay=0.0001, beta1=0.9, beta2=0.99)'
    assert f"pieces.optimizer({call}\n" in edit.after
    assert 'pieces.loss(kind="hinge", margin=1.0)\n' in edit.after
    again = captured(edit.after.removeprefix("%%hpo\n").removesuffix(LOOP))
    assert again.identity == cell.identity, "the study goes on"
    assert again.space.defaults() == {**trial, "beta2": 0.99, "loss.kind": "hinge", "margin": 1.0}


def test_values_that_stay_write_nothing_out():
    cell = captured(IMPORT + MODEL + "\n")
    [edit] = applied(cell, {"optimizer.kind": "adam", "lr": 1e-3})
    assert 'pieces.optimizer(model.parameters(), "adam")\n' in edit.after


def test_marks_are_written_beside_a_call_and_mean_the_same():
    cell = captured(IMPORT + MODEL + "\n")
    [edit] = marked(cell, cell.space)
    [line] = [line for line in edit.after.split("\n") if line.startswith("optimizer = ")]
    call, _, mark = line.partition("  # hpo: ")
    assert call == 'optimizer = pieces.optimizer(model.parameters(), "sgd")'
    assert "lr = 1e-5..0.1 log;" in mark
    again = captured(edit.after.partition("\n")[2].removesuffix(LOOP), auto=False)
    assert again.problems == ()
    assert repr(again.space) == repr(cell.space)


@pytest.mark.parametrize(
    ("given", "plateau"),
    [("", False), ("val_loss", True), ("metric=val_loss", True)],
    ids=["without a value", "with one", "by name"],
)
def test_a_schedule_stepped_without_a_value_waits_for_no_plateau(given, plateau):
    schedule = MODEL + "\nsch = pieces.lr_schedule(optimizer, epochs=9)\n"
    code = IMPORT + schedule + LOOP + f"    sch.step({given})\n"
    cell = capture(code, transform=out, auto=True, names={"make"})
    assert not cell.problems
    kinds = cell.space["lr_schedule.kind"].distribution
    assert ("plateau" in kinds.choices) is plateau
    assert ("patience" in cell.space) is plateau
    assert "lr_schedule.factor" in cell.space
