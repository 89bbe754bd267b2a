"""The notebook's file, where it can be found: the order of the cells, and what was edited.

The kernel doesn't see the editor. Jupyter servers name the file in the kernel's environment,
VS Code in its namespace. Nothing here raises: a file that is missing, huge or odd says nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BYTES = 32 << 20
"""A larger file is not read: its outputs make it so, and it would take seconds."""


@dataclass(frozen=True)
class SavedNotebook:
    """cells: id -> source, in the notebook's order. saved: when, seconds since 1970."""

    cells: Mapping[str, str]
    saved: float

    def around(self, cell_id: str | None) -> tuple[frozenset[str], frozenset[str]]:
        """Ids of the cells above and below a cell; nothing when it isn't there."""
        ids = list(self.cells)
        if cell_id is None or cell_id not in self.cells:
            return frozenset(), frozenset()
        at = ids.index(cell_id)
        return frozenset(ids[:at]), frozenset(ids[at + 1 :])

    def edited(self, cell_id: str | None, raw: str, ended: float | None) -> bool:
        """Whether a cell stands there with other code than was executed, and was saved since."""
        if cell_id is None or ended is None or cell_id not in self.cells:
            return False
        return self.saved > ended and _bare(self.cells[cell_id]) != _bare(raw)


def notebook_path(namespace: Mapping[str, Any]) -> Path | None:
    """Where the notebook of this kernel is saved, None when nobody says so."""
    for named in (namespace.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(named, str) and named.endswith(".ipynb"):
            return Path(named)
    return None


def read_notebook(path: Path | None) -> SavedNotebook | None:
    """The code cells that have ids; None when there is nothing to be read."""
    if path is None:
        return None
    try:
        about = path.stat()
        if about.st_size > BYTES:
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    listed = content.get("cells") if isinstance(content, dict) else None
    found = {}
    for cell in listed if isinstance(listed, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source, name = _text(cell.get("source")), cell.get("id")
            if isinstance(name, str) and source is not None:
                found[name] = source
    return SavedNotebook(found, about.st_mtime)


def _text(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _bare(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip("\n").splitlines())
