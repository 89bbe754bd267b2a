"""The study as Optuna's journal file, written behind the search by one thread.

Every Optuna tool opens it. What Optuna has no field for (figures, errors, notices) goes into
user attributes under `jupyter_hpo:`.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages import JournalStorage as OptunaJournal
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from ..errors import StorageError
from ..search.convert import MEMORY, STATES, constraints_of, from_optuna, quiet, to_optuna
from ..space import SearchSpace
from ..study.objective import Objective
from ..study.rounds import spread
from ..study.trial import Report, Trial, TrialError, TrialState
from . import records
from .memory import close_zombie

PREFIX = "jupyter_hpo:"
REPORT = f"{PREFIX}report-"
CLOSE_S = 10.0

BATCH = 500
"""Jobs that are written together, at most."""

GATHER_S = 0.01
"""Between two writes."""


class JournalStorage:
    """Storage in one journal file. Raises StorageError when the file can't be opened or
    holds a study with other objectives."""

    def __init__(
        self, path: Path, name: str, space: SearchSpace, objectives: Sequence[Objective]
    ) -> None:
        self.path, self.name = path, name
        self._distributions: dict[str, BaseDistribution] = {}
        self._as_json: dict[str, str] = {}
        self._use(space)
        self._records: list[records.Record] = []  # made, not yet written
        self._last: tuple[int, int] | None = None  # number and Optuna's id of the newest trial
        self._ids: dict[int, int] = {}  # number -> Optuna's id
        self._written: dict[int, dict[str, Any]] = {}
        self._finished: set[int] = set()  # numbers whose end is in the file
        self._problem: str | None = None
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        with _readable(path):
            _begins_as_a_journal(path)
            self._journal = open_journal(path)
            self._study_id = self._open_study(objectives)
            self._writer = records.JournalWriter(path)
        self._thread = threading.Thread(target=self._write, name="jupyter_hpo-storage", daemon=True)
        self._thread.start()

    # ---------------------------------------------------------------- Storage
    def load(self) -> list[Trial]:
        with _readable(self.path):
            return self._load()

    def _load(self) -> list[Trial]:
        described = self.described()
        for frozen in self._journal.get_all_trials(self._study_id, deepcopy=False):
            self._ids[frozen.number] = frozen._trial_id
            later = described.get(f"trial-{frozen.number}")
            self._written[frozen.number] = later or _told(frozen.user_attrs)
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
        known = trial.values if trial.values and not any(map(isnan, trial.values)) else ()
        values = list(known) if known and trial.state.finished else None
        number, started = trial.number, trial.started_at
        constraints = constraints_of(trial)
        self._queue.put(
            lambda: self._save(number, params, state, values, attributes, started, constraints)
        )

    def save_report(self, trial: Trial) -> None:
        report, number = trial.reports[-1], trial.number
        self._queue.put(lambda: self._save_report(number, report))

    def describe(self, attributes: dict[str, Any]) -> None:
        self._queue.put(lambda: self._describe(attributes))

    def described(self) -> dict[str, Any]:
        return _described(self._journal, self._study_id)

    def change_space(self, space: SearchSpace) -> None:
        self._queue.put(lambda: self._use(space))
        parameters = [repr(parameter) for parameter in space.values()]
        about = {"space": repr(space), "parameters": parameters}
        self._queue.put(lambda: self._describe(about))

    def problem(self) -> str | None:
        return self._problem

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self._problem = f"{self.path} is still being written after {CLOSE_S:g} s."

    # ---------------------------------------------------------- the writer thread
    def _write(self) -> None:
        """Write what there is as soon as it comes, but together what comes within a moment:
        a lock and an fsync cost more than a hundred lines."""
        closed = False
        while not closed:
            jobs = [self._queue.get()]
            with contextlib.suppress(queue.Empty):
                while len(jobs) < BATCH and jobs[-1] is not None:
                    jobs.append(self._queue.get_nowait())
            closed = jobs[-1] is None
            if self._problem is None:  # after a gap, later lines would tell a false story
                self._perform([job for job in jobs if job is not None])
            if not closed:
                time.sleep(GATHER_S)

    def _perform(self, jobs: Sequence[Callable[[], None]]) -> None:
        try:
            try:
                for job in jobs:
                    job()
            finally:
                self._flush()
        except Exception as error:
            self._problem = (
                f"the study is no longer written to {self.path}: "
                f"{type(error).__name__}: {error}. The search goes on in memory."
            )

    def _flush(self) -> None:
        records, self._records = self._records, []
        if records:
            self._writer.append(records)

    def _save(
        self,
        number: int,
        params: dict[str, Any],
        state: OptunaState,
        values: list[float] | None,
        attributes: dict[str, Any],
        started: float | None,
        constraints: dict[str, float],
    ) -> None:
        known = self._written.setdefault(number, {})
        if number not in self._ids:
            internal = {n: self._distributions[n].to_internal_repr(v) for n, v in params.items()}
            distributions = {name: self._as_json[name] for name in params}
            self._records.append(
                records.new_trial(self._study_id, internal, distributions, attributes, started)
            )
            self._ids[number] = self._identify(number)
            known.update(attributes)
        trial_id = self._ids[number]
        if number in self._finished:
            # Optuna keeps a finished trial as it is: what came later goes to the study.
            if attributes != known:
                key = f"{PREFIX}trial-{number}"
                self._records.append(records.study_attribute(self._study_id, key, attributes))
                self._written[number] = attributes
            return
        no_longer: dict[str, Any] = dict.fromkeys(known.keys() - attributes.keys())
        for key, value in {**no_longer, **attributes}.items():
            if known.get(key) != value:
                self._records.append(records.trial_attribute(trial_id, key, value))
                known[key] = value
        if state.is_finished():
            for text, amount in constraints.items():
                self._records.append(records.constraint(trial_id, text, amount))
            self._records.append(records.end(trial_id, state, values))
            self._finished.add(number)
            self._written[number] = attributes

    def _identify(self, number: int) -> int:
        """Optuna's id of the trial just recorded: it numbers trials as they stand in the file,
        so it is asked once a session, and the next ones follow."""
        if self._last is None:
            self._flush()
            made = self._journal.get_all_trials(self._study_id, deepcopy=False)[-1]
            self._last = (made.number, made._trial_id)
        else:
            self._last = (self._last[0] + 1, self._last[1] + 1)
        if self._last[0] != number:
            raise StorageError(f"trial {number} was numbered {self._last[0]}")
        return self._last[1]

    def _save_report(self, number: int, report: Report) -> None:
        trial_id = self._ids[number]
        if len(report.values) == 1:
            self._records.append(records.report(trial_id, report.step, report.values[0]))
        else:
            key = f"{REPORT}{report.step}"
            told = [None if isnan(value) else value for value in report.values]
            self._records.append(records.trial_attribute(trial_id, key, told))

    def _use(self, space: SearchSpace) -> None:
        found = {name: to_optuna(parameter.distribution) for name, parameter in space.items()}
        self._distributions = found
        self._as_json = {name: distribution_to_json(one) for name, one in found.items()}

    def _describe(self, attributes: dict[str, Any]) -> None:
        for key, value in attributes.items():
            self._records.append(records.study_attribute(self._study_id, PREFIX + key, value))

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
        others = [study.study_name for study in self._journal.get_all_studies()]
        if others:
            raise StorageError(
                f"{self.path} holds study {others[0]!r}, and not {self.name!r}. Move it away, or "
                "start anew with --fresh."
            )
        with quiet():
            return self._journal.create_new_study(directions, self.name)


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say of a damaged file that it is one: whatever stands there, Optuna replays it."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        raise StorageError(
            f"{path} can't be read as a study ({type(error).__name__}: {error}). "
            "Move it away, or start anew with --fresh."
        ) from error


def _begins_as_a_journal(path: Path) -> None:
    """Raises ValueError for what no study of ours or Optuna's has begun."""
    if path.exists():
        with path.open("rb") as file:
            first = file.read(1)
        if first not in (b"", b"{"):
            raise ValueError("its first line is none of a journal")


@dataclass(frozen=True)
class StoredStudy:
    """A study as it stands on disk. space: of its trials, each parameter as the newest has it.
    about: what `describe` wrote of its last session."""

    name: str
    objectives: list[Objective]
    trials: list[Trial]
    space: SearchSpace
    about: dict[str, Any]


def read_study(path: Path, name: str) -> StoredStudy:
    """A study on disk; nothing is written.

    Raises StorageError when the file does not hold that study, or can't be read.
    """
    with _readable(path):
        return _read(path, name)


def _read(path: Path, name: str) -> StoredStudy:
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
    space = space_of(journal.get_all_trials(study_id, deepcopy=False))
    about = _described(journal, study_id)
    return StoredStudy(name, objectives, thaw_all(journal, study_id), space, about)


def only_study(path: Path) -> StoredStudy:
    """The one study of a journal file, ours or Optuna's; nothing is written.

    Raises StorageError when it holds none, or several, or can't be read.
    """
    with _readable(path):
        _begins_as_a_journal(path)
        names = [study.study_name for study in open_journal(path).get_all_studies()]
        if len(names) != 1:
            raise StorageError(several(path, names))
        return _read(path, names[0])


def several(path: Path, names: Sequence[str]) -> str:
    """A sentence on a file that does not hold one study."""
    if not names:
        return f"{path} holds no study."
    return (
        f"{path} holds {len(names)} studies ({', '.join(names[:8])}). Load the one that is meant: "
        "older = optuna.load_study(study_name=..., storage=...), and give --like older."
    )


def space_of(trials: Sequence[FrozenTrial]) -> SearchSpace:
    """The parameters of these trials, each as the newest has it."""
    return SearchSpace(
        {
            name: from_optuna(distribution)
            for trial in trials
            for name, distribution in trial.distributions.items()
        }
    )


def _described(journal: OptunaJournal, study_id: int) -> dict[str, Any]:
    attributes = journal.get_study_user_attrs(study_id)
    return {k.removeprefix(PREFIX): v for k, v in attributes.items() if k.startswith(PREFIX)}


def describe_finished(path: Path, name: str, attributes: dict[str, Any]) -> None:
    """Write something more of a study whose session has ended.

    Raises StorageError when the file does not hold it, or can't be written.
    """
    with _readable(path):
        journal = open_journal(path)
        study_id = journal.get_study_id_from_name(name)
        for key, value in attributes.items():
            journal.set_study_user_attr(study_id, PREFIX + key, value)


def thaw_all(journal: OptunaJournal, study_id: int) -> list[Trial]:
    """All trials of a study, by number."""
    later = journal.get_study_user_attrs(study_id)
    return [
        thaw(frozen, later.get(f"{PREFIX}trial-{frozen.number}"))
        for frozen in journal.get_all_trials(study_id, deepcopy=False)
    ]


def open_journal(path: Path) -> OptunaJournal:
    """Optuna's storage over the file; the lock is of the kind that all systems have."""
    return OptunaJournal(JournalFileBackend(str(path), JournalFileOpenLock(str(path))))


def thaw(frozen: FrozenTrial, later: dict[str, Any] | None = None) -> Trial:
    """Our trial from Optuna's, with what we put into its attributes."""
    attributes = later or _told(frozen.user_attrs)
    reports = [Report(s, (v,), 0) for s, v in sorted(frozen.intermediate_values.items())]
    for key, value in frozen.user_attrs.items():
        if key.startswith(REPORT):
            told = tuple(nan if one is None else one for one in value)
            reports.append(Report(int(key.rpartition("-")[2]), told, 0))
    error = attributes.get(f"{PREFIX}error")
    own = dict(attributes.get(f"{PREFIX}own", {}))
    inherited = dict(attributes.get(f"{PREFIX}inherited", {}))
    values = tuple(frozen.values) if frozen.values is not None else None
    if values is None and frozen.state is OptunaState.PRUNED and reports:
        values = reports[-1].values
    begun = frozen.datetime_start.timestamp() if frozen.datetime_start else None
    written = frozen.datetime_complete.timestamp() if frozen.datetime_complete else None
    amounts = attributes.get(f"{PREFIX}constraints") or {
        text: amount for text, amount in frozen.constraints.items() if text != MEMORY
    }
    trial = Trial(
        number=frozen.number,
        params={**frozen.params, **own, **inherited},
        state=TrialState[frozen.state.name],
        values=values,
        reports=sorted(reports),
        started_at=attributes.get(f"{PREFIX}started_at", begun),
        finished_at=attributes.get(f"{PREFIX}finished_at", written),
        figures=dict(attributes.get(f"{PREFIX}figures", {})),
        error=TrialError(**error) if error else None,
        notice=attributes.get(f"{PREFIX}notice", ""),
        enqueued=attributes.get(f"{PREFIX}enqueued", False),
        uncounted=attributes.get(f"{PREFIX}uncounted", False),
        own=own,
        rounds=[tuple(one) for one in attributes.get(f"{PREFIX}rounds", ())],
        outside=attributes.get(f"{PREFIX}outside", False),
        amounts=dict(attributes.get(f"{PREFIX}amounts", {})),
        unjudged=list(attributes.get(f"{PREFIX}unjudged", ())),
        parent=attributes.get(f"{PREFIX}parent"),
        inherited=inherited,
    )
    trial.take_amounts(amounts)
    return trial


def _told(attributes: dict[str, Any]) -> dict[str, Any]:
    """Of Optuna's attributes of a trial those that `_attributes` makes; None: no longer so."""
    return {
        key: value
        for key, value in attributes.items()
        if key.startswith(PREFIX) and not key.startswith(REPORT) and value is not None
    }


def _attributes(trial: Trial) -> dict[str, Any]:
    content = {
        "started_at": trial.started_at,
        "finished_at": trial.finished_at,  # Optuna notes when it was written
        "figures": trial.figures,
        "error": asdict(trial.error) if trial.error else None,
        "notice": trial.notice,
        "enqueued": trial.enqueued,
        "uncounted": trial.uncounted,
        "own": trial.own,
        "rounds": trial.rounds,
        "spread": spread(trial.rounds),
        "outside": trial.outside,
        "parent": trial.parent,
        "inherited": trial.inherited,
        "constraints": {**trial.slacks, **trial.violations},
        "amounts": trial.amounts,
        "unjudged": trial.unjudged,
    }
    # Through JSON, so that what is compared is what is read back.
    told = {k: v for k, v in content.items() if v or (v == 0 and v is not False)}
    return {PREFIX + k: json.loads(json.dumps(v)) for k, v in told.items()}
