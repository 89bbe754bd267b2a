"""What the front end at hand can't do, said to the person where it can be known."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

COLAB = (
    "In Colab the buttons answer only when no cell runs: ■ beside the cell stops the study, and "
    "with --background they work all the time."
)


def limits(*, background: bool, modules: Mapping[str, object] = sys.modules) -> list[str]:
    """Sentences on what will not work here, none where all does. background: the study's cell
    returns at once.

    Colab handles widget messages in the kernel's main thread only, and has no control channel
    for them.
    """
    return [COLAB] if "google.colab" in modules and not background else []


def a_person_can_answer(kernel: Any | None) -> bool:
    """Whether somebody may look at what the running cell shows. kernel: as `current_kernel`.

    JupyterLab, Notebook 7, VS Code and Colab allow a cell to ask for input; nbclient, and so
    papermill and `jupyter execute`, does not. A request that says nothing gets the benefit.
    """
    if kernel is None:
        return False
    parent = kernel.get_parent() if hasattr(kernel, "get_parent") else None
    return bool((parent or {}).get("content", {}).get("allow_stdin", True))
