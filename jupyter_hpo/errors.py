"""Every error a person can meet, as one tree, and `Problem`, the error as a value.

    HpoError
    ├── CellError          the cell or its marks can't be searched; carries all problems
    ├── SpaceError         a distribution or a search space that makes no sense
    ├── SnapshotError      something in the notebook can't travel to a worker
    ├── ExecutorError      workers can't be started or were lost for good
    ├── StorageError       a study can't be read or written
    │   └── UnwritableError   its folder can't be made or written: it may go on in memory
    └── StudyError         a question the study can't answer (no trial finished, ...)

A message names the thing, the value and the next step. Bad input that belongs to a place
in the cell is collected as `Problem` values, so that all are shown together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a cell, with the line it belongs to and what to do.

    line: 1-based line as the editor numbers it (the `%%hpo` line is line 1), or None
    when it belongs to the whole cell. code: a stable word for tests and the front end.
    cell: 0 for the training cell, else the number of an earlier one (`In[cell]`).
    """

    code: str
    message: str
    fix: str = ""
    line: int | None = None
    name: str | None = None
    cell: int = 0

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else ""
        where = f"In[{self.cell}], {where}" if self.cell else where
        return f"{where}{self.message}" + (f" {self.fix}" if self.fix else "")


class HpoError(Exception):
    """Base of all errors raised on purpose by jupyter_hpo.

    A notebook shows their sentence only: a traceback of ours would tell a person nothing.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"jupyter_hpo: {self}"]


class CellError(HpoError):
    """The cell can't become a study; `problems` holds every reason found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        many = len(self.problems)
        head = "a problem" if many == 1 else f"{many} problems"
        lines = [f"{head} in this cell, no trial was started"]
        super().__init__("\n".join([*lines, *(f"  {p}" for p in self.problems)]))


class SpaceError(HpoError):
    """A distribution, condition or space that makes no sense; `fix` is the next step."""

    def __init__(self, message: str, fix: str = "") -> None:
        self.message, self.fix = message, fix
        super().__init__(f"{message} {fix}".rstrip())


class SnapshotError(HpoError):
    """Names of the notebook that can't travel to a worker, each with its reason."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = dict(reasons)
        lines = [f"{name!r} can't travel to a worker: {why}" for name, why in reasons.items()]
        super().__init__("\n".join(lines))


class ExecutorError(HpoError):
    """The workers can't be started, or were lost and can't be started again."""


class StorageError(HpoError):
    """A study's files can't be read or written."""


class UnwritableError(StorageError):
    """A study's folder can't be made or written; the study can go on in memory."""


class StudyError(HpoError):
    """A question that the study can't answer yet, or a request it can't follow."""
