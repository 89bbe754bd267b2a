"""The random states of Python, NumPy and torch: carried, set, seeded."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RandomState:
    """numpy, torch: None when the library was not loaded where the state was taken."""

    python: tuple[Any, ...]
    numpy: tuple[Any, ...] | None = None
    torch: Any = None


def capture() -> RandomState:
    """The states as they are now in this process."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    return RandomState(
        random.getstate(),
        numpy.random.get_state() if hasattr(numpy, "random") else None,
        torch.get_rng_state() if hasattr(torch, "get_rng_state") else None,
    )


def restore(state: RandomState) -> None:
    """Set what the state holds. (Python reseeds itself after a fork, so this comes later.)"""
    random.setstate(state.python)
    if state.numpy is not None:
        import numpy

        numpy.random.set_state(state.numpy)
    if state.torch is not None:
        import torch

        torch.set_rng_state(state.torch)


def seed_all(seed: int) -> None:
    """Seed Python, and NumPy and torch where they are loaded."""
    random.seed(seed)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if hasattr(numpy, "random"):
        numpy.random.seed(seed % 2**32)
    if hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
