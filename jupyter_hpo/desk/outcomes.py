"""The commands `apply` and `export`: what a study found, put into the cell or into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..widgets.protocol import Command
from .answers import Answer

if TYPE_CHECKING:
    from ..handle import StudyHandle


def apply(study: StudyHandle, command: Command) -> Answer:
    """The edits that write a trial's values, the best one's where none is said."""
    from ..outcome import edits

    found = edits(study, command.number)
    which = "the best trial" if command.number is None else f"trial {command.number}"
    return Answer("" if found else f"The cell has the values of {which} already.", found)


def export(study: StudyHandle, command: Command) -> Answer:
    """Write the report into the working folder, over an earlier one of this study."""
    from ..outcome import export, report_name, said

    path = export(study, report_name(study))
    return Answer(said(path), str(path))
