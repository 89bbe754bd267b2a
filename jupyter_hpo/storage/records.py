"""The lines of Optuna's journal file, as `optuna.storages.JournalStorage` writes them.

Optuna's own storage writes one line at a time: lock, write, fsync, unlock, then reads the line
back and keeps every trial a second time in memory. Here lines are made from what is known and
written many at once. The format is Optuna's promise to its older files.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from enum import IntEnum
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from optuna.storages.journal import JournalFileOpenLock
from optuna.trial import TrialState

from ..errors import StorageError

Record: TypeAlias = dict[str, Any]


class Operation(IntEnum):
    """What a line does (`op_code`); those that are written here."""

    SET_STUDY_USER_ATTR = 2
    CREATE_TRIAL = 4
    SET_TRIAL_STATE_VALUES = 6
    SET_TRIAL_INTERMEDIATE_VALUE = 7
    SET_TRIAL_USER_ATTR = 8
    SET_TRIAL_SYSTEM_ATTR = 9


def study_attribute(study_id: int, key: str, value: Any) -> Record:
    return _record(Operation.SET_STUDY_USER_ATTR, study_id=study_id, user_attr={key: value})


def new_trial(
    study_id: int,
    params: Mapping[str, float],
    distributions: Mapping[str, str],
    attributes: Mapping[str, Any],
    started_at: float | None,
) -> Record:
    """A running trial. params: in Optuna's internal numbers; distributions: as its JSON."""
    return _record(
        Operation.CREATE_TRIAL,
        study_id=study_id,
        datetime_start=_time(started_at),
        state=TrialState.RUNNING,
        value=None,
        values=None,
        distributions=dict(distributions),
        params=dict(params),
        user_attrs=dict(attributes),
        system_attrs={},
        intermediate_values={},
    )


def trial_attribute(trial_id: int, key: str, value: Any) -> Record:
    return _record(Operation.SET_TRIAL_USER_ATTR, trial_id=trial_id, user_attr={key: value})


def constraint(trial_id: int, name: str, value: float) -> Record:
    """As `optuna.trial.Trial.set_constraint`: above 0 the trial is infeasible."""
    return _record(
        Operation.SET_TRIAL_SYSTEM_ATTR,
        trial_id=trial_id, system_attr={f"constraints:{name}": value},
    )  # fmt: skip


def report(trial_id: int, step: int, value: float) -> Record:
    return _record(
        Operation.SET_TRIAL_INTERMEDIATE_VALUE,
        trial_id=trial_id, step=step, intermediate_value=value,
    )  # fmt: skip


def end(trial_id: int, state: TrialState, values: Sequence[float] | None) -> Record:
    """A trial finished now."""
    return _record(
        Operation.SET_TRIAL_STATE_VALUES,
        trial_id=trial_id, state=state, values=values, datetime_complete=_time(None),
    )  # fmt: skip


class JournalWriter:
    """Appends records to a journal file, under the lock that every writer of it takes.

    Not for several threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = JournalFileOpenLock(str(path))
        self._worker = f"{uuid.uuid4()}-{threading.get_ident()}"
        self._end = path.stat().st_size

    def append(self, records: Iterable[Record]) -> None:
        """Write the records in one piece and wait for the disk.

        Raises OSError when the file can't be written, and StorageError, with nothing written,
        when somebody else has added a trial to it, or cut it, since the last time.
        """
        signed = ({**record, "worker_id": self._worker} for record in records)
        lines = [json.dumps(record, separators=(",", ":")) for record in signed]
        self._lock.acquire()
        try:
            with self.path.open("ab+") as file:
                self._check(file)
                file.write(("\n".join(lines) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
                self._end = file.tell()
        finally:
            self._lock.release()

    def _check(self, file: BinaryIO) -> None:
        end = file.seek(0, os.SEEK_END)
        if end < self._end:
            raise StorageError("somebody else has cut or replaced it")
        file.seek(self._end)
        for line in file.read(end - self._end).splitlines():
            if json.loads(line)["op_code"] == Operation.CREATE_TRIAL:
                raise StorageError("somebody else has added a trial to it")


def _record(operation: Operation, **fields: Any) -> Record:
    return {"op_code": operation, **fields}


def _time(at: float | None) -> str:
    """at: seconds since the epoch; None: now."""
    moment = datetime.now(timezone.utc) if at is None else datetime.fromtimestamp(at, timezone.utc)
    return moment.isoformat(timespec="microseconds")
