"""The parts of a training cell, as plain calls outside of any study."""

from __future__ import annotations

import inspect
import math
import subprocess
import sys
import warnings

import pytest
import torch

from jupyter_hpo import HpoError, pieces
from jupyter_hpo.cell.pieces import PIECES
from jupyter_hpo.pieces import losses, optimizers, schedules
from jupyter_hpo.worker import reporting


def parameters(value=1.0):
    return [torch.nn.Parameter(torch.tensor([value, -value]))]


def descend(optimizer, params, steps=5):
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (params[0] ** 2).sum()
        loss.backward()
        optimizer.step()
    return float((params[0].detach() ** 2).sum())


# ---------------------------------------------------------------------- the table
@pytest.mark.parametrize("piece", PIECES.values(), ids=lambda p: p.name)
def test_the_search_knows_the_defaults_of_every_piece(piece):
    signature = inspect.signature(getattr(pieces, piece.name)).parameters
    assert list(signature)[: len(piece.positional)] == list(piece.positional)
    for setting in piece.settings:
        assert signature[setting.name].default == setting.default, setting.name
        if setting.default is not None:
            distribution = setting.range_for(setting.default)
            assert distribution is not None
            assert distribution.contains(setting.default)


def test_every_kind_that_is_proposed_can_be_made():
    model = torch.nn.Linear(2, 3)
    for name in ("optimizer", "lr_schedule", "loss", "regularization"):
        kinds = next(s for s in PIECES[name].settings if s.name == "kind").range_for("sgd").choices
        for kind in kinds:
            match name:
                case "optimizer":
                    pieces.optimizer(model.parameters(), kind)
                case "lr_schedule":
                    pieces.lr_schedule(pieces.optimizer(model.parameters()), kind, 4)
                case "loss":
                    pieces.loss(kind)
                case "regularization":
                    pieces.regularization(model, kind)


def test_importing_the_pieces_imports_no_library():
    heavy = "torch sklearn sacrebleu numpy"
    check = f"from jupyter_hpo import pieces; import sys; print([m for m in {heavy.split()} if m in sys.modules])"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_misspelt_kind_is_answered_with_the_nearest():
    with pytest.raises(HpoError, match=r"no kind 'adamm'. Did you mean 'adam'\?"):
        pieces.optimizer(parameters(), "adamm")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: pieces.optimizer(parameters(), momentm=0.9),
         "pieces.optimizer has no argument 'momentm'. Did you mean momentum"),
        (lambda: pieces.augment(flop=1), "augment has no argument 'flop'. Did you mean flip"),
        (lambda: pieces.loss(label_smooting=0.1), "Did you mean label_smoothing"),
        (lambda: pieces.loss("mse", weight=2), "no argument 'weight'. It takes kind, label"),
    ],
)  # fmt: skip
def test_a_misspelt_argument_is_answered_with_the_nearest(call, said):
    with pytest.raises(HpoError, match=said):
        call()


def test_an_argument_that_the_kind_does_not_use_is_said_but_not_in_a_trial(monkeypatch):
    with pytest.warns(UserWarning, match=r"optimizer: kind 'adam' does not use momentum\."):
        pieces.optimizer(parameters(), "adam", momentum=0.9)
    with pytest.warns(UserWarning, match="does not use label_smoothing, delta"):
        pieces.loss(kind="Hinge", label_smoothing=0.1, delta=2.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pieces.optimizer(parameters(), momentum=0.9, kind="momentum")
        pieces.loss(reduction="sum")
        monkeypatch.setattr(reporting, "_current", object())
        pieces.optimizer(parameters(), "adam", momentum=0.9)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("optimizer", optimizers._COUNTS),
        ("lr_schedule", schedules._COUNTS),
        ("loss", losses._COUNTS),
    ],
)
def test_what_a_kind_uses_is_what_the_search_tunes_of_it(name, counts):
    conditions = {s.name: s.spec.terms for s in PIECES[name].settings if s.spec.terms}
    assert sorted(conditions) == sorted(counts)
    for argument, terms in conditions.items():
        ((negated, words),) = {(t.op == "!=", frozenset(w.text for w in t.words)) for t in terms}
        kinds = {"optimizer": optimizers, "lr_schedule": schedules, "loss": losses}[name].KINDS
        assert set(counts[argument]) == (set(kinds) - words if negated else words)


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    with pytest.raises(HpoError, match=r"metrics.bleu needs sacrebleu, .*%pip install sacrebleu"):
        pieces.metrics.bleu(["a"], ["a"])


# ---------------------------------------------------------------------- optimisers
@pytest.mark.parametrize("kind", optimizers.KINDS)
def test_every_optimiser_descends_in_the_usual_loop(kind):
    params = parameters()
    assert descend(pieces.optimizer(params, kind, lr=0.05), params) < 2.0


@pytest.mark.filterwarnings("ignore:.*does not use")
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sgd", ("SGD", {"momentum": 0.0, "nesterov": False})),
        ("momentum", ("SGD", {"momentum": 0.8, "nesterov": False})),
        ("nesterov", ("SGD", {"momentum": 0.8, "nesterov": True})),
        ("adam", ("Adam", {"betas": (0.85, 0.95)})),
        ("adamw", ("AdamW", {"betas": (0.85, 0.95)})),
        ("rmsprop", ("RMSprop", {"alpha": 0.9})),
        ("lbfgs", ("LBFGS", {"history_size": 4})),
    ],
)
def test_an_optimiser_takes_the_values_of_its_kind(kind, expected):
    made = pieces.optimizer(
        parameters(), kind, momentum=0.8, beta1=0.85, beta2=0.95, alpha=0.9, history=4
    )
    name, wanted = expected
    assert type(made).__name__ == name
    assert {key: made.defaults[key] for key in wanted} == wanted


def test_lbfgs_steps_with_and_without_a_closure():
    """On a quadratic bowl with very unequal sides the curvature is worth a lot."""
    sides = torch.tensor([1.0, 50.0])
    with_closure, without = parameters(), parameters()

    def value(params):
        return (sides * params[0] ** 2).sum()

    optimizer = pieces.optimizer(with_closure, "lbfgs", lr=1.0)

    def closure():
        optimizer.zero_grad()
        loss = value(with_closure)
        loss.backward()
        return loss

    optimizer.step(closure)
    bare = pieces.optimizer(without, "lbfgs", lr=1.0)
    for _ in range(8):
        bare.zero_grad()
        value(without).backward()
        bare.step()
    assert float(value(with_closure).detach()) < 1e-3
    assert float(value(without).detach()) < 1e-3
    assert bare.param_groups[0]["max_iter"] == 20


# ----------------------------------------------------------------------- schedules
def rates(kind, epochs=10, metric=1.0, **values):
    optimizer = pieces.optimizer(parameters(), "sgd", lr=1.0)
    schedule = pieces.lr_schedule(optimizer, kind, epochs, **values)
    found = [schedule.lr]
    for _ in range(epochs + 2):
        optimizer.step()
        schedule.step(metric)
        found.append(schedule.lr)
    return found


def test_a_fixed_rate_stays():
    assert set(rates("fixed")) == {1.0}


def test_rates_fall_as_their_kind_says():
    assert rates("exponential", gamma=0.5)[:4] == [1.0, 0.5, 0.25, 0.125]
    stepped = rates("step", epochs=9, drops=2, factor=0.1)
    assert [stepped.count(pytest.approx(r)) for r in (1.0, 0.1, 0.01)] == [3, 3, 6]
    cosine = rates("cosine", floor=0.1)
    assert cosine[5] == pytest.approx(0.55)
    assert cosine[10:] == [pytest.approx(0.1)] * 3
    assert rates("plateau", patience=2, factor=0.5)[:6] == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5]


def test_a_warm_up_rises_then_falls():
    found = rates("warmup", warmup=0.3)
    assert found[:4] == [pytest.approx(r) for r in (0.25, 0.5, 0.75, 1.0)]
    assert found[3:11] == sorted(found[3:11], reverse=True)
    one = rates("onecycle", warmup=0.3)
    assert one.index(max(one)) == 3
    assert one[-1] < 1e-3 < one[0] < 0.1


@pytest.mark.parametrize("kind", schedules.KINDS)
def test_all_schedules_are_stepped_alike_also_past_their_end_and_go_on_from_a_state(kind):
    """One `step(value)` after every epoch."""
    optimizer = pieces.optimizer(parameters(), "sgd")
    schedule = pieces.lr_schedule(optimizer, kind, epochs=2)
    for _ in range(5):
        optimizer.step()
        schedule.step(0.5)
    other = pieces.lr_schedule(pieces.optimizer(parameters(), "sgd"), kind, epochs=2)
    other.load_state_dict(schedule.state_dict())
    other.scheduler.optimizer.step()
    other.step(0.5)
    assert schedule.get_last_lr() == [schedule.lr]


def test_a_plateau_without_a_value_says_what_to_write():
    schedule = pieces.lr_schedule(pieces.optimizer(parameters()), "plateau")
    with pytest.raises(HpoError, match=r"schedule\.step\(val_loss\)"):
        schedule.step()


# -------------------------------------------------------------------------- losses
def test_losses_are_those_of_torch():
    scores, right = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    assert pieces.loss()(scores, right) == torch.nn.CrossEntropyLoss()(scores, right)
    assert pieces.loss("hinge", margin=0.5)(scores, right) == 0
    assert pieces.loss("huber", delta=1.0)(torch.tensor([3.0]), torch.tensor([0.0])) == 2.5
    smooth = pieces.loss(label_smoothing=0.2)(scores, right)
    assert smooth > pieces.loss()(scores, right)


# ------------------------------------------------------------------ regularisation
@pytest.mark.filterwarnings("ignore:.*does not use")
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("none", 0.0), ("l1", 0.4), ("l2", 0.1 / 2 * 8), ("elastic_net", 0.4 + 0.4)],
)
def test_penalties_are_of_the_weights_alone(kind, expected):
    model = torch.nn.Linear(1, 2)
    torch.nn.init.constant_(model.weight, 2.0)
    torch.nn.init.constant_(model.bias, 100.0)
    made = pieces.regularization(model, kind, l1=0.1, l2=0.1)
    assert float(made.penalty().detach()) == pytest.approx(expected)


def test_gradients_are_clipped_to_a_norm():
    model = torch.nn.Linear(1, 1, bias=False)
    made = pieces.regularization(model, clip=0.5)
    (model(torch.tensor([[300.0]])) * 10).sum().backward()
    assert made.clip() == pytest.approx(3000.0)
    assert float(model.weight.grad.norm()) == pytest.approx(0.5, rel=1e-3)


def test_training_stops_when_nothing_gets_better():
    made = pieces.regularization(torch.nn.Linear(1, 1), patience=2)
    assert [made.stop(v) for v in (3.0, 2.0, 2.5, 1.0, math.nan, 1.5)] == [False] * 5 + [True]
    upward = pieces.regularization(torch.nn.Linear(1, 1), patience=1, better="higher")
    assert [upward.stop(v) for v in (0.5, 0.6, 0.55)] == [False, False, True]


def test_dropout_pruning_and_quantisation_change_the_model():
    nn = torch.nn
    model = nn.Sequential(nn.Linear(20, 30), nn.Dropout(0.1), nn.ReLU(), nn.Linear(30, 3))
    made = pieces.regularization(model, dropout=0.4)
    assert model[1].p == 0.4
    assert made.prune(0.5) == pytest.approx(0.5, abs=0.01)
    assert isinstance(model[0].weight, nn.Parameter)
    small = made.quantized()
    x = torch.randn(4, 20)
    assert torch.allclose(small(x), model.eval()(x), atol=0.1)
    assert type(small[0]) is not nn.Linear
    assert type(model[0]) is nn.Linear
    with pytest.raises(HpoError, match="from 0 to 1"):
        made.set_dropout(1.5)


# -------------------------------------------------------------------- augmentation
def test_augmented_images_keep_their_shape_and_labels_of_one_pixel_move_a_little():
    torch.manual_seed(0)
    images = torch.zeros(64, 1, 9, 9)
    images[:, :, 4, 2] = 1.0
    made = pieces.augment(flip=0.5, crop=1, rotate=0.0, noise=0.0, normalize=False)(images)
    assert made.shape == images.shape
    found = {tuple(divmod(int(i.argmax()), 9)) for i in made[:, 0]}
    assert found <= {(r, c) for r in (3, 4, 5) for c in (1, 2, 3, 5, 6, 7)}
    assert {c for _, c in found} >= {1, 7}
    assert torch.allclose(made.amax((1, 2, 3)), torch.ones(64), atol=1e-4)


def test_a_turned_image_keeps_its_middle_and_what_is_not_augmented_stays_exactly():
    image = torch.rand(2, 3, 11, 11)
    turned = pieces.augment(flip=0, crop=0, rotate=20.0, noise=0, normalize=False)(image)
    assert torch.allclose(turned[..., 5, 5], image[..., 5, 5], atol=1e-3)
    assert not torch.allclose(turned, image)
    same = pieces.augment(flip=0, crop=0, rotate=0, noise=0, normalize=False)
    assert torch.equal(same(image), image)
    noisy = pieces.augment(normalize=False)
    assert torch.equal(noisy(image, training=False), image)


def test_normalised_images_have_mean_0_and_spread_1():
    image = 5 + 3 * torch.rand(2, 3, 8, 8)
    own = pieces.augment()(image, training=False)
    assert torch.allclose(own.mean((2, 3)), torch.zeros(2, 3), atol=1e-5)
    assert torch.allclose(own.std((2, 3), correction=0), torch.ones(2, 3), atol=1e-4)
    given = pieces.augment(mean=[5, 5, 5], std=2.0)(image, training=False)
    assert torch.allclose(given, (image - 5) / 2)
    flat = pieces.augment()(torch.rand(4, 8, 8))
    assert flat.shape == (4, 8, 8)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (torch.zeros(4), r"the shape \(n, channels, height, width\)"),
        (torch.zeros(1, 3, 4, 4, dtype=torch.uint8), r"x\.float\(\) / 255"),
    ],
)
def test_what_is_no_batch_of_images_is_refused(images, said):
    with pytest.raises(HpoError, match=said):
        pieces.augment()(images)


def test_values_out_of_range_are_refused():
    with pytest.raises(HpoError, match="flip = 2; it lies from 0 to 1"):
        pieces.augment(flip=2)


# ------------------------------------------------------------------ hypergradients
def test_a_rate_that_is_too_small_grows_and_one_too_large_shrinks():
    slow, plain = parameters(), parameters()
    adapting = pieces.hypergradient(pieces.optimizer(slow, "sgd", lr=1e-3, weight_decay=0))
    end = descend(adapting, slow, 150)
    assert adapting.param_groups[0]["lr"] > 5e-3
    assert end < descend(pieces.optimizer(plain, "sgd", lr=1e-3, weight_decay=0), plain, 150) / 2
    high = parameters()
    jumping = pieces.hypergradient(pieces.optimizer(high, "sgd", lr=0.999, weight_decay=0))
    descend(jumping, high, 30)
    assert jumping.param_groups[0]["lr"] < 0.8


def test_adam_adapts_within_its_bounds():
    params = parameters(100.0)
    adam = pieces.hypergradient(pieces.optimizer(params, "adam", lr=1e-3), highest=2e-3)
    descend(adam, params, 80)
    assert adam.param_groups[0]["lr"] == 2e-3


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: pieces.optimizer(p, "lbfgs"), "for LBFGS the learning rate can't be"),
        (lambda p: pieces.optimizer(p, "rmsprop"), "only for SGD, Adam and AdamW"),
        (lambda p: torch.optim.SGD(p, lr=0.1, maximize=True), "maximize=True"),
        (lambda p: pieces.hypergradient(pieces.optimizer(p)), "already"),
    ],
    ids=["lbfgs", "rmsprop", "maximize", "twice"],
)
def test_where_it_is_not_sound_it_is_refused(make, said):
    with pytest.raises(HpoError, match=said):
        pieces.hypergradient(make(parameters()))
