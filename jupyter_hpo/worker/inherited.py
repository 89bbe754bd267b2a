"""What a trial finds when the leading statements of its cell have run once for all."""

from __future__ import annotations

import os
from dataclasses import dataclass

from . import randomness


@dataclass(frozen=True)
class SetUpDone:
    """What trials go on from. random_state: after the statements; output: what they printed."""

    random_state: randomness.RandomState
    output: bytes = b""

    def say(self) -> None:
        """In a trial, before its own statements: repeat what they printed; stdout is its log."""
        rest = memoryview(self.output)
        while rest:
            rest = rest[os.write(1, rest) :]
