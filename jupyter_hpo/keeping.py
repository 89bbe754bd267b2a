"""Which objects of earlier cells come back with the best trial, when the person didn't say.

What the cell assigns comes back anyway. Of what it only used, models and what belongs to
them (optimisers, schedules) were probably trained in place and come back too; data doesn't:
it is large, and the notebook has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .cell import CapturedCell

SMALL = 1000
"""Items of a list or dict that may be the record of a training rather than data."""

LEARNS = ("fit", "partial_fit", "state_dict", "set_weights", "update")


def worth_keeping(cell: CapturedCell, namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `cell.keep` without those that only hold data."""
    return tuple(
        name
        for name in cell.keep
        if name in cell.assigned or (name in namespace and may_be_trained(namespace[name]))
    )


def may_be_trained(value: Any) -> bool:
    """Whether a training cell may have changed it for later cells to see."""
    if isinstance(value, list | dict | set):
        return len(value) < SMALL
    if hasattr(value, "__array__") or isinstance(value, type):
        return False
    if type(value).__module__ in ("__main__", "types"):  # the person's own, a SimpleNamespace
        return True
    return any(hasattr(value, attribute) for attribute in LEARNS)
