"""Which memory an exception says has run out, the device's or the machine's."""

from __future__ import annotations

import re

from ..study.endings import DEVICE_MEMORY, HOST_MEMORY

DEVICE_WORDS = re.compile(
    r"(cuda|hip|gpu|mps|xpu)\b.*out of memory|_STATUS_ALLOC_FAILED|RESOURCE_EXHAUSTED",
    re.IGNORECASE | re.DOTALL,
)
HOST_WORDS = re.compile(
    r"DefaultCPUAllocator: (can't|not enough)|cannot allocate memory|std::bad_alloc",
    re.IGNORECASE,
)
DEVICE_CLASSES = frozenset(["OutOfMemoryError", "ResourceExhaustedError"])
"""torch's and CuPy's, and TensorFlow's: told by name, so that none has to be loaded."""


def exhausted(error: BaseException) -> str | None:
    """DEVICE_MEMORY, HOST_MEMORY or None. Looks at what the error was raised from, too."""
    seen: BaseException | None = error
    while seen is not None:
        kind = _one(seen)
        if kind is not None:
            return kind
        seen = seen.__cause__
    return None


def said(error: BaseException) -> str:
    """The exception's own words, also where its class can't give them."""
    try:
        return str(error)
    except Exception as wrong:
        return f"(its message can't be shown: {type(wrong).__name__})"


def _one(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return HOST_MEMORY
    if any(cls.__name__ in DEVICE_CLASSES for cls in type(error).__mro__):
        return DEVICE_MEMORY
    if isinstance(error, RuntimeError | OSError) or type(error).__name__ == "XGBoostError":
        text = said(error)
        if DEVICE_WORDS.search(text):
            return DEVICE_MEMORY
        if HOST_WORDS.search(text):
            return HOST_MEMORY
    return None
