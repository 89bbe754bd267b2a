"""Ready parts of a training cell, over the libraries that do the work.

    from jupyter_hpo import pieces

    optimizer = pieces.optimizer(model.parameters())
    schedule = pieces.lr_schedule(optimizer, epochs=20)

Each works anywhere with its defaults. Under `%%hpo` its hyperparameters are offered as if they
stood in the code, each for the kinds that use it. torch, scikit-learn and sacrebleu are imported
when a part needs them.

optimizers      SGD, momentum, Nesterov, AdaGrad, RMSprop, Adam, AdamW, L-BFGS
schedules       of the learning rate: fixed, exponential, step, cosine, plateau, warm-up, one cycle
losses          cross-entropy, hinge, MSE, Huber
regularizing    penalties, clipping, early stopping, dropout, pruning, quantisation
augmenting      images flipped, shifted, turned, with noise, normalised
data            folds, a split in three, truncated sequences
metrics         accuracy, precision, recall, F1, MSE, perplexity, BLEU
hypergradients  a learning rate that follows its own gradient
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import metrics
    from .augmenting import augment
    from .data import folds, split, truncate
    from .hypergradients import hypergradient
    from .losses import loss
    from .optimizers import optimizer
    from .regularizing import regularization
    from .schedules import lr_schedule

_HOMES = {
    "augment": "augmenting",
    "folds": "data",
    "hypergradient": "hypergradients",
    "loss": "losses",
    "lr_schedule": "schedules",
    "optimizer": "optimizers",
    "regularization": "regularizing",
    "split": "data",
    "truncate": "data",
}

__all__ = [
    "augment",
    "folds",
    "hypergradient",
    "loss",
    "lr_schedule",
    "metrics",
    "optimizer",
    "regularization",
    "split",
    "truncate",
]


def __getattr__(name: str) -> Any:
    if name == "metrics":
        return import_module(".metrics", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
