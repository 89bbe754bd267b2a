"""The random states of Python, NumPy and torch: carried, set, seeded."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RandomState:
    """numpy, torch: None when the library was not loaded where the state was taken. Plain
    values only, so that reading them imports neither."""

    python: tuple[Any, ...]
    numpy: tuple[str, bytes, int, int, float] | None = None
    torch: bytes | None = None


def capture() -> RandomState:
    """The states as they are now in this process."""
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    numpy_state = torch_state = None
    if hasattr(numpy, "random"):
        name, key, *rest = numpy.random.get_state()
        numpy_state = (name, key.tobytes(), *rest)
    if hasattr(torch, "get_rng_state"):
        torch_state = bytes(torch.get_rng_state().numpy())
    return RandomState(random.getstate(), numpy_state, torch_state)


def restore(state: RandomState) -> None:
    """Set what the state holds, for the libraries that are loaded here.

    Python reseeds itself after a fork, so a child calls this after it.
    """
    random.setstate(state.python)
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    if state.numpy is not None and hasattr(numpy, "random"):
        name, key, *rest = state.numpy
        numpy.random.set_state((name, numpy.frombuffer(key, numpy.uint32), *rest))
    if state.torch is not None and hasattr(torch, "set_rng_state"):
        torch.set_rng_state(torch.frombuffer(bytearray(state.torch), dtype=torch.uint8))


def seed_all(seed: int) -> None:
    """Seed Python, and NumPy and torch where they are loaded."""
    random.seed(seed)
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    if hasattr(numpy, "random"):
        numpy.random.seed(seed % 2**32)
    if hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
