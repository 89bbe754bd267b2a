"""Losses of torch behind one call."""

from __future__ import annotations

from typing import Any

from .needing import known, torch_for

KINDS = ("cross_entropy", "hinge", "mse", "huber")


def loss(
    kind: str = "cross_entropy",
    *,
    label_smoothing: float = 0.0,
    margin: float = 1.0,
    delta: float = 1.0,
    **options: Any,
) -> Any:
    """A `torch.nn` loss: called with what the model gives and what it should.

    kind: for classes cross_entropy (with label_smoothing) or hinge (multi-class, with margin),
    which take (n, classes) and (n,); for numbers mse or huber (squared up to delta, absolute
    beyond), which take two of one shape. options: passed on to torch (`weight=`, `reduction=`).

    Values of different losses can't be compared, nor those of one with another smoothing, margin
    or delta: with any of them tuned, let the objective be something else (the accuracy).

    Raises HpoError for another kind, and when torch is missing.
    """
    kind = known("pieces.loss", kind, KINDS)
    nn = torch_for("pieces.loss").nn
    if kind == "cross_entropy":
        return nn.CrossEntropyLoss(label_smoothing=label_smoothing, **options)
    if kind == "hinge":
        return nn.MultiMarginLoss(margin=margin, **options)
    if kind == "mse":
        return nn.MSELoss(**options)
    return nn.HuberLoss(delta=delta, **options)
