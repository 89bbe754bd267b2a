"""Figures of how good a model is, whose names the search knows: which way is better.

`val_accuracy = pieces.metrics.accuracy(y_val, model(x_val))` is proposed as an objective that is
maximised, `val_perplexity = ...` as one that is minimised. All take lists, NumPy arrays or
tensors; scores of classes, (n, classes), count as their largest. scikit-learn and sacrebleu do
the work (`pip install scikit-learn sacrebleu`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..errors import HpoError
from .needing import need

__all__ = ["accuracy", "bleu", "f1", "mse", "perplexity", "precision", "recall"]


def accuracy(true: Any, predicted: Any) -> float:
    """The share that is right, from 0 to 1. Higher is better."""
    return float(_sklearn("accuracy").accuracy_score(*_classes(true, predicted)))


def precision(true: Any, predicted: Any, average: str | None = None) -> float:
    """Of what was called a class, the share that is one. Higher is better. average: over the
    classes, as scikit-learn's ("macro", "micro", "weighted"); None: of class 1 where there are
    the classes 0 and 1 alone, else macro. 0 where nothing was called so."""
    return _of_classes("precision_score", true, predicted, average)


def recall(true: Any, predicted: Any, average: str | None = None) -> float:
    """Of a class, the share that was called so. Higher is better. average: see `precision`."""
    return _of_classes("recall_score", true, predicted, average)


def f1(true: Any, predicted: Any, average: str | None = None) -> float:
    """The harmonic mean of precision and recall. Higher is better. average: see `precision`."""
    return _of_classes("f1_score", true, predicted, average)


def mse(true: Any, predicted: Any) -> float:
    """The mean squared error. Lower is better. Raises HpoError for unequal shapes."""
    import numpy as np

    first, second = (np.asarray(_array(values), dtype=float) for values in (true, predicted))
    if first.shape != second.shape:
        # NumPy would compare (n,) with (n, 1) as every one with every other.
        if first.size != second.size:
            raise HpoError(f"metrics.mse: the shapes are {first.shape} and {second.shape}.")
        first, second = first.ravel(), second.ravel()
    return float(np.mean((first - second) ** 2))


def perplexity(loss: Any, targets: Any = None, ignore: int = -100) -> float:
    """How many words a language model hesitates between: e to the mean loss per token. Lower is
    better, 1 is certain. loss: that mean, in nats (what cross-entropy gives); or with targets the
    scores, (..., vocabulary), of which targets (...) are the right ones; those equal to `ignore`
    don't count. Infinite beyond what a float holds."""
    if targets is not None:
        torch = need("torch", "metrics.perplexity", "torch")
        scores = torch.as_tensor(loss).detach().float()
        flat = scores.reshape(-1, scores.shape[-1])
        right = torch.as_tensor(targets).reshape(-1).long().to(flat.device)
        loss = torch.nn.functional.cross_entropy(flat, right, ignore_index=ignore)
    mean = float(_array(loss))
    return math.exp(mean) if mean < 709 else math.inf if mean == mean else math.nan


def bleu(
    predicted: Sequence[str], references: Sequence[str] | Sequence[Sequence[str]], **options: Any
) -> float:
    """BLEU of a whole corpus by sacrebleu, from 0 to 100. Higher is better. references: one text
    for each predicted one, or several. options: sacrebleu's (`tokenize=`, `lowercase=`).
    Raises HpoError for unequal numbers of texts, and when sacrebleu is missing."""
    sacrebleu = need("sacrebleu", "metrics.bleu", "sacrebleu")
    if len(predicted) != len(references):
        raise HpoError(
            f"metrics.bleu: {len(predicted)} predicted texts, {len(references)} references. "
            "Give one reference, or one list of them, for each."
        )
    each = [[r] if isinstance(r, str) else list(r) for r in references]
    most = max(map(len, each), default=0)
    columns = [[r[i] if i < len(r) else None for r in each] for i in range(most)]
    return float(sacrebleu.corpus_bleu(list(predicted), columns, **options).score)


def _sklearn(part: str) -> Any:
    return need("sklearn.metrics", f"metrics.{part}", "scikit-learn")


def _of_classes(function: str, true: Any, predicted: Any, average: str | None) -> float:
    metrics = _sklearn(function.removesuffix("_score"))
    first, second = _classes(true, predicted)
    if average is None:
        average = "binary" if {*first.tolist(), *second.tolist()} <= {0, 1} else "macro"
    return float(getattr(metrics, function)(first, second, average=average, zero_division=0))


def _classes(true: Any, predicted: Any) -> tuple[Any, Any]:
    import numpy as np

    first, second = (np.asarray(_array(values)) for values in (true, predicted))
    if second.ndim == 2 and first.ndim == 1:
        second = second.argmax(1) if second.shape[1] > 1 else second[:, 0]
    if first.shape != second.shape:
        raise HpoError(
            f"the shapes are {first.shape} and {second.shape}: give one class for each row, or "
            "the predicted scores of all classes, (n, classes)."
        )
    return first, second


def _array(values: Any) -> Any:
    return values.detach().cpu().numpy() if hasattr(values, "detach") else values
