"""A trial's goals beyond its cell's own objectives: figures asked for by name, and constraints.

They are computed beside the cell's objectives, at each report and at the end, from the trial's
namespace and its meter. A report costs the reading of the meter more, some tenths of a
millisecond, where something is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..cell.captured import CellProgram
from ..study.figures import by_name
from ..study.goals import view


class Judge:
    """read: the figures so far, as in `Trial.figures`."""

    def __init__(
        self,
        program: CellProgram,
        namespace: Mapping[str, Any],
        read: Callable[[], dict[str, float]],
    ) -> None:
        self._program, self._goals = program, program.goals
        self._namespace, self._read = namespace, read

    def report(self, own: Sequence[float]) -> tuple[tuple[float, ...], dict[str, float]]:
        """At a report: all objectives' values, NaN for what is not known yet, and the
        constraints that the trial now breaks for good, with by how much. own: the values of
        the cell's own objectives."""
        if not (self._goals.measured or self._goals.lasting):
            return tuple(own), {}
        seen = self._view(own, self._read())
        values = self._goals.values(own, seen, final=False)
        return values, self._goals.amounts(seen, final=False)

    def end(
        self, own: Sequence[float], figures: Mapping[str, float]
    ) -> tuple[tuple[float, ...], dict[str, float]]:
        """At the end: all values, and the amounts of all constraints (above 0: broken).

        Raises ObjectiveError with a sentence when something asked for can't be had.
        """
        if not self._goals.any:
            return tuple(own), {}
        seen = self._view(own, figures)
        values = self._goals.values(own, seen, final=True)
        return values, self._goals.amounts(seen, final=True)

    def _view(self, own: Sequence[float], figures: Mapping[str, float]) -> dict[str, Any]:
        objectives = zip(self._program.objectives, own, strict=True)
        named = {o.source: value for o, value in objectives if o.is_name}
        return view(self._namespace, by_name(figures), named, self._goals.assigned)
