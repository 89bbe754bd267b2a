"""Which way is better, from the words of a name or of a printed text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...study.objective import Direction

_MINIMIZE = """
    loss error err mse rmse mae mape smape wape mase rmsle msle medae logloss nll bce ce mlogloss
    perplexity ppl wer cer fid crps brier inertia regret cost divergence kl kld residual residuals
    deviance eer huber hinge logcosh rse eloss vloss tloss wrmse rmspe rse lpips bouldin
"""
_MAXIMIZE = """
    acc accuracy f1 f2 auc auroc auprc aupr prauc rocauc ap map precision recall bleu rouge rougel
    meteor cider r2 score iou miou dice psnr ssim mcc ndcg mrr reward rewards return fitness
    silhouette harabasz elbo likelihood loglikelihood kappa qwk jaccard ari nmi ami spearman
    pearson corr correlation specificity sensitivity gini vacc
"""
DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys(_MINIMIZE.split(), "minimize"),
    **dict.fromkeys(_MAXIMIZE.split(), "maximize"),
}
"""The last word of a metric's name, and which way is better."""

SPLIT = ("val", "valid", "validation", "dev", "cv", "eval", "oof", "oob", "holdout")
HELD_OUT = ("test",)
_SUFFIXES = {"score", "mean", "avg", "value", "epoch", "macro", "micro", "weighted", "percent"}
_SUFFIXES |= {"pct", "percentage", "rate", "final", "average", "overall", "now", "new", "current"}
TRAIN = ("train", "training", "running", "batch", "epoch", "step", "best", "total", "prev", "last")
_NEGATIVE = ("neg", "negative")
_PLURALS = {"losses": "loss", "accs": "acc", "accuracies": "accuracy", "errs": "err"}


def words_of(name: str) -> list[str]:
    """`valLoss`, `val_loss`, `Val loss:` -> ["val", "loss"]."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return [word for word in re.split(r"[\W_]+", spaced.lower()) if word]


def direction_of(name: str) -> Direction | None:
    """Which way is better for a name like `val_loss`; None when nobody can tell."""
    words = words_of(name)
    core = list(words)
    while len(core) > 1 and core[-1] in _SUFFIXES:
        core.pop()
    for last in [*core[-1:], *words[-1:]]:
        found = DIRECTIONS.get(last) or DIRECTIONS.get(last.rstrip("0123456789"))
        if found is not None:
            return _turned(found, words)
    return None


def direction_of_list(name: str) -> Direction | None:
    """Which way is better for what is in a list with this name (`val_losses`, `acc_history`)."""
    words = [w for w in words_of(name) if w not in ("history", "hist", "list", "log", "curve")]
    if words:
        last = words[-1]
        singular = _PLURALS.get(last) or (last[:-1] if last.endswith("s") else last)
        words[-1] = last if last in DIRECTIONS else singular
    return direction_of("_".join(words)) if words else None


def direction_of_text(text: str) -> Direction | None:
    """Which way is better for the number beside a printed text: its last metric's word."""
    words = words_of(re.sub(r"\b([rR])(?:\^2|²|\*\*2)", r"\g<1>2", text))
    for word in reversed(words):
        found = DIRECTIONS.get(_PLURALS.get(word, word)) or DIRECTIONS.get(
            word.rstrip("0123456789")
        )
        if found is not None and word != "map":
            return _turned(found, words)
    return None


def rank_of(name: str) -> int:
    """0 for validation figures, 1 for plain ones, 3 for a test set, 4 and 5 in training."""
    words: Sequence[str] = words_of(name)
    if any(word in TRAIN for word in words):
        return 4 if any(word in SPLIT for word in words) else 5
    if any(word in SPLIT or word.rstrip("0123456789") in SPLIT for word in words):
        return 0
    return 3 if any(word in HELD_OUT for word in words) else 1


def is_test(source: str) -> bool:
    """Whether a name or expression says that it looks at a test set."""
    return any(
        word in HELD_OUT for name in re.findall(r"[^\W\d]\w*", source) for word in words_of(name)
    )


def _turned(direction: Direction, words: Sequence[str]) -> Direction:
    """A negated error (`neg_mean_squared_error`) is better when larger, a negated score smaller."""
    if not any(word in _NEGATIVE for word in words):
        return direction
    return "maximize" if direction == "minimize" else "minimize"
