"""Studies that were not written by us: Optuna's, in memory or in a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna

from ..errors import StorageError
from ..study.objective import Objective
from .journal import PREFIX, StoredStudy, several, space_of, thaw


def in_memory(value: Any) -> StoredStudy | None:
    """What an object of the notebook holds: an `optuna.Study`, or a study of ours (which has
    one). None for anything else."""
    study = value if isinstance(value, optuna.Study) else getattr(value, "optuna", None)
    return _stored(study) if isinstance(study, optuna.Study) else None


def of_database(path: Path) -> StoredStudy:
    """The one study of a SQLite file of Optuna's.

    Raises StorageError when it holds none, or several, or can't be read.
    """
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{path.absolute()}")
        names = [study.study_name for study in storage.get_all_studies()]
        if len(names) == 1:
            return _stored(optuna.load_study(study_name=names[0], storage=storage))
    except Exception as error:  # whatever stands in the file
        raise StorageError(
            f"{path} can't be read as a study ({type(error).__name__}: {error})."
        ) from error
    raise StorageError(several(path, names))


def _stored(study: optuna.Study) -> StoredStudy:
    trials = study.get_trials(deepcopy=False)
    about = {
        key.removeprefix(PREFIX): value
        for key, value in study.user_attrs.items()
        if key.startswith(PREFIX)
    }
    directions = [direction.name.lower() for direction in study.directions]
    pairs = about.get("objectives") or [
        [f"value_{i}" if i else "value", direction] for i, direction in enumerate(directions)
    ]
    objectives = [Objective(source, direction) for source, direction in pairs]
    return StoredStudy(
        study.study_name, objectives, [thaw(one) for one in trials], space_of(trials), about
    )
