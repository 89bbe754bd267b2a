"""The past of the session: what was executed before the training cell, and what it left.

`records` writes executions down as they happen, `reading` makes plain Python of them,
`transforming` says what a cell as typed is in Python, `arranging` which stand for the notebook's
cells, `saved` looks into the notebook's file, `session` puts it together as `Past`; `known` tells
what the live objects are. `%load_ext` needs `session` alone, so all else is imported when it is
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .known import data_rows, known_objects
    from .session import SessionHistory, history_of
    from .transforming import transform_for

_HOMES = {
    "SessionHistory": ".session",
    "data_rows": ".known",
    "history_of": ".session",
    "known_objects": ".known",
    "transform_for": ".transforming",
}

__all__ = ["SessionHistory", "data_rows", "history_of", "known_objects", "transform_for"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
