"""The Sampler seam: what to try next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..study.trial import Trial


class Sampler(Protocol):
    """Suggests params and learns from finished trials. Called by the engine's thread only."""

    name: str

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The params of trial `number`: every active parameter of the space, no other.

        fixed: values to use as they are; a conditional value is suggested only when its
        condition holds.
        """

    def tell(self, trial: Trial) -> None:
        """Learn from a finished trial. Also takes trials of earlier sessions, never asked for."""
