"""Importances as they are given to the person: a dict that says what it rests on."""

from __future__ import annotations

from collections.abc import Mapping


class Shares(dict[str, float]):
    """Parameter -> its share in what sets the best trials apart, the largest first.

    rests: the trials that it was computed from, in words.
    """

    def __init__(self, shares: Mapping[str, float], rests: str) -> None:
        super().__init__(shares)
        self.rests = rests

    def __repr__(self) -> str:
        return f"{super().__repr__()}  # PED-ANOVA, from {self.rests}"
