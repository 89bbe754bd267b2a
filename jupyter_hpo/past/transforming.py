"""From a cell as typed to plain Python: IPython's transforms, and the pieces written out."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

from ..cell.written_out import HOME, written_out


class Transform:
    """Of one shell. Main thread, as IPython's."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def __call__(self, text: str) -> str:
        """Raises SyntaxError where IPython does."""
        python: str = self._shell.input_transformer_manager.transform_cell(text)
        return written_out(python, pieces_in(self._shell.user_ns))


def pieces_in(namespace: dict[str, Any]) -> dict[str, str]:
    """The names of a notebook that lead to pieces, and to which."""
    if HOME not in sys.modules:
        return {}
    found = {}
    for name, value in list(namespace.items()):
        if isinstance(value, ModuleType) and value.__name__ in (HOME, "jupyter_hpo"):
            found[name] = value.__name__
        elif isinstance(value, FunctionType) and str(value.__module__).startswith(HOME):
            found[name] = f"{HOME}.{value.__name__}"
    return found


_transforms: dict[Any, Transform] = {}  # a process has one shell


def transform_for(shell: Any) -> Transform:
    """The same for one shell every time: what was read by it is remembered."""
    if shell not in _transforms:
        _transforms[shell] = Transform(shell)
    return _transforms[shell]
