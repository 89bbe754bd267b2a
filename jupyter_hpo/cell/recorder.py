"""Recorder: what the bound cell calls as `__hpo__` while its loop turns.

The bound code uses four methods, nothing else:
    for x in __hpo__.iterate(iterable)         a generator; a turn ends when the next is asked
    async for x in __hpo__.aiterate(iterable)  the same for an asynchronous iterable
    while __hpo__.tick() and (condition)       the first call opens, each later ends a turn
    __hpo__.leave()                            stands before a `break` that ends the loop
`report` is called in the cell's own thread at the end of a turn, between two statements of
the cell: there it may wait (a pause) or raise a BaseException, which ends the cell.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from ..study.objective import Objective, ObjectiveError

T = TypeVar("T")
Report = Callable[[int, tuple[float, ...]], None]

DENSE = 256
"""Every turn is a report up to here; then 32 reports for each doubling of the turns."""


def reported_turn(step: int) -> bool:
    """Whether the turn `step` (from 1) is a report; the same for every trial."""
    if step <= DENSE:
        return True
    doublings = ((step - 1) // DENSE).bit_length() - 1
    return step % (DENSE // 32 << doublings) == 0


class Recorder:
    """Counts the turns of the reporting loop and reports the objectives at their end.

    namespace: the cell's globals, looked at anew in each turn. report: called with the step
    (turns from 1) and one finite float per objective. A turn in which an objective has no
    usable value is no report; `error` keeps the sentence of the last such turn.
    """

    def __init__(
        self, objectives: tuple[Objective, ...], namespace: Mapping[str, Any], report: Report
    ) -> None:
        self.objectives, self.namespace, self.report = objectives, namespace, report
        self.step = 0
        self.error: ObjectiveError | None = None
        self._open = False

    def iterate(self, iterable: Iterable[T]) -> Iterator[T]:
        for item in iterable:
            yield item
            self.turn()

    async def aiterate(self, iterable: AsyncIterable[T]) -> AsyncIterator[T]:
        async for item in iterable:
            yield item
            self.turn()

    def tick(self) -> bool:
        """Always true; ends the turn before, if there was one."""
        if self._open:
            self.turn()
        self._open = True
        return True

    def leave(self) -> None:
        """The loop is about to be left by `break`: the turn ends here."""
        self.turn()
        self._open = False

    def turn(self) -> None:
        """End a turn: count it and, unless it is thinned out, report it."""
        self.step += 1
        if not reported_turn(self.step):
            return
        try:
            values = tuple(o.evaluate(self.namespace) for o in self.objectives)
        except ObjectiveError as error:
            self.error = error
            return
        self.report(self.step, values)
