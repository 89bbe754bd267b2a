"""What the kernel executed, written down as it happens: one `Record` an execution."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from typing import Any

from IPython.core.error import UsageError

from ..errors import HpoError
from .states import Kept, StateKeeper

BANNER = "#! %%hpo"
STATES = 1000
"""Executions whose random states are kept, two each at most (12 kB a state)."""


@dataclass
class Record:
    """An execution. raw: as typed. transformed: IPython's Python of it, None when unknown.
    cell_id: the front end's, None when it sends none. failed: None when nobody saw it end.
    before, after: the random states. began, ended: seconds since 1970. study: it was run as
    a study, so its code did not run in the kernel."""

    number: int
    raw: str
    transformed: str | None = None
    cell_id: str | None = None
    failed: bool | None = None
    before: Kept | None = None
    after: Kept | None = None
    began: float | None = None
    ended: float | None = None
    study: bool = False

    @property
    def wall_s(self) -> float | None:
        """How long it took, in seconds."""
        known = self.began is not None and self.ended is not None
        return self.ended - self.began if known else None  # type: ignore[operator]


def is_study(raw: str) -> bool:
    """Whether a cell is one of ours, where the extension is loaded."""
    return cell_magic(raw) == "hpo" or raw.lstrip("\n").startswith(BANNER)


def cell_magic(raw: str) -> str | None:
    """The name of the magic that a cell begins with; '' for a lone `%%`."""
    first = next((line for line in raw.split("\n") if line.strip()), "")
    if not first.startswith("%%"):
        return None
    return (first[2:].split() or [""])[0]


def _never_began(record: Record, result: Any) -> bool:
    """Whether a study was refused before its first trial (a bad mark, a misspelt option), or
    only asked to explain: then it has changed nothing."""
    line = record.raw.strip("\n").partition("\n")[0]
    error = result.error_before_exec or result.error_in_exec
    return "--explain" in line.split() or isinstance(error, HpoError | UsageError)


_RESET = re.compile(r"get_ipython\(\)\.run_line_magic\('reset', '([^']*)'\)")


def empties(record: Record) -> bool:
    """Whether it emptied the namespace with `%reset`, so that nothing before it stands."""
    asked = _RESET.findall(record.transformed or "")
    return any(not {"in", "out", "dhist", "array"} & set(words.split()) for words in asked)


class Recorder:
    """Listens to a shell's `pre_run_cell` and `post_run_cell`.

    They come on the thread that executes the cell: the main thread, or a subshell's.
    `records`: by number, in the order in which the executions ended. Executions that the
    shell's history doesn't keep (a front end's own snippets), and studies that were refused
    or only explained, are not recorded.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.records: dict[int, Record] = {}
        self._states = StateKeeper()
        self._lock = threading.Lock()
        self._open = threading.local()
        self._ahead = 1  # newer IPythons count an execution before they run it, older after

    def begin(self) -> None:
        """Take over what the shell's history has, and listen."""
        self.take_over()
        self.shell.events.register("pre_run_cell", self.before_cell)
        self.shell.events.register("post_run_cell", self.after_cell)

    def end(self) -> None:
        """Listen no more; what is written down stays."""
        self.shell.events.unregister("pre_run_cell", self.before_cell)
        self.shell.events.unregister("post_run_cell", self.after_cell)

    @property
    def running(self) -> Record | None:
        """The execution that this thread is in, None when it is in none."""
        stack = self._stack()
        return stack[-1] if stack else None

    def before_cell(self, info: Any) -> None:
        """A cell begins."""
        number = self.shell.execution_count - self._ahead
        if self._uncounted(info):
            number = max(self.records, default=0) + 1
        record = Record(number, info.raw_cell)
        record.transformed = getattr(info, "transformed_cell", None)
        record.cell_id = getattr(info, "cell_id", None) or self._id_of_request()
        record.study = is_study(info.raw_cell)
        record.began = time.time()
        with self._lock:
            record.before = self._states.take()
        self._stack().append(record)

    def after_cell(self, result: Any) -> None:
        """A cell has ended, well or not."""
        info = result.info
        if info is None or not (info.raw_cell or "").strip():
            return  # nothing was run, and no beginning was told
        stack = self._stack()
        if stack and stack[-1].raw == info.raw_cell:
            record = stack.pop()
            if result.execution_count is not None:
                self._ahead += record.number - result.execution_count
                record.number = result.execution_count
        else:  # the cell in which the extension was loaded
            record = Record(result.execution_count or 0, info.raw_cell)
            record.transformed = getattr(info, "transformed_cell", None)
            record.cell_id = getattr(info, "cell_id", None) or self._id_of_request()
        if record.study and _never_began(record, result):
            return
        if not info.store_history and not self._uncounted(info):
            return
        record.transformed = record.transformed or self._stored(info.raw_cell)
        record.failed = not result.success
        record.ended = time.time()
        with self._lock:
            record.after = self._states.take()
            if not info.store_history:
                record.number = max(self.records, default=0) + 1
            if record.number < max(self.records, default=0) or empties(record):
                self.records.clear()
            self.records[record.number] = record
            self._bound()

    def _uncounted(self, info: Any) -> bool:
        """Whether a cell is one though it is kept out of the history: where nothing ever was
        put into it (nbval runs notebooks so). Elsewhere such code is the front end's own."""
        if info.store_history or getattr(info, "silent", False):
            return False
        return not any(raw.strip() for raw in self.shell.history_manager.input_hist_raw)

    def _stack(self) -> list[Record]:
        if not hasattr(self._open, "stack"):
            self._open.stack = []
        stack: list[Record] = self._open.stack
        return stack

    def _stored(self, raw: str) -> str | None:
        """The newest input of the history, for IPythons that don't hand on what they made."""
        history = self.shell.history_manager
        same = history.input_hist_raw[-1].rstrip("\n") == raw.rstrip("\n")
        return str(history.input_hist_parsed[-1]) if same else None

    def _id_of_request(self) -> str | None:
        """For IPythons that don't hand it on: from the request's own metadata."""
        parent = self.shell.get_parent() if hasattr(self.shell, "get_parent") else None
        metadata = parent.get("metadata") if isinstance(parent, dict) else None
        found = metadata.get("cellId") if isinstance(metadata, dict) else None
        return found if isinstance(found, str) else None

    def take_over(self) -> None:
        """Write down what the shell's history has."""
        history = self.shell.history_manager
        raw, parsed = list(history.input_hist_raw), list(history.input_hist_parsed)
        failed = getattr(history, "exceptions", {})
        for number, source in enumerate(raw):  # In[0] is empty
            transformed = parsed[number] if number < len(parsed) else None
            ours = "get_ipython().run_cell_magic('hpo'" in (transformed or "")
            if source.strip() and number not in self.records and not ours:
                ended_badly = True if number in failed else None
                record = Record(number, source, transformed, failed=ended_badly)
                if empties(record):
                    self.records.clear()
                self.records[number] = record

    def _bound(self) -> None:
        """Forget states beyond the limit: first of executions that were run again since."""
        with_states = [r for r in self.records.values() if r.before or r.after]
        if len(with_states) <= STATES:
            return
        newest = {(r.cell_id or r.raw): r.number for r in with_states}
        again = [r for r in with_states if newest[r.cell_id or r.raw] != r.number]
        for record in again or with_states[: STATES // 2]:
            record.before = record.after = None
