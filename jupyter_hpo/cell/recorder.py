"""Recorder: what the bound cell calls as `__hpo__` while its loop turns.

The bound code uses five methods, nothing else; key says which program it was bound for:
    for x in __hpo__.iterate(key, iterable)         a generator; a turn ends when the next is asked
    async for x in __hpo__.aiterate(key, iterable)  the same for an asynchronous iterable
    while __hpo__.tick(key) and (condition or __hpo__.over())
                                                    the first tick opens, each later ends a turn
    __hpo__.leave(key)                              before a `break` or `return` out of the loop
    __hpo__.seen(key, watch, value)                 gives value back; it is an objective's
`report` is called in the cell's own thread at the end of a turn, between two statements of
the cell: there it may wait (a pause) or raise a BaseException, which ends the cell.
"""

from __future__ import annotations

import math
import sys
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any, TypeVar

from ..study.objective import Objective, ObjectiveError, as_number, evaluated
from .captured import Loop, Watch

T = TypeVar("T")
Report = Callable[..., None]

DENSE = 256
"""Every turn is a report up to here; then 32 reports for each doubling of the turns."""


def reported_turn(step: int) -> bool:
    """Whether the turn `step` (from 1) is a report; the same for every trial."""
    if step <= DENSE:
        return True
    doublings = ((step - 1) // DENSE).bit_length() - 1
    return step % (DENSE // 32 << doublings) == 0


def next_reported(step: int) -> int:
    """The turn after `step`, itself a report, that is the next one."""
    if step < DENSE:
        return step + 1
    return step + (DENSE // 32 << (step // DENSE).bit_length() - 1)


class Recorder:
    """Counts the turns of the reporting loop and reports the objectives at their end.

    namespace: the cell's globals, looked at anew in each turn. report: called with the step
    (turns from 1, over all times that the loop is run) and one finite float per objective; where
    turns are folds (`Loop.own`), with the values of this one, too.
    loop: where it stands and what to read there; None: the top level and the objectives
    themselves. watches: of the program, in its order. key: calls with another are of code
    that was bound for another program, and do nothing; None takes all. A turn in which an
    objective has no usable value tells NaN of it, and is no report when none has; `error` keeps
    the sentence of the last such turn.
    """

    def __init__(
        self,
        objectives: tuple[Objective, ...],
        namespace: Mapping[str, Any],
        report: Report,
        *,
        loop: Loop | None = None,
        watches: tuple[Watch, ...] = (),
        key: str | None = None,
    ) -> None:
        self.objectives, self.namespace, self.report = objectives, namespace, report
        self.watches, self.key = watches, key
        self.step, self._next = 0, 1
        self.error: ObjectiveError | None = None
        self._expressions = loop.expressions if loop is not None else ()
        self._last = frozenset(loop.last) if loop is not None else frozenset()
        self._own = loop.own if loop is not None else ()
        self._means = frozenset(loop.means) if loop is not None else frozenset()
        self._grows: dict[str, tuple[Any, int]] = {}
        if loop is not None:
            self._grows = dict.fromkeys(loop.grows, (None, 0))
        self._folds: list[tuple[float, ...]] = []
        self._apart = {w.objective for w in watches}
        self._apart |= {i for i, o in enumerate(objectives) if o.printed is not None}
        self._with_loop = loop is not None
        self._values: dict[int, float] = {}
        self._errors: dict[int, ObjectiveError] = {}
        self._fresh: set[int] = set()
        self._open = False

    @property
    def unwatched(self) -> dict[int, str]:
        """The printed objectives, by index, whose values no watch in the code tells."""
        watched = {watch.objective for watch in self.watches}
        return {
            i: text
            for i, objective in enumerate(self.objectives)
            if (text := objective.printed) is not None and i not in watched
        }

    # loops ----------------------------------------------------------------------------

    def iterate(self, key: str | None, iterable: Iterable[T]) -> Iterable[T]:
        return iterable if self._foreign(key) else self._turns(iterable)

    def aiterate(self, key: str | None, iterable: AsyncIterable[T]) -> AsyncIterable[T]:
        return iterable if self._foreign(key) else self._aturns(iterable)

    def _turns(self, iterable: Iterable[T]) -> Iterator[T]:
        for item in iterable:
            yield item
            self.turn(sys._getframe(1))

    async def _aturns(self, iterable: AsyncIterable[T]) -> AsyncIterator[T]:
        async for item in iterable:
            yield item
            self.turn(sys._getframe(1))

    def tick(self, key: str | None = None) -> bool:
        """Always true; ends the turn before, if there was one."""
        if key != self.key and self._foreign(key):
            return True
        if self._open:
            self.turn(sys._getframe(1))
        self._open = True
        return True

    def over(self) -> bool:
        """Always false; the condition did not hold, so no turn is open."""
        self._open = False
        return False

    def leave(self, key: str | None = None) -> None:
        """The loop is about to be left by `break` or `return`: the turn ends here."""
        if not self._foreign(key):
            self.turn(sys._getframe(1))
            self._open = False

    def turn(self, frame: FrameType | None = None) -> None:
        """End a turn: count it and, unless it is thinned out, report it."""
        self.step += 1
        reported = self.step >= self._next
        if not reported and not self._last and not self._own:
            return
        if reported:
            self._next = next_reported(self.step)
        if self._grows and frame is not None and not self._grew(frame):
            return  # left by `continue`, or by a `break` at its beginning: no fold
        fold = self._fold(frame) if self._own else None
        values = tuple(self._known(i, frame) for i in range(len(self.objectives)))
        if values and all(value is None for value in values):
            return
        for i in self._last:
            if (value := values[i]) is not None:
                self._values[i] = value
        if reported:
            told = tuple(math.nan if v is None else v for v in values)
            if fold is None:
                self.report(self.step, told)
            else:
                self.report(self.step, told, fold)

    def _fold(self, frame: FrameType | None) -> tuple[float, ...] | None:
        """The values of this turn alone; None when one can't be had."""
        if frame is None:
            return None
        try:
            values = tuple(
                as_number(self._read(source, i, frame), self.objectives[i].source)
                for i, source in enumerate(self._own)
            )
        except ObjectiveError as error:
            self.error = error
            return None
        self._folds.append(values)
        return values

    def _grew(self, frame: FrameType) -> bool:
        """Whether a list of folds' values is longer than it was, or another one."""
        grew = False
        for source, before in self._grows.items():
            try:
                listed = evaluated(source, frame.f_globals, frame.f_locals)
                now = listed, len(listed)
            except Exception:  # not made yet, or no list: the value itself says what is wrong
                return True
            grew |= now[1] != before[1] or (listed is not before[0] and before[0] is not None)
            self._grows[source] = now
        return grew

    def _mean(self, i: int) -> float:
        return math.fsum(fold[i] for fold in self._folds) / len(self._folds)

    def _known(self, i: int, frame: FrameType | None) -> float | None:
        try:
            return self._at_turn(i, frame)
        except ObjectiveError as error:
            self.error = error
            return None

    def _at_turn(self, i: int, frame: FrameType | None) -> float:
        if i in self._means and self._folds:
            return self._mean(i)
        source = self._expressions[i] if self._expressions else ""
        if i in self._apart and not source:
            return self._seen_value(i)
        if not source or frame is None:
            return self.objectives[i].evaluate(self.namespace)
        return as_number(self._read(source, i, frame), self.objectives[i].source)

    def _read(self, source: str, i: int, frame: FrameType) -> Any:
        """What the loop's frame says of objective i, in the words `source`."""
        try:
            if source.isidentifier():
                local = frame.f_locals
                return local[source] if source in local else frame.f_globals[source]
            return evaluated(source, frame.f_globals, frame.f_locals)
        except Exception as error:
            raise ObjectiveError(
                f"the objective {self.objectives[i].source!r}, read as {source!r} in "
                f"{frame.f_code.co_name}(), raised {type(error).__name__}: {error}"
            ) from None

    # values seen in passing -----------------------------------------------------------

    def seen(self, key: str | None, watch: int, value: T) -> T:
        if not self._foreign(key):
            at = self.watches[watch]
            found: Any = value
            if at.pick is not None:
                if not isinstance(value, tuple | list) or not -len(value) <= at.pick < len(value):
                    return value
                found = value[at.pick]
            self.note(at.objective, found, at.reports)
        return value

    def note(self, objective: int, value: Any, reports: bool) -> None:
        """An objective has this value now. reports: without a loop that reports, this is one,
        as soon as each objective that is only seen has a new value."""
        try:
            self._values[objective] = as_number(value, self.objectives[objective].source)
        except ObjectiveError as error:
            self.error = self._errors[objective] = error
            self._values.pop(objective, None)
            return
        self._fresh.add(objective)
        if not reports or self._with_loop or not self._fresh >= self._apart:
            return
        self._fresh.clear()
        self.turn()

    def _seen_value(self, i: int) -> float:
        if i in self._values:
            return self._values[i]
        raise self._errors.get(i) or ObjectiveError(self._never(self.objectives[i]))

    def _never(self, objective: Objective) -> str:
        if objective.printed is not None:
            return f"nothing the cell printed matched {objective.printed!r}."
        what = "assigned" if objective.is_name else "computed"
        return f"the objective {objective.source!r} was never {what}."

    # the end --------------------------------------------------------------------------

    def final(self) -> tuple[float, ...]:
        """The objectives' values when the cell has ended. Raises ObjectiveError."""
        return tuple(
            self._mean(i)
            if i in self._means and self._folds
            else self._seen_value(i)
            if i in self._apart or i in self._last
            else objective.evaluate(self.namespace)
            for i, objective in enumerate(self.objectives)
        )

    def _foreign(self, key: str | None) -> bool:
        return key != self.key and self.key is not None


class _Silent(Recorder):
    """What bound functions find when their trial is over: they do as they were written."""

    def __init__(self) -> None:
        super().__init__((), {}, lambda step, values: None)

    def _foreign(self, key: str | None) -> bool:
        return True

    def __reduce__(self) -> str:
        return "SILENT"


SILENT = _Silent()
"""Stands as `__hpo__` beside the functions of a trial that are kept."""
