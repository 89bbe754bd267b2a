"""The rows of a round, and its seeds: what makes one fold or repeat of a trial another.

Everything follows from the round's number and the study's seed, so round r is the same rows and
the same seeds in every trial. scikit-learn splits; it is imported in the worker, when asked.
"""

from __future__ import annotations

import functools
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from ..cell.captured import CellProgram
from ..cell.folds import GROUPS

LABELS = ("targets", "labels", "y")
"""Attributes under which a data set keeps its classes."""

FEW = 20
"""Floats with more values than this are no classes."""


class FoldError(ValueError):
    """The data can't be split; the message is a sentence for the person."""


def seed_of(seed: int | None, repeat: int) -> int | None:
    """With which a repeat begins; None: as the notebook stood."""
    return seed if repeat == 0 else ((seed or 0) + repeat) % 2**32


def fold_of(
    program: CellProgram, round_: int, seed: int | None, namespace: Mapping[str, Any]
) -> Callable[..., tuple[Any, Any]]:
    """What the bound cell calls with its data (and its classes) for the numbers of the rows that
    this round trains on and scores on: two arrays of integers."""
    rounds = program.rounds
    fold, chance = rounds.fold_of(round_), (seed or 0) + rounds.repeat_of(round_)

    def rows(data: Any, labels: Any = None) -> tuple[Any, Any]:
        labels = _labels_of(data) if labels is None else labels
        length = _length(data)
        if program.splitter:
            pairs = _by(namespace, program.splitter, data, length, labels, chance)
        else:
            pairs = _k_fold(rounds.folds, length, labels, chance)
        if fold >= len(pairs):
            raise FoldError(
                f"--folds {program.splitter}: it splits the data {len(pairs)} times, not "
                f"{rounds.folds} times."
            )
        train, validation = pairs[fold]
        return train, validation

    return rows


def _k_fold(folds: int, length: int, labels: Any, chance: int) -> list[tuple[Any, Any]]:
    from sklearn.model_selection import KFold, StratifiedKFold

    if length < folds:
        raise FoldError(f"--folds {folds}: the data has {length} rows, fewer than folds.")
    kind = StratifiedKFold if _classes(labels, length, folds) else KFold
    splitter = kind(folds, shuffle=True, random_state=chance % 2**32)
    return list(splitter.split(range(length), _array(labels) if labels is not None else None))


def _by(
    namespace: Mapping[str, Any], name: str, data: Any, length: int, labels: Any, chance: int
) -> list[tuple[Any, Any]]:
    import numpy

    splitter = namespace[name]
    if not hasattr(splitter, "split"):
        return list(splitter)
    given = {} if labels is None else {"y": _array(labels)}
    if GROUPS in namespace:
        given[GROUPS] = _array(namespace[GROUPS])
    before = numpy.random.get_state()
    numpy.random.seed(chance % 2**32)  # of a splitter that shuffles without a seed of its own
    try:
        return list(splitter.split(numpy.zeros(length), **given))
    except TypeError:
        return list(splitter.split(range(length)))
    finally:
        numpy.random.set_state(before)


def _classes(labels: Any, length: int, folds: int) -> bool:
    """Whether labels are classes, each with a row for every fold."""
    import numpy

    if labels is None:
        return False
    found = _array(labels)
    if found.ndim != 1 or len(found) != length:
        return False
    values, counts = numpy.unique(found, return_counts=True)
    if found.dtype.kind == "f" and (len(values) > FEW or (values % 1).any()):
        return False
    return len(values) > 1 and int(counts.min()) >= folds


def _array(values: Any) -> Any:
    import numpy

    values = values.detach().cpu() if hasattr(values, "detach") else values
    found = numpy.asarray(values)
    return found.astype(str) if found.dtype.kind == "O" else found


def _labels_of(data: Any) -> Any:
    found = (getattr(data, name, None) for name in LABELS)
    return next((labels for labels in found if hasattr(labels, "__len__")), None)


def _length(data: Any) -> int:
    shape = getattr(data, "shape", None)
    return int(shape[0]) if shape is not None and len(shape) else len(data)


# ---------------------------------------------------------------------------- repeats
@contextmanager
def seeds_moved(by: int) -> Iterator[None]:
    """While it lasts, the seeds that the cell itself sets are higher by so many: else its
    `torch.manual_seed(0)` would make every repeat the same."""
    with ExitStack() as stack:
        if by:
            for owner, name in _seeders():
                stack.enter_context(_moved(owner, name, by))
        yield


def _seeders() -> Iterator[tuple[Any, str]]:
    yield random, "seed"
    numpy: Any = getattr(sys.modules.get("numpy"), "random", None)
    if numpy is not None:
        yield numpy, "seed"
        yield numpy, "default_rng"
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "manual_seed"):
        yield torch, "manual_seed"
    tensorflow: Any = sys.modules.get("tensorflow")
    if hasattr(getattr(tensorflow, "random", None), "set_seed"):
        yield tensorflow.random, "set_seed"


@contextmanager
def _moved(owner: Any, name: str, by: int) -> Iterator[None]:
    original = getattr(owner, name)

    @functools.wraps(original)
    def seed(*args: Any, **options: Any) -> Any:
        args = tuple(_higher(value, by) for value in args)
        return original(*args, **{key: _higher(value, by) for key, value in options.items()})

    setattr(owner, name, seed)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _higher(value: Any, by: int) -> Any:
    return value + by if isinstance(value, int) and not isinstance(value, bool) else value
