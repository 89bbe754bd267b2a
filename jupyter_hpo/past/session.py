"""`SessionHistory`: the past of a kernel's notebook, as the slice asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .records import Record, Recorder

if TYPE_CHECKING:
    from ..cell.slice.values import Past
    from ..worker.randomness import RandomState
    from .reading import Read
    from .saved import SavedNotebook


class SessionHistory:
    """What one shell has executed, since the extension was loaded with cell ids, outcomes and
    random states; before that, as its input history has it. Main thread, but for the events.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.recorder = Recorder(shell)
        self._read: dict[int, tuple[Record, Read]] = {}
        self._listening = False

    def begin(self) -> None:
        """Listen to the shell; once."""
        if not self._listening:
            self._listening = True
            self.recorder.begin()

    def end(self) -> None:
        """Listen no more."""
        if self._listening:
            self._listening = False
            self.recorder.end()

    def look_back(self) -> None:
        """Take over what the shell's history has, without listening: where nobody asked for
        that, as for a function that is tuned."""
        if not self._listening:
            self.recorder.take_over()
            self.recorder.records.pop(self.shell.execution_count, None)  # the one being run

    @property
    def running(self) -> Record | None:
        """The execution in which it is asked: number, cell id and source of the cell that is
        being run."""
        return self.recorder.running

    def past_of(self, source: str, cell_id: str | None = None) -> Past:
        """The session before a training cell.

        source: of the training cell, below its `%%hpo` line or with it. cell_id: the front
        end's; None: that of the cell being run, if that one has an id.
        """
        from ..cell.slice.values import Past
        from .arranging import TrainingCell, arrange
        from .reading import analysed
        from .saved import notebook_path, read_notebook
        from .transforming import transform_for

        running = self.running
        if cell_id is None and running is not None:
            cell_id = running.cell_id
        transform = transform_for(self.shell)
        saved = read_notebook(notebook_path(self.shell.user_ns))
        above, below = saved.around(cell_id) if saved else (frozenset(), frozenset())
        code = analysed(source, transform)
        training = TrainingCell(cell_id, code.shape, code.binds, above, below)
        records = [r for r in self._records() if running is None or r.number != running.number]
        cells, superseded = arrange([(r, self._reading(r)) for r in records], training)
        edited = frozenset(c.number for c in cells if saved and self._edited(c.number, saved))
        past = Past(cells, superseded, edited)
        return replace(past, seeded=self.state_after_last(past) is not None)

    def states_before(self, number: int) -> RandomState | None:
        """The random states with which `In[number]` began; None when they aren't known."""
        record = self.recorder.records.get(number)
        return None if record is None or record.before is None else record.before.state()

    def state_after_last(self, past: Past) -> RandomState | None:
        """The random states with which the training cell begins when the notebook is run from
        the top: those that its past left. None when they aren't known."""
        record = self.recorder.records.get(past.cells[-1].number) if past.cells else None
        return None if record is None or record.after is None else record.after.state()

    def _records(self) -> list[Record]:
        return [record for _, record in sorted(self.recorder.records.items())]

    def _reading(self, record: Record) -> Read:
        from .reading import file_of, read
        from .transforming import transform_for

        known = self._read.get(record.number)
        if known is None or known[0] is not record:
            transform = transform_for(self.shell)
            name_of = getattr(self.shell.compile, "get_code_name", None)
            known = record, read(record, transform, file_of(record, name_of))
            self._read[record.number] = known
        return known[1]

    def _edited(self, number: int, saved: SavedNotebook) -> bool:
        record = self.recorder.records[number]
        return saved.edited(record.cell_id, record.raw, record.ended)


_histories: dict[Any, SessionHistory] = {}  # a process has one shell


def history_of(shell: Any) -> SessionHistory:
    """The history of a shell; one that doesn't listen when the extension isn't loaded."""
    if shell not in _histories:
        _histories[shell] = SessionHistory(shell)
    return _histories[shell]
