"""The commands `apply`, `export` and `result`: what a study found, for cell, file and output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import StudyError
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


def result(study: StudyHandle, command: Command) -> Answer:
    """What the kernel has put, or would have put, where the study is shown. After a reload a
    page knows no display ids: it has to ask."""
    if study.saved is None or not study.finished.is_set():
        raise StudyError("the study has no result yet: it has not ended.")
    return Answer(data=json.dumps(study.saved))
