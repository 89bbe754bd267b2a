"""How much the objects of a notebook hold, for a person: an estimate that copies nothing."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

ITEMS = 1000
"""Of a longer list or dict so many items are looked at, and the rest taken to be alike."""

DEPTH = 6


_CODE = type | types.ModuleType | types.FunctionType | types.MethodType | types.BuiltinFunctionType


def sizes_of(names: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, int]:
    """Bytes behind each name, the largest first; what two names share counts for both."""
    found = {name: size_of(namespace[name]) for name in names if name in namespace}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def size_of(value: Any) -> int:
    """Bytes of a value: arrays, tensors and frames by what they say, containers and objects by
    what they hold; modules, functions and classes count as nothing."""
    return _size(value, set(), DEPTH)


def _size(value: Any, seen: set[int], depth: int) -> int:
    if id(value) in seen or depth < 0:
        return 0
    seen.add(id(value))
    told = _told(value)
    if told is not None:
        return told
    if isinstance(value, _CODE):
        return 0
    if isinstance(value, Mapping):
        parts = [part for pair in list(value.items())[:ITEMS] for part in pair]
        return _many(parts, len(value), len(parts) // 2, seen, depth)
    if isinstance(value, list | tuple | set | frozenset):
        parts = list(value)[:ITEMS] if not isinstance(value, list) else value[:ITEMS]
        return _many(parts, len(value), len(parts), seen, depth)
    own = sys.getsizeof(value, 0)
    held = getattr(value, "__dict__", None)
    return own + (_size(held, seen, depth - 1) if isinstance(held, dict) else 0)


def _many(parts: list[Any], length: int, looked_at: int, seen: set[int], depth: int) -> int:
    total = sum(_size(part, seen, depth - 1) for part in parts)
    return 8 * length + (total * length // looked_at if looked_at else 0)


def _told(value: Any) -> int | None:
    """What the value itself says: `nbytes`, `memory_usage`."""
    try:
        if hasattr(value, "memory_usage") and hasattr(value, "index"):  # a frame or a series
            usage = value.memory_usage()
            return int(usage.sum()) if hasattr(usage, "sum") else int(usage)
        nbytes = getattr(value, "nbytes", None)
        return int(nbytes) if isinstance(nbytes, int) else None
    except Exception:  # an odd object: an estimate is not worth an error
        return None
