"""The random states of Python, NumPy and torch: carried, set, seeded."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RandomState:
    """numpy, torch, cuda (a state for each GPU): None when the library was not loaded, or no
    GPU in use, where the state was taken. Plain values only, so that reading them imports
    neither library."""

    python: tuple[Any, ...]
    numpy: tuple[str, bytes, int, int, float] | None = None
    torch: bytes | None = None
    cuda: tuple[bytes, ...] | None = None


def capture() -> RandomState:
    """The states as they are now in this process."""
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    numpy_state = torch_state = cuda_state = None
    if hasattr(numpy, "random"):
        name, key, *rest = numpy.random.get_state()
        numpy_state = (name, key.tobytes(), *rest)
    if hasattr(torch, "get_rng_state"):
        torch_state = bytes(torch.get_rng_state().numpy())
    cuda = _cuda(torch)
    if cuda is not None:
        cuda_state = tuple(bytes(state.numpy()) for state in cuda.get_rng_state_all())
    return RandomState(random.getstate(), numpy_state, torch_state, cuda_state)


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
    cuda = _cuda(torch)
    if cuda is None:
        return
    if state.cuda is None:
        # Where it was taken no GPU was used yet: the first use would begin with torch's seed.
        cuda.manual_seed_all(torch.initial_seed())
    else:
        for index, own in enumerate(state.cuda[: cuda.device_count()]):
            cuda.set_rng_state(torch.frombuffer(bytearray(own), dtype=torch.uint8), index)


def _cuda(torch: Any) -> Any:
    """torch.cuda where this process uses it already, else None."""
    cuda: Any = getattr(torch, "cuda", None)
    return cuda if hasattr(cuda, "is_initialized") and cuda.is_initialized() else None


def restore_python(state: RandomState) -> None:
    """Set what a fork has changed: Python reseeds itself in the child; NumPy and torch don't.
    Setting theirs again would copy a hundred pages for each forked trial."""
    random.setstate(state.python)


def seed_all(seed: int) -> None:
    """Seed Python, and NumPy, torch and TensorFlow where they are loaded (Keras's and JAX's
    seeds are drawn from Python's)."""
    random.seed(seed)
    numpy: Any = sys.modules.get("numpy")
    torch: Any = sys.modules.get("torch")
    if hasattr(numpy, "random"):
        numpy.random.seed(seed % 2**32)
    if hasattr(torch, "manual_seed"):
        torch.manual_seed(seed)
    tensorflow: Any = sys.modules.get("tensorflow")
    if hasattr(tensorflow, "random") and hasattr(tensorflow.random, "set_seed"):
        tensorflow.random.set_seed(seed % 2**31)  # starts no thread


@dataclass(frozen=True)
class CellStates:
    """The states with which cells of the session began, by number; 0 is the training cell.

    Bound in a trial's namespace under `cell.program.STATES`; called there at a cell's start.
    """

    by_cell: dict[int, RandomState]

    def __call__(self, cell: int) -> None:
        if cell in self.by_cell:
            restore(self.by_cell[cell])
