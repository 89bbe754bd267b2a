"""Losses of torch behind one call."""

from __future__ import annotations

from inspect import signature
from typing import Any

from .needing import known, part, torch_for, unknown

KINDS = ("cross_entropy", "hinge", "mse", "huber")


_COUNTS = {"label_smoothing": {"cross_entropy"}, "margin": {"hinge"}, "delta": {"huber"}}


@part("pieces.loss", _COUNTS)
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
    made, own = {
        "cross_entropy": (nn.CrossEntropyLoss, {"label_smoothing": label_smoothing}),
        "hinge": (nn.MultiMarginLoss, {"margin": margin}),
        "mse": (nn.MSELoss, {}),
        "huber": (nn.HuberLoss, {"delta": delta}),
    }[kind]
    taken = [*_COUNTS, *list(signature(made.__init__).parameters)[1:]]
    for option in options:
        if option not in taken:
            raise unknown("pieces.loss", option, dict.fromkeys(["kind", *taken]))
    return made(**own, **options)
