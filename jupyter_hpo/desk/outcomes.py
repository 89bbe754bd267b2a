"""The commands `apply`, `use`, `export` and `result`: what a study found, for cell, notebook,
file and output."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from ..errors import StudyError
from ..widgets.protocol import Command
from .answers import Answer
from .going_on import BUSY_S

if TYPE_CHECKING:
    from ..handle import StudyHandle


def apply(study: StudyHandle, command: Command) -> Answer:
    """The edits that write a trial's values, the best one's where none is said."""
    from ..outcome import edits

    found = edits(study, command.number)
    which = "the best trial" if command.number is None else f"trial {command.number}"
    return Answer("" if found else f"The cell has the values of {which} already.", found)


def use(study: StudyHandle, command: Command) -> Answer:
    """Make a trial the result, the best one where none is said. What it has is bound on the
    main thread, which a cell may be holding."""
    from ..choosing import bound, choose

    said = choose(study, command.number)
    if not study.finished.is_set():
        return Answer(said)
    if study.on_main is None:
        return Answer(f"{said} study.use({command.number}) in a cell binds what it has.")
    done, told = threading.Event(), [f"{said} Bound as soon as the cell that runs has ended."]

    def bind() -> None:
        try:
            told[0] = bound(study, said)
        except Exception as error:  # told to who asked
            told[0] = f"{said} It can't be bound: {type(error).__name__}: {error}"
        finally:
            done.set()

    study.on_main(bind)
    done.wait(BUSY_S)
    return Answer(told[0])


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
