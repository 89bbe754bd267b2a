"""The values in the middle: what is known of the session, and what the slice says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..captured import Part, Rerun
from ..setup import Surroundings


@dataclass(frozen=True)
class Executed:
    """A cell of the session as it was executed. number: `In[number]`. source: plain Python,
    line numbers as in the editor. filename: under which it is compiled. seeded: the random
    states with which it began are recorded. failed: it raised, so it was done only in part.
    given: it was run as a study: its best trial's values and objects came back under the names
    that it binds and changes, so these stand as they are, and no code makes them again. study:
    it was run as a study, also where that is one of the training cell itself. added: see
    `PythonSource`."""

    number: int
    source: str
    filename: str
    seeded: bool = False
    failed: bool = False
    given: bool = False
    study: bool = False
    added: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Past:
    """The session before the training cell. cells: the last successful execution of each cell,
    in the order in which the cells were first run; the training cell's own earlier executions
    are not among them. superseded: all other executions (run again since, failed, of the
    training cell itself): what they changed no longer stands as the cells say. edited: numbers
    of cells that stand otherwise in the saved notebook than they ran. seeded: the random
    states with which the training cell begins are recorded."""

    cells: tuple[Executed, ...] = ()
    superseded: tuple[Executed, ...] = ()
    edited: frozenset[int] = frozenset()
    seeded: bool = False

    def notices(self, reached: Iterable[Reached]) -> list[str]:
        """What a person should know of the cells on which the training cell depends."""
        numbers = sorted({statement.cell for statement in reached} & self.edited)
        return [f"In[{n}] was edited after it ran: trials use what ran." for n in numbers]


ObjectKind = Literal["constant", "data", "module", "callable", "type", "library", "other"]
"""constant: number, string, None, tuple of such: can't be changed. data: an array, tensor,
frame, dataset or loader: a library call it is handed to doesn't change it. module: a Python
module. callable: a function or method. type: a class. library: an object of an installed
library that is none of these (an estimator, an optimiser, a torch module): calls may change
it. other: anything else (lists, dicts, the person's own objects)."""


@dataclass(frozen=True)
class Known:
    """What is known of the notebook's live objects. surroundings: origins of library names and
    what the person's own functions do. kinds: name -> kind of the object it is bound to now."""

    surroundings: Surroundings = field(default_factory=Surroundings)
    kinds: Mapping[str, ObjectKind] = field(default_factory=dict)


@dataclass(frozen=True)
class Reached:
    """A top-level statement of an earlier cell on which the training cell depends."""

    cell: int
    index: int
    first_line: int
    last_line: int
    binds: frozenset[str]


@dataclass(frozen=True)
class Slice:
    """statements: in the order they run. notices: what can't be known for certain, a sentence
    each. inherited: names the trial takes as they stand, sorted. starts: cells, sorted, of
    which no statement runs again, but with whose recorded random states what comes after them
    begins. trained: names to which objects were first bound that the training cell changes."""

    statements: tuple[Rerun, ...] = ()
    notices: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    trained: tuple[str, ...] = ()

    def parts(self, past: Past) -> tuple[Part, ...]:
        """The statements by cell, in the order they run. A part without statements only sets
        the random states."""
        wanted: dict[int, list[int]] = {number: [] for number in self.starts}
        for statement in self.statements:
            wanted.setdefault(statement.cell, []).append(statement.index)
        cells = {cell.number: cell for cell in past.cells}
        order = dict.fromkeys(s.cell for s in self.statements)
        if order.keys() != wanted.keys():
            order = dict.fromkeys(number for number in cells if number in wanted)
        found = []
        for number in order:
            cell = cells[number]
            indices = tuple(wanted[number])
            found.append(Part(number, cell.source, cell.filename, indices, cell.seeded))
        return tuple(found)
