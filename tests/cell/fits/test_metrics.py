"""One metric, many names."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell.fits.metrics import canonical, key_like, metric_from


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("val_acc", ("val", "accuracy")),
        ("val_accuracy", ("val", "accuracy")),
        ("eval_accuracy", ("val", "accuracy")),
        ("valid_acc", ("val", "accuracy")),
        ("val_sparse_categorical_accuracy", ("val", "accuracy")),
        ("valLoss", ("val", "loss")),
        ("final_val_loss", ("val", "loss")),
        ("loss", ("", "loss")),
        ("train_loss_epoch", ("train", "loss")),
        ("test_acc", ("test", "accuracy")),
        ("val f1_score", ("val", "f1")),
    ],
)
def test_names_and_keys_become_one_word(name, wanted):
    assert canonical(name) == wanted


@pytest.mark.parametrize(
    ("name", "keys", "wanted"),
    [
        ("val_acc", ["loss", "accuracy", "val_loss", "val_accuracy"], "val_accuracy"),
        ("val_loss", ["train_loss", "eval_loss"], "eval_loss"),
        ("valid_loss", ["val_loss"], "val_loss"),
        ("acc", ["val_accuracy"], None),
        ("test_acc", ["val_accuracy", "accuracy"], None),
        ("val_acc", ["val_accuracy", "val_binary_accuracy"], None),
        ("val_accuracy", ["val_accuracy", "val_binary_accuracy"], "val_accuracy"),
    ],
)
def test_a_name_finds_its_key_or_none(name, keys, wanted):
    assert key_like(name, keys) == wanted


@pytest.mark.parametrize(
    ("figures", "metric", "wanted"),
    [
        ({"error": 0.25}, "accuracy", 0.75),
        ({"merror": 0.25, "mlogloss": 1.0}, "accuracy", 0.75),
        ({"binary_logloss": 0.5}, "logloss", 0.5),
        ({"rmse": 3.0}, "mse", 9.0),
        ({"l2": 9.0}, "rmse", 3.0),
        ({"l1": 2.0}, "mae", 2.0),
        ({"auc": 0.9}, "accuracy", None),
        ({"loss": 0.4}, "logloss", None),
        ({"accuracy": 0.5, "binary_accuracy": 0.6}, "accuracy", None),
    ],
)
def test_a_metric_is_had_from_what_was_measured_or_not(figures, metric, wanted):
    found = metric_from(figures.items(), metric)
    assert found == (None if wanted is None else pytest.approx(wanted))
