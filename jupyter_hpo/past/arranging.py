"""Which executions stand for the notebook's cells, and which are superseded.

With cell ids: the last successful execution of each cell, where the cell was first run.
Without ids (a console, nbclient, before the extension was loaded) nobody can tell a cell that
was run again from another one with the same code; there every successful execution is a cell
of its own. Run in their order they give exactly what the kernel has, and what a later one
binds anew hides the earlier.

Executions of the training cell never belong to its past: a trial is one. Nor does what was run
only after it and stands below it (a plot of its history, `model.eval()`): by the order in the
saved notebook, else by reading what only the training cell binds. A study of another cell
(`%%hpo`) did not run its code in the kernel, but its best trial's objects came back, so its
code doesn't say how what it binds came about: it is superseded too, marked `given`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..cell.slice.values import Executed
from .reading import Read
from .records import Record

Execution = tuple[Record, Read]


@dataclass(frozen=True)
class TrainingCell:
    """cell_id, shape, binds: of the training cell. below: ids of the cells that stand below
    it in the saved notebook; above: of those above."""

    cell_id: str | None
    shape: str
    binds: frozenset[str] = frozenset()
    above: frozenset[str] = field(default=frozenset())
    below: frozenset[str] = field(default=frozenset())

    def is_it(self, execution: Execution) -> bool:
        """Whether an execution is one of the training cell's own."""
        record, read = execution
        same_id = self.cell_id is not None and record.cell_id == self.cell_id
        return same_id or (bool(self.shape) and read.shape == self.shape)


def arrange(
    executions: Iterable[Execution], training: TrainingCell
) -> tuple[tuple[Executed, ...], tuple[Executed, ...]]:
    """(cells, superseded) as `Past` has them. executions: in the order they were run."""
    readable = [e for e in executions if e[1].executed is not None]
    own = [e for e in readable if training.is_it(e)]
    began = next((record.number for record, _ in own if not record.failed), None)
    groups: dict[Hashable, list[Execution]] = {}
    for execution in readable:
        record, read = execution
        if read.kind == "code" and not record.failed and not training.is_it(execution):
            groups.setdefault(record.cell_id or record.number, []).append(execution)
    cells = {record.number: read for record, read in _standing(list(groups.values()))}
    for number in _later(list(groups.values()), training, began):
        cells.pop(number, None)
    kept = tuple(_executed(read) for read in cells.values())
    superseded = _superseded(readable, set(cells))
    numbers = {record.number for record, _ in own}
    # What the training cell's own studies brought back, trials make again: that is no given.
    return kept, tuple(replace(s, given=s.given and s.number not in numbers) for s in superseded)


def _superseded(readable: Iterable[Execution], standing: set[int]) -> Iterable[Executed]:
    """What doesn't stand, in its order. Between two cells that stand, executions of one code
    need be known once, the last of them: a loop run twenty times has changed things once."""
    found: list[Executed] = []
    since: dict[Hashable, Executed] = {}
    for record, read in readable:
        if record.number in standing:
            found += since.values()
            since = {}
        else:
            executed = _executed(read)
            key = executed.source, executed.failed, executed.given
            since.pop(key, None)
            since[key] = executed
    return [*found, *since.values()]


def _standing(groups: Sequence[Sequence[Execution]]) -> Iterable[Execution]:
    """The last of each cell, the cells in the order of their first."""
    return (group[-1] for group in sorted(groups, key=lambda g: g[0][0].number))


def _later(
    groups: Sequence[Sequence[Execution]], training: TrainingCell, began: int | None
) -> set[int]:
    """Numbers of the standing executions that come after the training cell."""
    if began is None:
        return set()
    ordered = sorted(groups, key=lambda g: g[0][0].number)
    late = [g for g in ordered if g[0][0].number > began]
    early = [g for g in ordered if g[0][0].number < began]
    before = {name for g in early for name in g[-1][1].binds}
    after = {*training.binds, "study"} - before
    found = set()
    for group in late:
        record, read = group[-1]
        if record.cell_id in training.above:
            continue
        if record.cell_id in training.below or read.reads & after:
            found.add(record.number)
            after |= read.binds - before
    return found


def _executed(read: Read) -> Executed:
    assert read.executed is not None
    return read.executed
