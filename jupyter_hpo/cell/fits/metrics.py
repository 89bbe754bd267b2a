"""One metric, many names: which logged figure is the one that the objective means.

The adapters log under each framework's own keys (`val_accuracy`, `eval_loss`, `validation_0`'s
`logloss`); the cell says `val_acc`, or calls `accuracy_score`. Here both become the same word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

FUNCTIONS: Mapping[str, str] = {
    "accuracy_score": "accuracy",
    "log_loss": "logloss",
    "roc_auc_score": "auc",
    "average_precision_score": "average_precision",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "mean_squared_log_error": "msle",
    "root_mean_squared_log_error": "rmsle",
    "mean_poisson_deviance": "poisson_deviance",
    "r2_score": "r2",
}
"""Functions of sklearn.metrics (and others of that name) -> the metric."""

_SAME: Mapping[str, str] = {
    "acc": "accuracy",
    "binary_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mlogloss": "logloss",
    "binary_logloss": "logloss",
    "multi_logloss": "logloss",
    "cross_entropy": "logloss",
    "binary_crossentropy": "logloss",
    "categorical_crossentropy": "logloss",
    "sparse_categorical_crossentropy": "logloss",
    "merror": "error",
    "binary_error": "error",
    "multi_error": "error",
    "l1": "mae",
    "mean_absolute_error": "mae",
    "l2": "mse",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "mean_absolute_percentage_error": "mape",
    "auroc": "auc",
    "auc_score": "auc",
    "roc_auc": "auc",
    "ppl": "perplexity",
    "f1_score": "f1",
}
"""A key without its split -> the metric."""

_FROM: Mapping[str, tuple[tuple[str, Callable[[float], float]], ...]] = {
    "accuracy": (("error", lambda x: 1.0 - x),),
    "error": (("accuracy", lambda x: 1.0 - x),),
    "mse": (("rmse", lambda x: x * x),),
    "rmse": (("mse", lambda x: x**0.5),),
    "msle": (("rmsle", lambda x: x * x),),
    "rmsle": (("msle", lambda x: x**0.5),),
}
"""A metric that can be had from another one."""

_HELD_OUT = ("val", "valid", "validation", "eval", "dev")
_TRAINING = ("train", "training")


def canonical(name: str) -> tuple[str, str]:
    """(split, metric) of a key or a name: `val_acc`, `eval_accuracy` and `valid accuracy` are
    ("val", "accuracy"). split: 'val', 'train', 'test' or ''."""
    words = [w for w in re.split(r"[^a-z0-9]+", _spaced(name).lower()) if w]
    while len(words) > 1 and words[0] in ("final", "best", "last", "mean"):
        words.pop(0)
    split = ""
    for word in list(words):
        kind = "val" if word in _HELD_OUT else "train" if word in _TRAINING else ""
        kind = "test" if word == "test" else kind
        if kind and (words[0] == word or words[-1] == word):
            split = split or kind
            words.remove(word)
    while len(words) > 1 and words[-1] in ("epoch", "score", "value", "final"):
        words.pop()
    metric = "_".join(words)
    return split, _SAME.get(metric, metric)


def metric_from(logged: Iterable[tuple[str, float]], metric: str) -> float | None:
    """The value of `metric` among figures of one data set, (key, value) each; None when no key
    means it, or several with different values do."""
    by_metric: dict[str, set[float]] = {}
    for key, value in logged:
        by_metric.setdefault(canonical(key)[1], set()).add(float(value))
    for name, change in ((metric, float), *_FROM.get(metric, ())):
        values = by_metric.get(name, set())
        if len(values) == 1:
            return change(next(iter(values)))
        if values:
            return None
    return None


def key_like(name: str, keys: Iterable[str]) -> str | None:
    """The key that means what `name` says, of the same split; None when none or several do.

    `val_acc` finds `val_accuracy` or `eval_accuracy`; a plain `acc` finds no `val_accuracy`.
    """
    every = list(keys)
    if name in every:
        return name
    wanted = canonical(name)
    found = [key for key in every if canonical(key) == wanted]
    return found[0] if len(found) == 1 else None


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
