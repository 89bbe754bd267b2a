"""`study`: what a person holds of a study, while it runs and after."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .choosing import bound, choose
from .desk import Desk
from .errors import StudyError
from .interrupts import Interrupts
from .lobby import show_in_lobby
from .present import Presenter
from .results import StudyResults
from .session import Session, find_files, more_trials, open_session
from .steering import Steering
from .storage.folder import StudyFolder, list_studies
from .study import messages as m
from .study.trial import Trial
from .widgets.control import commands
from .widgets.output import Output
from .widgets.protocol import Command, Reply, StudySummary


class StudyHandle(Steering, StudyResults):
    """A study of this kernel. Reading is safe from any thread; requests return at once.

    Values, params and trials are those of all sessions of the study so far. run: shows and
    waits for a session that `resume` opened on a finished study; follow: runs one in the
    background, and shows nothing. on_main: calls a function on the main thread once that is
    free, where the kernel has a loop there. id: names it among the studies
    of this kernel to a browser, whose commands its desk answers as long as it lives.
    """

    def __init__(
        self,
        session: Session,
        namespace: dict[str, Any],
        run: Callable[[StudyHandle], None],
        follow: Callable[[StudyHandle], None] | None = None,
    ) -> None:
        self.session, self._run, self._follow = session, run, follow or run
        self.output: Output | None = None  # where it was shown last
        self.saved: dict[str, Any] | None = None  # what a notebook shows of it; once `finished`
        self.on_main: Callable[[Callable[[], None]], object] | None = None
        self.finished = threading.Event()  # set when the results are bound, too
        self.id = f"{session.study.config.name}-{uuid.uuid4().hex[:8]}"
        self.desk = Desk(self)
        commands.register(self.id, self.desk)
        study = session.study
        super().__init__(
            study.config.name, study.config.objectives, session.folder, self._now, namespace
        )

    def _now(self) -> list[Trial]:
        with self.session.engine.lock:
            return list(self.session.study.trials.values())

    @property
    def state(self) -> str:
        """'starting', 'running', 'paused', 'stopping' or 'finished'."""
        return self.session.study.phase

    @property
    def presenter(self) -> Presenter:
        return self.session.presenter

    @property
    def namespace(self) -> dict[str, Any]:
        """The notebook's, where results are bound."""
        return self._namespace

    @property
    def chosen(self) -> int | None:
        return self.session.study.chosen

    def use(self, number: int | str | None) -> str:
        """Make a complete trial the result of the study, whatever is better: `best_params`,
        `best("model")` and what is bound in the notebook are its own from now on; "best" or
        None: the best one's again. It is written down with the study. A sentence on what came
        of it.

        Main thread, or any while the study runs: then values and objects are bound at its end.
        Raises StudyError for a trial that is not complete.
        """
        said = choose(self, None if number == "best" else number)
        return bound(self, said) if self.finished.is_set() else said

    def summary(self) -> StudySummary:
        """A line for the browser's list of studies."""
        output = self.output.display_id if self.output is not None else ""
        made = self.session.presenter.summary(self.id, self.session.cell_number)
        return replace(made, output=output)

    def answer(self, command: Command) -> Reply:
        return self.desk.handle(command)

    # -------------------------------------------------------------------- requests
    def resume(self, n_trials: int | None = None) -> None:
        """Go on after a pause; or, when it is finished, for n_trials (default 20) more.

        Raises StudyError for a number of trials that is none.
        """
        if n_trials is not None and (not isinstance(n_trials, int) or n_trials < 1):
            raise StudyError(f"resume(n_trials={n_trials!r}): give a whole number from 1 up.")
        if not self.session.engine.done.is_set():
            self.session.engine.request(m.ResumeRequested())
            return
        self.finished.wait()  # its results are still being bound
        self._more(n_trials or 20, self._run)

    def go_on(self, n_trials: int = 20) -> None:
        """For n_trials more when it is finished, as `resume`, but in the background and shown
        by those pages only that follow it. Main thread. Raises as `can_go_on`."""
        self.can_go_on()
        self._more(n_trials, self._follow)

    def can_go_on(self) -> None:
        """Raises StudyError where `go_on` makes no sense."""
        if not self.session.engine.done.is_set():
            raise StudyError("the study still runs.")
        if not self.finished.is_set():
            raise StudyError("the study's results are just being bound: try again in a moment.")
        if self.session.options.executor == "inline":
            raise StudyError(
                "this study's trials run in the kernel, in a cell that waits for them: "
                "study.resume(20) in a cell goes on with it."
            )
        self._kept()

    def _more(self, n_trials: int, run: Callable[[StudyHandle], None]) -> None:
        self._kept()
        options = more_trials(self.session.options, self.session.study, n_trials)
        with Interrupts():
            self.session = open_session(
                self.session.cell, options, self._namespace, self.session.states
            )
            run(self)

    def _kept(self) -> None:
        if self.session.temporary is not None:
            raise StudyError("the study was kept in memory only; run its cell again instead.")

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the study has ended and its results are bound; False when timeout_s is
        over first. An interrupt ends the waiting, not the study."""
        return self.finished.wait(timeout_s)


class Studies:
    """The studies of this kernel by name, the newest last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: dict[str, StudyHandle] = {}

    def add(self, handle: StudyHandle) -> None:
        """In place of the one of its name, which no browser can tell anything from now on."""
        with self._lock:
            before = self._handles.pop(handle.name, None)
            self._handles[handle.name] = handle
        if before is not None:
            commands.unregister(before.id, before.desk)

    def latest(self) -> StudyHandle:
        """Raises StudyError when there is none."""
        with self._lock:
            if not self._handles:
                raise StudyError("no study has run in this kernel yet; put %%hpo above a cell.")
            return next(reversed(self._handles.values()))

    def get(self, name: str) -> StudyHandle | None:
        with self._lock:
            return self._handles.get(name)

    def names(self) -> list[str]:
        with self._lock:
            return list(self._handles)

    def summaries(self) -> list[StudySummary]:
        """For the browser's list of studies, the newest first."""
        with self._lock:
            handles = list(self._handles.values())[::-1]
        return [h.summary() for h in handles]


studies = Studies()
show_in_lobby(studies.summaries)


def load_study(name: str, root: Path | str | None = None) -> StudyResults:
    """A study by its name: the one of this kernel, else the one on disk under root
    (default: `.jupyter_hpo` in the working folder). Raises StudyError when there is none.
    """
    from .storage.journal import read_study
    from .stored import StoredResults

    running = studies.get(name) if root is None else None
    if running is not None:
        return running
    folder = StudyFolder(name, root)
    if not folder.journal.exists():
        known = ", ".join(list_studies(root)[:8]) or "none"
        raise StudyError(f"there is no study {name!r} in {folder.path.parent}; found: {known}.")
    stored = read_study(folder.journal, name)
    find_files(stored.trials, folder)
    return StoredResults(stored, folder)
