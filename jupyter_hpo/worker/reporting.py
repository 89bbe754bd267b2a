"""`report(...)`: what a cell may call by hand, and what the trial does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..study.objective import Objective, ObjectiveError, as_number

Send = Callable[..., None]

_current: Reporter | None = None


class Reporter:
    """The reports of one trial, by hand, from the loop or from a framework's fit; steps count
    from 1.

    send(step, values, fold) hands a report on and may raise to end the trial; fold: of a fold's
    report the fold's own values, else None. Once the cell has
    reported by hand, no other reports are sent any more; of a loop and a fit, those of the
    first that reports.
    """

    def __init__(self, objectives: Sequence[Objective], send: Send) -> None:
        self.objectives, self.send = objectives, send
        self.by_hand, self.by_fit, self.step = False, False, 0
        self.last: dict[str, float] = {}  # of what was reported by hand

    def _hand_on(
        self, step: int, values: tuple[float, ...], fold: tuple[float, ...] | None
    ) -> None:
        if fold is None:
            self.send(step, values)
        else:
            self.send(step, values, fold)

    def from_loop(
        self, step: int, values: tuple[float, ...], fold: tuple[float, ...] | None = None
    ) -> None:
        if not self.by_hand and not self.by_fit:
            self.step = step
            self._hand_on(step, values, fold)

    def from_fit(
        self, step: int, values: tuple[float, ...], fold: tuple[float, ...] | None = None
    ) -> None:
        """A framework's own step; not sent once the cell's loop has reported."""
        if not self.by_hand and (self.by_fit or not self.step):
            self.by_fit, self.step = True, step
            self._hand_on(step, values, fold)

    def from_cell(self, values: dict[str, Any], step: int | None) -> None:
        wanted = [objective.source for objective in self.objectives]
        if len(wanted) == 1 and not self.objectives[0].is_name and len(values) == 1:
            values = {wanted[0]: next(iter(values.values()))}  # there is no name to say it by
        for name in wanted:
            if name not in values:
                given = ", ".join(values) or "nothing"
                named = [n if n.isidentifier() else "value" for n in wanted]
                how = f"report({', '.join(f'{n}=...' for n in dict.fromkeys(named))})"
                raise ObjectiveError(
                    f"report() got {given}, not the objective {name!r}. Call {how}."
                )
        given_step = None if step is None else _as_step(step)
        numbers = tuple(as_number(values[name], name) for name in wanted)
        self.last = dict(zip(wanted, numbers, strict=True))
        if not self.by_hand:
            self.by_hand, self.step = True, 0
        self.step = self.step + 1 if given_step is None else given_step
        self.send(self.step, numbers)


def _as_step(step: Any) -> int:
    try:
        number = int(step)
        if not isinstance(step, bool | str | bytes) and number == step and number >= 0:
            return number
    except (TypeError, ValueError, OverflowError):  # no number, nan, inf
        pass
    raise ObjectiveError(f"report() got step={step!r}. Steps are integers from 0 up.")


def in_trial() -> bool:
    """Whether this thread's process runs a trial now."""
    return _current is not None


def report(*, step: int | None = None, **values: Any) -> bool:
    """Report the objective's value so far: `report(val_loss=0.3)`, one name per objective.

    step: an integer that grows; the previous one plus 1 when left out. Does nothing and
    returns False outside a trial; may end the trial when the search has seen enough of it.
    Raises ObjectiveError (a ValueError) when a value is missing or is no finite number, or
    the step is no integer from 0 up.
    """
    if _current is None:
        return False
    _current.from_cell(values, step)
    return True


def last_reported(name: str) -> float | None:
    """What the trial has reported last of an objective by `report`; None: nothing."""
    return None if _current is None else _current.last.get(name)


def set_reporter(reporter: Reporter | None) -> None:
    """Make reporter the one that `report` speaks to, in this process."""
    global _current
    _current = reporter
