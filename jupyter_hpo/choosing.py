"""Choosing a trial: its values and objects become the study's result, whatever is better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import StudyError
from .study import messages as m
from .study.constraints import infeasible
from .study.trial import Trial, TrialState

if TYPE_CHECKING:
    from .handle import StudyHandle

NAMES = 8
"""Names that are said one by one."""


def choose(study: StudyHandle, number: int | str | None) -> str:
    """Make the trial the result of the study; None: the best one again. A sentence on it.
    Nothing is bound yet. Any thread.

    Raises StudyError for a trial that is not complete, or no number.
    """
    if isinstance(number, str):
        raise StudyError(f'{number!r} is no trial: give its number, or "best".')
    said = "The best trial is the result again." if number is None else _chosen(study, number)
    session = study.session
    if not session.engine.done.is_set():
        session.engine.request(m.Chosen(number))
        return f"{said} Values and objects are bound when the study ends."
    with session.engine.lock:
        session.study.choose(number)
    session.engine.on_change()
    _write(study, number)
    return said


def bound(study: StudyHandle, said: str) -> str:
    """Bind what was chosen; what was said of it, and the names. Main thread."""
    from .run import bind_result

    names = bind_result(study, study.namespace)
    _show(study)
    tuned = {t.variable for t in study.session.cell.tunables}
    names.sort(key=lambda name: name not in tuned)
    few = ", ".join(names[:NAMES])
    few += f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return f"{said} Bound in the notebook: {few}." if names else said


def _show(study: StudyHandle) -> None:
    """Put the result as it is now where the study is shown: a saved notebook shows that."""
    if study.output is not None and study.saved is not None:
        from .outcome import bundle

        study.saved = {**bundle(study), **study.output.mark}
        study.output.replace(study.saved)


def _chosen(study: StudyHandle, number: int) -> str:
    with study.session.engine.lock:
        trial = study.session.study.trials.get(number)
    if trial is None:
        raise StudyError(f"study {study.name!r} has no trial {number}.")
    if trial.state is not TrialState.COMPLETE:
        raise StudyError(
            f"trial {number} did not run to its end, so it has no result to use. Run its values "
            f"again (Enqueue again), or write them into the cell: %hpo apply {number}."
        )
    return f"Trial {number} is the result now." + _lacking(trial)


def _lacking(trial: Trial) -> str:
    """What the person should know of it."""
    said = []
    if trial.violations:
        said.append(f" It is infeasible: {infeasible(trial.violations)}.")
    if trial.objects_path is None:
        said.append(
            " Only its values: its objects were not kept, because another was better or for want "
            "of room (--keep-limit). To have them run it again: Enqueue again."
        )
    return "".join(said)


def _write(study: StudyHandle, number: int | None) -> None:
    from .storage.journal import describe_finished

    session = study.session
    if session.temporary is None and session.folder.journal.exists():
        describe_finished(session.folder.journal, session.study.config.name, {"chosen": number})
