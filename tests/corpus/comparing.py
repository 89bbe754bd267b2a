"""Whether two runs of a cell left the same: values, models' weights, prints."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

OWN_OF_THE_SHELL = {"In", "Out", "get_ipython", "exit", "quit", "open", "sys"}
TIMES = re.compile(
    r"('?\w*(?:runtime|per_second|_time)'?:\s*'?[\d.e+-]+'?)|(\d[\d.]*\s*(?:s|ms|µs|us|sec|secs"
    r"|seconds|ms/step|s/step|it/s)\b)|(\d\d:\d\d(:\d\d)?)|( at 0x[0-9a-f]+)"
)
CLOCK = re.compile(r"runtime|per_second|time|^dur$")
PLAIN = (int, float, complex, str, bytes, bool, type(None))


def differences(
    one: Mapping[str, Any], other: Mapping[str, Any], clock: Collection[str] = ()
) -> list[str]:
    """Names that two namespaces don't share or that hold different things, sorted; those that
    hold times (clock) need only be there."""
    names = {n for n in {*one, *other} if not n.startswith("_")} - OWN_OF_THE_SHELL
    names -= {n for n in clock if n in one and n in other}
    return sorted(n for n in names if n not in one or n not in other or not same(one[n], other[n]))


def same(one: Any, other: Any) -> bool:
    """Equal as far as can be seen: numbers, arrays, tensors and frames by value, containers by
    what they hold, models by their weights, own objects by their attributes, the rest by
    type. No number is rounded."""
    return _same(one, other, set())


def _same(one: Any, other: Any, seen: set[int]) -> bool:
    if isinstance(one, ModuleType | type):
        return one is other or getattr(one, "__name__", 1) == getattr(other, "__name__", 2)
    if type(one).__name__ != type(other).__name__:
        return False
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, PLAIN):
        return bool(one == other)
    if id(one) in seen:
        return True
    seen.add(id(one))
    if isinstance(one, Mapping):
        if list(map(str, one)) != list(map(str, other)):
            return False
        return all(_same(one[k], other[k], seen) for k in one if not CLOCK.search(str(k)))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(
            _same(a, b, seen) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, set | frozenset | range | slice):
        return bool(one == other)
    for look in (_frame, _weights, _booster, _array, _attributes):
        found = look(one, other, seen)
        if found is not None:
            return found
    return True


def _frame(one: Any, other: Any, seen: set[int]) -> bool | None:
    if type(one).__module__.startswith("pandas") and hasattr(one, "equals"):
        return bool(one.equals(other))
    return None


def _weights(one: Any, other: Any, seen: set[int]) -> bool | None:
    if hasattr(one, "get_weights") and hasattr(one, "compile"):
        return _same(one.get_weights(), other.get_weights(), seen)
    if callable(getattr(one, "state_dict", None)) and callable(getattr(one, "parameters", None)):
        if not hasattr(one, "named_parameters"):
            return None
        return _same(dict(one.state_dict()), dict(other.state_dict()), seen)
    if callable(getattr(one, "state_dict", None)) and hasattr(one, "param_groups"):
        return _same(one.state_dict(), other.state_dict(), seen)
    return None


def _booster(one: Any, other: Any, seen: set[int]) -> bool | None:
    if hasattr(one, "model_to_string"):
        return bool(one.model_to_string() == other.model_to_string())
    if hasattr(one, "save_raw"):
        return bool(one.save_raw() == other.save_raw())
    return None


def _array(one: Any, other: Any, seen: set[int]) -> bool | None:
    if not (hasattr(one, "dtype") and hasattr(one, "shape")):
        return None
    if type(one).__name__ == "KerasTensor":  # a place in a graph, which holds no numbers
        return bool(one.shape == other.shape and one.dtype == other.dtype)
    import numpy as np

    values = []
    for array in (one, other):
        array = array.detach() if hasattr(array, "detach") else array
        values.append(np.asarray(array))
    first, second = values
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype == object:
        return all(_same(a, b, seen) for a, b in zip(first.flat, second.flat, strict=True))
    return first.tobytes() == second.tobytes() or bool(np.array_equal(first, second))


def _attributes(one: Any, other: Any, seen: set[int]) -> bool | None:
    """Of estimators and of objects of classes that the notebook defines."""
    fitted = hasattr(one, "get_params") and hasattr(one, "fit")
    if not (fitted or type(one).__module__ == "__main__"):
        return None
    mine, theirs = ({k: v for k, v in vars(o).items() if not callable(v)} for o in (one, other))
    return _same(mine, theirs, seen)


def without_times(text: str) -> str:
    """Printed text, what a clock may have written masked."""
    return TIMES.sub("<time>", text)
