"""What comes from an installed package or the standard library, and what is the person's own."""

from __future__ import annotations

import os
import sys

INSTALLED = tuple(
    {os.path.dirname(os.__file__) + os.sep, *(p + os.sep for p in sys.path if "-packages" in p)}
)
"""Folders, as their files' names begin."""


def is_installed(name: str) -> bool:
    """Whether a module comes from an installed package or the standard library: importing it
    again elsewhere does the same. Modules of the person's own stay the trial's."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if spec is None or spec.name != name:
        return False
    return spec.origin in ("built-in", "frozen") or str(spec.origin).startswith(INSTALLED)
