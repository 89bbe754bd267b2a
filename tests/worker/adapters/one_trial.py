"""One trial in this process, over a channel that keeps what is sent."""

from __future__ import annotations

import contextlib
import io
import linecache
from typing import Any

from jupyter_hpo.cell.captured import CellProgram
from jupyter_hpo.space import SearchSpace
from jupyter_hpo.study.objective import Objective
from jupyter_hpo.study.trial_events import Answer, Finished, Reported, TrialSpec
from jupyter_hpo.worker import randomness
from jupyter_hpo.worker.trial import Setting, Trial

SEED = 3


class Notes:
    """Answers every report with yes, or with STOP from the report `stop_at` on."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.reports: list[tuple[int, tuple[float, ...]]] = []
        self.end: Any = None
        self.stop_at = stop_at

    @property
    def values(self) -> list[float]:
        """Of the first objective, at each report."""
        return [values[0] for _, values in self.reports]

    def send(self, event: Any) -> None:
        if isinstance(event, Reported):
            self.reports.append((event.step, event.values))
        self.end = event

    def answer(self) -> tuple[Answer, str | None]:
        if isinstance(self.end, Finished):
            return Answer.RELEASE, None
        told = self.stop_at is not None and len(self.reports) >= self.stop_at
        return (Answer.STOP if told else Answer.CONTINUE), None

    def give_up(self) -> Any:
        raise AssertionError("nobody gives up here")


def program(cell: str, objective: str) -> CellProgram:
    """A cell that tunes nothing."""
    found = (Objective(objective, "minimize"),)
    return CellProgram(cell, "<cell>", SearchSpace({}), {}, found)


def notebook(earlier: str) -> dict[str, Any]:
    """A notebook's namespace after its earlier cells."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    linecache.cache["<earlier>"] = (1, None, earlier.splitlines(True), "<earlier>")
    exec(compile(earlier, "<earlier>", "exec"), namespace)
    return namespace


def trial(
    cell: str, objective: str, namespace: dict[str, Any], stop_at: int | None = None
) -> tuple[Notes, str]:
    """Run one trial in `namespace`; what it sent, and what it printed."""
    notes, printed = Notes(stop_at), io.StringIO()
    setting = Setting(program(cell, objective), randomness.capture())
    with contextlib.redirect_stdout(printed):
        Trial(setting, TrialSpec(0, {}, SEED), namespace, notes).run()
    return notes, printed.getvalue()


def plain(cell: str, namespace: dict[str, Any]) -> str:
    """Run the cell as without a study, with the same seed; what it printed."""
    printed = io.StringIO()
    randomness.seed_all(SEED)
    with contextlib.redirect_stdout(printed):
        exec(compile(cell, "<cell>", "exec"), namespace)
    return printed.getvalue()
