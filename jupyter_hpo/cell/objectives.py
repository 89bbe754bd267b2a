"""Names whose direction is known, and the objective proposed from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..errors import Problem
from ..study.objective import Direction, Objective
from .captured import CapturedCell
from .names import use_of_names
from .source import parsed

DIRECTIONS: dict[str, Direction] = {
    "loss": "minimize",
    "error": "minimize",
    "err": "minimize",
    "mse": "minimize",
    "rmse": "minimize",
    "mae": "minimize",
    "mape": "minimize",
    "rmsle": "minimize",
    "logloss": "minimize",
    "nll": "minimize",
    "bce": "minimize",
    "perplexity": "minimize",
    "ppl": "minimize",
    "wer": "minimize",
    "cer": "minimize",
    "fid": "minimize",
    "acc": "maximize",
    "accuracy": "maximize",
    "f1": "maximize",
    "auc": "maximize",
    "auroc": "maximize",
    "ap": "maximize",
    "map": "maximize",
    "precision": "maximize",
    "recall": "maximize",
    "bleu": "maximize",
    "rouge": "maximize",
    "r2": "maximize",
    "score": "maximize",
    "iou": "maximize",
    "miou": "maximize",
    "dice": "maximize",
    "psnr": "maximize",
    "ssim": "maximize",
    "mcc": "maximize",
    "ndcg": "maximize",
    "reward": "maximize",
}
"""The last word of a metric's name, and which way is better."""

_SPLIT = ("val", "valid", "validation", "dev", "cv", "eval", "oof", "holdout")
_HELD_OUT = ("test",)
_SUFFIXES = {"score", "mean", "avg", "value", "epoch", "macro", "micro", "weighted"}
_TRAIN = ("train", "training", "running", "batch", "epoch", "step", "best", "total", "prev", "last")


def direction_of(name: str) -> Direction | None:
    """Which way is better for a name like `val_loss`; None when nobody can tell."""
    words = _words(name)
    core = list(words)
    while len(core) > 1 and core[-1] in _SUFFIXES:
        core.pop()
    for last in [*core[-1:], *words[-1:]]:
        if last in DIRECTIONS:
            return DIRECTIONS[last]
    return None


def is_test(source: str) -> bool:
    """Whether a name or expression says that it looks at a test set."""
    return any(
        word in _HELD_OUT for name in re.findall(r"[^\W\d]\w*", source) for word in _words(name)
    )


def candidates(cell: CapturedCell) -> tuple[Objective, ...]:
    """Every name of a cell whose direction is known, the likeliest first (for the editor)."""
    if any(problem.code == "syntax" for problem in cell.problems):
        return ()
    found = [
        (_rank(name), Objective(name, direction))
        for name in use_of_names(parsed(cell.source)).variables
        if (direction := direction_of(name)) is not None
    ]
    return tuple(objective for _, objective in sorted(found, key=lambda pair: pair[0]))


def propose_objective(names: Iterable[str]) -> tuple[tuple[Objective, ...], Problem | None]:
    """One objective from the names a cell assigns; validation first, then plain names, a
    test set next, training figures last. When several fit alike, a Problem that lists them."""
    ranked: dict[int, list[tuple[str, Direction]]] = {}
    for name in names:
        direction = direction_of(name)
        if direction is not None and not name.startswith("_"):
            ranked.setdefault(_rank(name), []).append((name, direction))
    if not ranked:
        return (), Problem(
            "no_objective",
            "no objective is named, and no name of the cell says which way is better.",
            "Write --minimize NAME or --maximize NAME after %%hpo.",
        )
    best = ranked[min(ranked)]
    if len(best) > 1:
        ways = " or ".join(f"--{direction} {name}" for name, direction in best)
        return (), Problem(
            "which_objective",
            f"several names could be the objective: {', '.join(name for name, _ in best)}.",
            f"Say which: {ways}.",
        )
    return (Objective(*best[0]),), None


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in spaced.lower().split("_") if word]


def _rank(name: str) -> int:
    words: Sequence[str] = _words(name)
    if any(word in _TRAIN for word in words):
        return 4 if any(word in _SPLIT for word in words) else 5
    if any(word in _SPLIT for word in words):
        return 0
    return 3 if any(word in _HELD_OUT for word in words) else 1
