"""Small sessions as strings: what the slice says of them, and what running it gives."""

from __future__ import annotations

import ast
import random
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_hpo.cell.captured import Place
from jupyter_hpo.cell.slice import Executed, Known, Past, Slice, Trace, trace
from jupyter_hpo.cell.source import parsed

TRAINING = -1
"""In a history: the training cell was run plainly."""


@dataclass(frozen=True)
class Edited:
    """In a history: the cell was run when it still read otherwise."""

    cell: int
    source: str


def clean(source: str) -> str:
    return source.strip("\n") + "\n"


class Session:
    """cells: sources of the earlier cells; training: of the training cell. history: which cell
    was run when (index, TRAINING or Edited; None: each once, in order). seeded: each cell's
    random states are recorded. kinds: of the live objects; None: of those that running leaves.
    """

    def __init__(
        self,
        cells: Sequence[str],
        training: str,
        history: Sequence[int | Edited] | None = None,
        *,
        seeded: bool = False,
        kinds: dict[str, Any] | None = None,
        run: bool = True,
    ) -> None:
        self.cells = [clean(c) for c in cells]
        self.training = clean(training)
        self.history = list(range(len(cells))) if history is None else list(history)
        self.seeded = seeded
        self.kinds = kinds
        if kinds is None:
            self.kinds = kinds_in(self.live()[0]) if run else {}

    # what the slice says --------------------------------------------------------------

    def past(self) -> Past:
        executions = []
        for number, event in enumerate(self.history, 1):
            executions.append((event, Executed(number, self._source(event), "", self.seeded)))
        last = {e: done.number for e, done in executions if not isinstance(e, Edited)}
        first: dict[int, int] = {}
        for event, done in executions:
            cell = event.cell if isinstance(event, Edited) else event
            first.setdefault(cell, done.number)
        standing = [
            done
            for event, done in executions
            if event != TRAINING and last.get(event) == done.number
        ]
        cell_of = {done.number: event for event, done in executions}
        standing.sort(key=lambda done: first[cell_of[done.number]])
        numbers = {done.number for done in standing}
        rest = [done for _, done in executions if done.number not in numbers]
        return Past(tuple(standing), tuple(rest))

    def trace(self) -> Trace:
        return trace(self.past(), parsed(self.training), Known(kinds=self.kinds))

    def place(self, text: str) -> Place:
        """Of the value between `«` and `»` in `text`, which stands once in a cell."""
        before, _, rest = text.partition("«")
        value, _, after = rest.partition("»")
        whole = before + value + after
        past = self.past()
        for cell, source in [
            *((c.number, c.source) for c in past.cells),
            (0, self.training),
        ]:
            if whole in source:
                at = source.index(whole) + len(before)
                line = source.count("\n", 0, at) + 1
                column = at - (source.rfind("\n", 0, at) + 1)
                return Place(line, column, line, column + len(value), cell)
        raise AssertionError(f"{whole!r} stands in no cell")

    def slice(self, *tuned: str, also: Sequence[str] = ()) -> Slice:
        return self.trace().rerun([self.place(t) for t in tuned], also)

    def lines(self, *tuned: str, also: Sequence[str] = ()) -> list[str]:
        """First lines of the statements that run again."""
        return self._lines_of(self.slice(*tuned, also=also).statements)

    def reached(self) -> list[str]:
        return self._lines_of(self.trace().reached)

    def _lines_of(self, statements: Any) -> list[str]:
        sources = {c.number: c.source.split("\n") for c in self.past().cells}
        return [sources[s.cell][s.first_line - 1] for s in statements]

    def _source(self, event: int | Edited) -> str:
        if isinstance(event, Edited):
            return clean(event.source)
        return self.training if event == TRAINING else self.cells[event]

    # what running gives ---------------------------------------------------------------

    def run_all(self, changed: tuple[Place, str] | None = None) -> dict[str, Any]:
        """The namespace after a restart and all cells."""
        space = fresh()
        for cell in self.past().cells:
            run(put(cell.source, cell.number, changed), space)
        run(put(self.training, 0, changed), space)
        return space

    def live(self) -> tuple[dict[str, Any], dict[int, Any]]:
        """The namespace of the session, and the random states with which each cell began."""
        space = fresh()
        states = {}
        for number, event in enumerate(self.history, 1):
            states[number] = random_states()
            run(self._source(event), space)
        return space, states

    def trial(self, found: Slice, changed: tuple[Place, str] | None = None) -> dict[str, Any]:
        """The namespace after a trial."""
        space, states = self.live()
        for part in found.parts(self.past()):
            if part.seeded:
                restore(states[part.number])
            source = put(part.source, part.number, changed)
            body = ast.parse(source).body
            chosen = ast.Module([body[i] for i in part.statements], [])
            exec(compile(chosen, "<part>", "exec"), space)
        run(put(self.training, 0, changed), space)
        return space


def put(source: str, cell: int, changed: tuple[Place, str] | None) -> str:
    if changed is None or changed[0].cell != cell:
        return source
    place, text = changed
    lines = source.split("\n")
    line = lines[place.line - 1]
    lines[place.line - 1] = line[: place.col] + text + line[place.end_col :]
    return "\n".join(lines)


def fresh() -> dict[str, Any]:
    random.seed(4711)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(4711)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(4711)
    return {"__name__": "__main__"}


def run(source: str, space: dict[str, Any]) -> None:
    exec(compile(source, "<cell>", "exec"), space)


def random_states() -> Any:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    return (
        random.getstate(),
        numpy.random.get_state() if numpy else None,
        torch.get_rng_state() if torch else None,
    )


def restore(states: Any) -> None:
    random.setstate(states[0])
    if states[1] is not None:
        sys.modules["numpy"].random.set_state(states[1])
    if states[2] is not None:
        sys.modules["torch"].set_rng_state(states[2])


def kinds_in(space: dict[str, Any]) -> dict[str, Any]:
    return {name: kind_of(value) for name, value in space.items() if name != "__builtins__"}


def kind_of(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float | str | bytes | complex):
        return "constant"
    if isinstance(value, tuple) and all(kind_of(v) == "constant" for v in value):
        return "constant"
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "type"
    root = type(value).__module__.partition(".")[0]
    names = {base.__name__ for base in type(value).__mro__}
    if names & {"ndarray", "Tensor", "DataFrame", "Series", "DataLoader", "Dataset"}:
        return "data"
    if root not in ("__main__", "builtins"):
        return "library"
    if any(b.__module__.partition(".")[0] in ("torch", "sklearn") for b in type(value).__mro__):
        return "library"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "callable"
    return "other"


@pytest.fixture(scope="session")
def session() -> type[Session]:
    return Session


@pytest.fixture(scope="session")
def edited() -> type[Edited]:
    return Edited
