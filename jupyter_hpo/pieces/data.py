"""Data cut up: folds, a split in three, sequences of one length."""

from __future__ import annotations

from typing import Any

from ..errors import HpoError
from .needing import known, need, part

KINDS = ("plain", "stratified", "group", "time")


@part("pieces.folds")
def folds(
    X: Any,
    y: Any = None,
    k: int = 5,
    kind: str | None = None,
    *,
    groups: Any = None,
    seed: int | None = 0,
) -> list[tuple[Any, Any]]:
    """For each of k folds the indices to train on and those to validate on (arrays of integers):

        for train_idx, val_idx in pieces.folds(X, y):

    kind: plain (shuffled), stratified (every fold has the shares of the classes in y), group
    (what has one of `groups` stays together), time (in order: trained on the past only). None:
    stratified where y holds classes, else plain. seed: of the shuffling.
    By `sklearn.model_selection`. Raises HpoError for another kind, fewer rows than folds, and
    when scikit-learn is missing.
    """
    selection = need("sklearn.model_selection", "pieces.folds", "scikit-learn")
    rows = len(y) if y is not None else _rows(X)
    if kind is None:
        kind = "group" if groups is not None else "stratified" if _classes(y) else "plain"
    kind = known("pieces.folds", kind, KINDS)
    if not 2 <= k <= rows:
        raise HpoError(f"pieces.folds: k = {k!r}; with {rows} rows it lies from 2 to {rows}.")
    if kind == "stratified" and y is None:
        raise HpoError("pieces.folds: kind 'stratified' needs the classes: folds(X, y).")
    if kind == "group" and groups is None:
        raise HpoError("pieces.folds: kind 'group' needs groups=, one for each row.")
    if kind == "plain":
        splitter = selection.KFold(k, shuffle=True, random_state=seed)
    elif kind == "stratified":
        splitter = selection.StratifiedKFold(k, shuffle=True, random_state=seed)
    elif kind == "group":
        splitter = selection.GroupKFold(k)
    else:
        splitter = selection.TimeSeriesSplit(k)
    return list(splitter.split(_zeros(rows), _plain(y), groups if kind == "group" else None))


@part("pieces.split")
def split(
    X: Any,
    y: Any = None,
    *,
    test: float = 0.2,
    validation: float = 0.2,
    kind: str | None = None,
    seed: int | None = 0,
) -> tuple[Any, Any, Any]:
    """Training, validation and test data that share no row, in that order: each (X, y), or X
    alone where there is no y.

    test, validation: their shares of all rows. kind: plain, stratified or time (in order, the
    test data last); None as in `folds`. seed: of the shuffling. X, y: what can be indexed by an
    array (NumPy, torch), data frames, or lists.
    Raises HpoError for shares that leave nothing to train on, and when scikit-learn is missing.
    """
    if not (test >= 0 and validation >= 0 and test + validation < 1):
        raise HpoError(
            f"pieces.split: test = {test!r} and validation = {validation!r}; each is 0 or more "
            "and together they leave something to train on (less than 1)."
        )
    rows = len(y) if y is not None else _rows(X)
    words = ("plain", "stratified", "time")
    kind = known("pieces.split", kind or ("stratified" if _classes(y) else "plain"), words)
    if kind == "stratified" and y is None:
        raise HpoError("pieces.split: kind 'stratified' needs the classes: split(X, y).")
    parts = _parts(rows, test, validation, kind, y, seed)
    train, val, last = (
        _take(X, part) if y is None else (_take(X, part), _take(y, part)) for part in parts
    )
    return train, val, last


def _parts(
    rows: int, test: float, validation: float, kind: str, y: Any, seed: int | None
) -> tuple[Any, Any, Any]:
    import numpy as np

    selection = need("sklearn.model_selection", "pieces.split", "scikit-learn")
    indices = np.arange(rows)
    n_test, n_val = round(test * rows), round(validation * rows)
    if kind == "time":
        first = rows - n_test - n_val
        return indices[:first], indices[first : first + n_val], indices[first + n_val :]
    classes = np.asarray(_plain(y)) if kind == "stratified" else None

    def cut(these: Any, n: int) -> tuple[Any, Any]:
        if not n:
            return these, these[:0]
        by = None if classes is None else classes[these]
        kept, off = selection.train_test_split(these, test_size=n, random_state=seed, stratify=by)
        return kept, off

    rest, tested = cut(indices, n_test)
    trained, validated = cut(rest, n_val)
    return trained, validated, tested


@part("pieces.truncate")
def truncate(tokens: Any, length: int = 128, side: str = "end") -> Any:
    """Sequences of at most `length` elements: the last dimension of an array or tensor, or each
    list of a list; of anything else, itself. side: where they are cut, at their "end" or "start".

    Raises HpoError for a length below 1 or another side.
    """
    if length < 1:
        raise HpoError(f"pieces.truncate: length = {length!r}; it is at least 1.")
    side = known("pieces.truncate", side, ("end", "start"))
    part = slice(None, length) if side == "end" else slice(-length, None)
    if hasattr(tokens, "shape"):
        return tokens[..., part]
    if tokens and isinstance(tokens[0], list | tuple):
        return [sequence[part] for sequence in tokens]
    return tokens[part]


def _rows(X: Any) -> int:
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)


def _zeros(rows: int) -> Any:
    import numpy as np

    return np.zeros(rows)


def _plain(y: Any) -> Any:
    """Labels as scikit-learn takes them: a tensor's, as an array."""
    return y.detach().cpu().numpy() if hasattr(y, "detach") else y


def _classes(y: Any) -> bool:
    """Whether y holds classes: words, or whole numbers of which each comes often."""
    if y is None:
        return False
    import numpy as np

    values = np.asarray(_plain(y))
    if values.ndim != 1 or values.dtype.kind in "fc":
        return False
    _, counts = np.unique(values, return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= 2 and len(counts) <= max(2, len(values) // 5)


def _take(data: Any, indices: Any) -> Any:
    if hasattr(data, "iloc"):
        return data.iloc[indices]
    if isinstance(data, list | tuple):
        return [data[i] for i in indices]
    return data[indices]
