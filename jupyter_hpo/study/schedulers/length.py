"""How long a full training is, and where the first rung stands in one.

Measured on recorded curves (`make bench ARGS=curves`): at the first of 27 epochs, but where a
training takes a hundred steps and more, which are boosting rounds or batches then, at a ninth of
it. After three of 300 rounds a high learning rate leads, and a low one wins.
"""

from __future__ import annotations

LONG = 100
"""Steps of a training from which on a step is no epoch, but a small part of one."""

PART = 9
"""The first rung of a long training stands at this part of it."""


def first_rung(steps: int) -> int:
    """The step (from 1) of the first rung where a full training takes so many."""
    return steps // PART if steps >= LONG else 1


class Length:
    """The steps of a full training: of the longest trial that came to its end.

    full: None while no trial has. last: the last step that each trial reported. awaited: the
    trial that runs to its end whatever it reports, and so will tell; None once it is known, or
    when there is none.
    """

    def __init__(self) -> None:
        self.full: int | None = None
        self.awaited: int | None = None
        self.last: dict[int, int] = {}

    def protect(self, number: int) -> None:
        if self.full is None and self.awaited is None:
            self.awaited = number

    def end(self, number: int, *, complete: bool) -> bool:
        """The trial is over; whether the length is known since then."""
        if number == self.awaited:
            self.awaited = None
        return complete and number in self.last and self.learn(self.last[number])

    def learn(self, steps: int) -> bool:
        """A full training takes so many steps; whether nothing was known before."""
        known, self.full = self.full is not None, max(self.full or 0, steps)
        self.awaited = None
        return not known

    def reached(self, step: int) -> bool:
        """Whether that is known to be the last step."""
        return self.full is not None and step >= self.full
