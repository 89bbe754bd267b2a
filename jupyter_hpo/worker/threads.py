"""How many threads the numeric libraries of a process use."""

from __future__ import annotations

import os
import sys
from typing import Any

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""Environment variables that libraries read when they are loaded."""


def use_threads(threads: int, *, anew: bool = False) -> None:
    """Let the numeric libraries use this many threads, loaded already or not. anew: they may
    have been told of more."""
    for name in THREAD_VARIABLES:
        os.environ[name] = str(threads)
    torch: Any = sys.modules.get("torch")
    if (anew or threads > 1) and hasattr(torch, "set_num_threads"):
        torch.set_num_threads(threads)
    if (anew or threads > 1) and "threadpoolctl" in sys.modules:
        sys.modules["threadpoolctl"].threadpool_limits(threads)
