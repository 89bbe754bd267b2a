"""The study as Optuna's journal file, written behind the search by one thread.

Every Optuna tool opens it. What Optuna has no field for (figures, errors, notices) goes into
user attributes under `jupyter_hpo:`.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import JournalStorage as OptunaJournal
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from ..errors import StorageError
from ..search.convert import STATES, quiet, to_optuna
from ..space import SearchSpace
from ..study.objective import Objective
from ..study.trial import Report, Trial, TrialError, TrialState
from .memory import close_zombie

PREFIX = "jupyter_hpo:"
CLOSE_S = 10.0


class JournalStorage:
    """Storage in one journal file. Raises StorageError when the file can't be opened or
    holds a study with other objectives."""

    def __init__(
        self, path: Path, name: str, space: SearchSpace, objectives: Sequence[Objective]
    ) -> None:
        self.path, self.name = path, name
        self._distributions: dict[str, BaseDistribution] = {
            key: to_optuna(parameter.distribution) for key, parameter in space.items()
        }
        self._ids: dict[int, int] = {}  # number -> Optuna's id
        self._written: dict[int, dict[str, Any]] = {}
        self._finished: set[int] = set()  # numbers whose end is in the file
        self._problem: str | None = None
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        try:
            self._journal = open_journal(path)
            self._study_id = self._open_study(objectives)
        except (OSError, ValueError, KeyError) as error:
            raise StorageError(
                f"{path} can't be read as a study ({type(error).__name__}: {error}). "
                "Move it away, or start anew with --fresh."
            ) from error
        self._thread = threading.Thread(target=self._write, name="jupyter_hpo-storage", daemon=True)
        self._thread.start()

    # ---------------------------------------------------------------- Storage
    def load(self) -> list[Trial]:
        for frozen in self._journal.get_all_trials(self._study_id):
            self._ids[frozen.number] = frozen._trial_id
            self._written[frozen.number] = dict(frozen.user_attrs)
            if frozen.state.is_finished():
                self._finished.add(frozen.number)
        trials = thaw_all(self._journal, self._study_id)
        for trial in trials:
            if close_zombie(trial):
                self.save(trial)
        return trials

    def save(self, trial: Trial) -> None:
        attributes = _attributes(trial)
        params, state = dict(trial.params), STATES[trial.state]
        values = list(trial.values) if trial.values and trial.state.finished else None
        number, started = trial.number, trial.started_at
        self._queue.put(lambda: self._save(number, params, state, values, attributes, started))

    def save_report(self, trial: Trial) -> None:
        report, number = trial.reports[-1], trial.number
        self._queue.put(lambda: self._save_report(number, report))

    def describe(self, attributes: dict[str, Any]) -> None:
        self._queue.put(lambda: self._describe(attributes))

    def problem(self) -> str | None:
        return self._problem

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self._problem = f"{self.path} is still being written after {CLOSE_S:g} s."

    # ---------------------------------------------------------- the writer thread
    def _write(self) -> None:
        while (job := self._queue.get()) is not None:
            if self._problem is None:  # after a gap, later lines would tell a false story
                try:
                    job()
                except Exception as error:
                    self._problem = (
                        f"the study is no longer written to {self.path}: "
                        f"{type(error).__name__}: {error}. The search goes on in memory."
                    )

    def _save(
        self,
        number: int,
        params: dict[str, Any],
        state: OptunaState,
        values: list[float] | None,
        attributes: dict[str, Any],
        started: float | None,
    ) -> None:
        known = self._written.setdefault(number, {})
        if number not in self._ids:
            template = optuna.trial.create_trial(
                state=OptunaState.RUNNING,
                params=params,
                distributions={name: self._distributions[name] for name in params},
                user_attrs=attributes,
            )
            template.datetime_start = datetime.fromtimestamp(started) if started else datetime.now()
            self._ids[number] = self._journal.create_new_trial(self._study_id, template)
            given = self._journal.get_trial(self._ids[number]).number
            if given != number:
                raise StorageError(f"trial {number} was numbered {given}: somebody else writes too")
            known.update(attributes)
        trial_id = self._ids[number]
        if number in self._finished:
            # Optuna keeps a finished trial as it is: what came later goes to the study.
            if attributes != known:
                key = f"{PREFIX}trial-{number}"
                self._journal.set_study_user_attr(self._study_id, key, attributes)
            return
        for key, value in attributes.items():
            if known.get(key) != value:
                self._journal.set_trial_user_attr(trial_id, key, value)
                known[key] = value
        if state.is_finished():
            self._journal.set_trial_state_values(trial_id, state=state, values=values)
            self._finished.add(number)

    def _save_report(self, number: int, report: Report) -> None:
        trial_id = self._ids[number]
        if len(report.values) == 1:
            self._journal.set_trial_intermediate_value(trial_id, report.step, report.values[0])
        else:
            key = f"{PREFIX}report-{report.step}"
            self._journal.set_trial_user_attr(trial_id, key, list(report.values))

    def _describe(self, attributes: dict[str, Any]) -> None:
        for key, value in attributes.items():
            self._journal.set_study_user_attr(self._study_id, PREFIX + key, value)

    def _open_study(self, objectives: Sequence[Objective]) -> int:
        directions = [StudyDirection[o.direction.upper()] for o in objectives]
        for study in self._journal.get_all_studies():
            if study.study_name == self.name:
                sources = study.user_attrs.get(f"{PREFIX}objectives")
                asked = [[o.source, o.direction] for o in objectives]
                if study.directions != directions or (sources and sources != asked):
                    raise StorageError(
                        f"study {self.name!r} was made for other objectives. "
                        "Give this one another --name, or start anew with --fresh."
                    )
                return study._study_id
        with quiet():
            return self._journal.create_new_study(directions, self.name)


def read_study(path: Path, name: str) -> tuple[list[Objective], list[Trial]]:
    """The objectives and trials of a study on disk; nothing is written.

    Raises StorageError when the file does not hold that study.
    """
    journal = open_journal(path)
    try:
        study_id = journal.get_study_id_from_name(name)
    except KeyError:
        raise StorageError(f"{path} holds no study {name!r}.") from None
    attributes = journal.get_study_user_attrs(study_id)
    directions = [d.name.lower() for d in journal.get_study_directions(study_id)]
    pairs = attributes.get(f"{PREFIX}objectives") or [
        [f"value_{i}" if i else "value", direction] for i, direction in enumerate(directions)
    ]
    objectives = [Objective(source, direction) for source, direction in pairs]
    return objectives, thaw_all(journal, study_id)


def thaw_all(journal: OptunaJournal, study_id: int) -> list[Trial]:
    """All trials of a study, by number."""
    later = journal.get_study_user_attrs(study_id)
    return [
        thaw(frozen, later.get(f"{PREFIX}trial-{frozen.number}"))
        for frozen in journal.get_all_trials(study_id)
    ]


def open_journal(path: Path) -> OptunaJournal:
    """Optuna's storage over the file; the lock is of the kind that all systems have."""
    return OptunaJournal(JournalFileBackend(str(path), JournalFileOpenLock(str(path))))


def thaw(frozen: FrozenTrial, later: dict[str, Any] | None = None) -> Trial:
    """Our trial from Optuna's, with what we put into its attributes."""
    attributes = {**frozen.user_attrs, **(later or {})}
    reports = [Report(s, (v,), 0) for s, v in sorted(frozen.intermediate_values.items())]
    for key, value in attributes.items():
        if key.startswith(f"{PREFIX}report-"):
            reports.append(Report(int(key.rpartition("-")[2]), tuple(value), 0))
    error = attributes.get(f"{PREFIX}error")
    values = tuple(frozen.values) if frozen.values is not None else None
    if values is None and frozen.state is OptunaState.PRUNED and reports:
        values = reports[-1].values
    begun = frozen.datetime_start.timestamp() if frozen.datetime_start else None
    written = frozen.datetime_complete.timestamp() if frozen.datetime_complete else None
    return Trial(
        number=frozen.number,
        params=dict(frozen.params),
        state=TrialState[frozen.state.name],
        values=values,
        reports=sorted(reports),
        started_at=attributes.get(f"{PREFIX}started_at", begun),
        finished_at=attributes.get(f"{PREFIX}finished_at", written),
        figures=attributes.get(f"{PREFIX}figures", {}),
        error=TrialError(**error) if error else None,
        notice=attributes.get(f"{PREFIX}notice", ""),
    )


def _attributes(trial: Trial) -> dict[str, Any]:
    content = {
        "started_at": trial.started_at,
        "finished_at": trial.finished_at,  # Optuna notes when it was written
        "figures": trial.figures,
        "error": asdict(trial.error) if trial.error else None,
        "notice": trial.notice,
    }
    # Through JSON, so that what is compared is what is read back.
    return {PREFIX + k: json.loads(json.dumps(v)) for k, v in content.items() if v}
