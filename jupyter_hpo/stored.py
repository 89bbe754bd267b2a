"""A study that was read from disk, as the widgets show one."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, NoReturn

from .errors import StudyError
from .present import Presenter
from .results import StudyResults
from .steering import Steering
from .storage.folder import StudyFolder
from .storage.journal import StoredStudy
from .study.config import StudyConfig
from .study.rounds import Rounds
from .study.study import Study
from .widgets.encode import plain
from .widgets.protocol import Command, Header, Reply

REQUESTS = {name for name in vars(Steering) if not name.startswith("_")} | {"resume", "wait", "use"}


class StoredResults(StudyResults):
    """A study on disk, as it stood when it was read."""

    def __init__(self, stored: StoredStudy, folder: StudyFolder) -> None:
        super().__init__(stored.name, stored.objectives, folder, lambda: stored.trials, {})
        self._presenter = presenter_of(stored)
        self._chosen: int | None = stored.about.get("chosen")

    def __getattr__(self, name: str) -> Any:
        """What can be asked of a study that runs, is refused with a sentence."""
        if name not in REQUESTS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

        def refuse(*args: Any, **kwargs: Any) -> NoReturn:
            raise StudyError(self.only_read)

        return refuse

    @property
    def only_read(self) -> str:
        return (
            f"study {self.name!r} was read from disk: run its cell to go on with it. "
            'study.trial(17).params and study.best("model") can be read here.'
        )

    @property
    def presenter(self) -> Presenter:
        return self._presenter

    @property
    def chosen(self) -> int | None:
        return self._chosen

    def answer(self, command: Command) -> Reply:
        if command.command != "detail":
            return Reply(command.id, False, self.only_read[:1].upper() + self.only_read[1:])
        try:
            detail = self._presenter.detail(command.number or 0)
        except LookupError:
            return Reply(command.id, False, f"There is no trial {command.number}.")
        return Reply(command.id, True, data=plain(detail))


class _Read:
    """What stands on disk, in place of an engine."""

    def __init__(self, study: Study) -> None:
        self.study, self.lock = study, threading.Lock()

    def storage_problem(self) -> str | None:
        return None


class _Stored(Presenter):
    """How it was searched is what its last session wrote down."""

    about: dict[str, Any]

    def _header(self, began: float) -> Header:
        header = super()._header(began)
        found = {name: str(self.about.get(name, "")) for name in ("pruner", "device")}
        if self._rounds.silent:
            found["pruner"] = header.pruner
        return replace(header, jobs=self.about.get("jobs", header.jobs), **found)  # type: ignore[arg-type]


def _config(stored: StoredStudy) -> StudyConfig:
    texts = tuple(stored.about.get("constraints") or ())
    rounds = Rounds(*stored.about.get("rounds", ()))
    return StudyConfig(stored.name, tuple(stored.objectives), constraints=texts, rounds=rounds)


def presenter_of(stored: StoredStudy) -> Presenter:
    """The dashboard's source for a study that no kernel runs.

    Trials that were not finished when it was read are left out, and counted in a notice.
    """
    done = [trial for trial in stored.trials if trial.state.finished]
    study = Study(_config(stored), earlier=done)
    study.books.count_all()
    study.chosen = stored.about.get("chosen")
    study.phase = "finished"
    study.began_at = min((t.started_at for t in done if t.started_at), default=0.0)
    study.ended_at = max((t.finished_at for t in done if t.finished_at), default=study.began_at)
    left_out = len(stored.trials) - len(done)
    one = "one trial was" if left_out == 1 else f"{left_out} trials were"
    notices = [f"When this study was read {one} not finished."] if left_out else []
    sampler, why = (str(stored.about.get(name, "")) for name in ("sampler", "sampler_why"))
    presenter = _Stored(
        _Read(study), stored.space, facts=[], notices=notices, sampler=lambda: (sampler, why)
    )
    presenter.about = stored.about
    return presenter
