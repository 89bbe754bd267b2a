"""The Sampler seam: what to try next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..study.trial import Trial


class Exhausted(Exception):
    """Nothing is left to suggest; its message is a clause: 'all 6 combinations were tried'."""


class Sampler(Protocol):
    """Suggests params and learns from finished trials. Called by the engine's thread only.

    name: a word of `options.SAMPLERS`; why: a sentence on why it was chosen, '' when the person
    asked for it. Both may change as the study learns how long a trial takes.
    """

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str: ...

    def ask(self, number: int, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The params of trial `number`: every active parameter of the space, no other.

        fixed: values to use as they are; a conditional value is suggested only when its
        condition holds. Raises Exhausted when there is nothing left to try.
        """

    def tell(self, trial: Trial) -> None:
        """Learn from a finished trial. Also takes trials of earlier sessions, never asked for."""
