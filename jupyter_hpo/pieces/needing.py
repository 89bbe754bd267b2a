"""What the parts share: libraries that may be missing, words that may be misspelt."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from ..errors import HpoError


def need(module: str, part: str, install: str) -> Any:
    """The module. Raises HpoError that says which package `part` needs."""
    try:
        return import_module(module)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise HpoError(
            f"{part} needs {module.partition('.')[0]}, which is not installed: "
            f"%pip install {install}."
        ) from None


def torch_for(part: str) -> Any:
    return need("torch", part, "torch")


def known(part: str, kind: str, kinds: Collection[str]) -> str:
    """The kind in lower case. Raises HpoError with the nearest for one that there is not."""
    word = str(kind).lower().replace("-", "_").replace(" ", "_")
    if word in kinds:
        return word
    near = get_close_matches(word, kinds, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise HpoError(f"{part} has no kind {kind!r}.{hint} Kinds: {', '.join(kinds)}.")


def plain_number(value: Any) -> float:
    """A number, also of a tensor that belongs to a graph of gradients."""
    return float(value.detach() if hasattr(value, "detach") else value)
