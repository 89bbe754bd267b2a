"""An exception of the cell as a TrialError: a sentence, the user's own line, the traceback."""

from __future__ import annotations

import ast
import os
import traceback
from types import TracebackType

from ..cell.captured import CellProgram
from ..cell.program import cell_named
from ..study.endings import HOST_MEMORY
from ..study.objective import ObjectiveError
from ..study.trial import TrialError
from .exhausted import exhausted, said

MESSAGE_CHARS = 500
TRACEBACK_CHARS = 20_000
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def describe(error: BaseException, program: CellProgram) -> TrialError:
    """Why the cell failed, seen from the cell: our own frames are left out."""
    line, cell = None, 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        found = cell_named(program, frame.f_code.co_filename)
        if found is not None:
            line, cell = number, found
    frames = _from_cell(error.__traceback__, program)
    if isinstance(error, SyntaxError) and error.filename is not None:
        found = cell_named(program, error.filename)
        if found is not None:
            line, cell = error.lineno, found
    if isinstance(error, ObjectiveError):
        return TrialError("objective", _cap(said(error)), line, _text(error, frames, program), cell)
    if isinstance(error, SystemExit):
        shown = "" if error.code is None else repr(error.code)
        message = f"the cell called sys.exit({shown}), so it has no result. Leave the call out."
    elif isinstance(error, KeyboardInterrupt):
        message = "the cell was interrupted (KeyboardInterrupt)."
    else:
        message = _cap(said(error)) or "(no message)"
    memory = exhausted(error)
    if memory == HOST_MEMORY and not said(error):
        message = "the machine had no memory left for it (MemoryError)."
    kind = memory or type(error).__name__
    return TrialError(kind, message, line, _text(error, frames, program), cell)


def objective(error: ObjectiveError, program: CellProgram) -> TrialError:
    """The cell ran, but its objective is no number; line: where a name is last assigned."""
    line = None
    for wanted in () if program.function_file else program.objectives:
        if wanted.is_name and repr(wanted.source) in str(error):
            line = last_assigned(wanted.source, program.source)
    return TrialError("objective", _cap(str(error)), line)


def last_assigned(name: str, source: str) -> int | None:
    """The last line of source on which name is bound, or None."""
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return max(lines, default=None)


def _from_cell(tb: TracebackType | None, program: CellProgram) -> TracebackType | None:
    start = tb
    while start and cell_named(program, start.tb_frame.f_code.co_filename) is None:
        start = start.tb_next
    return start


def _text(error: BaseException, frames: TracebackType | None, program: CellProgram) -> str:
    """The traceback; an earlier cell is called In[n] there, not by the name of its temporary
    file."""
    told = traceback.TracebackException(type(error), error, frames)
    stack: traceback.TracebackException | None = told
    while stack is not None:
        kept = [f for f in stack.stack if not f.filename.startswith(PACKAGE)]
        stack.stack = traceback.StackSummary.from_list(kept)
        stack = stack.__cause__ or stack.__context__
    text = "".join(told.format())
    for part in program.earlier:
        text = text.replace(f'File "{part.filename}"', f'File "<cell In[{part.number}]>"')
    if len(text) <= TRACEBACK_CHARS:
        return text
    half = TRACEBACK_CHARS // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def _cap(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    return first if len(first) <= MESSAGE_CHARS else first[: MESSAGE_CHARS - 1] + "…"
