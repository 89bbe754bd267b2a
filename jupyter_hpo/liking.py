"""`--like STUDY`: an older study's results as what a new search begins with.

They are told to the sampler, and the best of them are tried first; they count for no budget and
stand in no leaderboard, because what they were made of (data, code, space) may have changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cell import CapturedCell
from .errors import StorageError, StudyError
from .options import Options
from .search.grid import GridSampler
from .search.sampler import Sampler
from .space import MISSING, Float, SearchSpace
from .storage.folder import ROOT, StudyFolder, list_studies
from .study.goals import judged_again
from .study.objective import Objective
from .study.ranking import telling
from .study.steering import TOLD
from .study.study import Study
from .study.trial import Trial, TrialState

if TYPE_CHECKING:
    from .storage.journal import StoredStudy

FIRST = 3
"""Of the older study's best configurations, tried after the cell's own values."""


def prior_of(
    cell: CapturedCell, options: Options, namespace: Mapping[str, Any]
) -> StoredStudy | None:
    """The study of `--like`; None without that.

    Raises StudyError when there is none, or when it was made for other objectives; StorageError
    when it can't be read.
    """
    if options.like is None:
        return None
    prior = _found(options.like, options.root, namespace)
    ours = [(o.source, o.direction) for o in cell.objectives]
    theirs = [(o.source, o.direction) for o in prior.objectives]
    nameless = not prior.about.get("objectives")  # Optuna names no objectives
    same = [d for _, d in ours] == [d for _, d in theirs] if nameless else ours == theirs
    if not same:
        asked, found = (
            ", ".join(f"{direction} {source}" for source, direction in those)
            for those in (ours, theirs)
        )
        raise StudyError(
            f"--like {options.like}: that study is to {found}, and this one to {asked}: their "
            "values say nothing about each other. Leave --like out."
        )
    if not set(cell.space) & set(prior.space):
        here, there = ", ".join(cell.space), ", ".join(prior.space) or "nothing"
        raise StudyError(
            f"--like {options.like}: that study tuned {there}, and this one tunes {here}: they "
            "have no name in common. Leave --like out, or name the values alike (`as NAME`)."
        )
    return prior


def but_itself(prior: StoredStudy | None, study: Study) -> tuple[StoredStudy | None, list[str]]:
    """The older study, unless it is this one: its trials are here anyway, and would be told
    twice. With a sentence on that."""
    if prior is None or prior.name != study.config.name:
        return prior, []
    ours = {(trial.number, trial.started_at) for trial in study.trials.values()}
    if not any((trial.number, trial.started_at) in ours for trial in prior.trials):
        return prior, []  # of another folder, or cleared by --fresh
    return None, [f"--like is left out: {prior.name!r} is this study, and its trials count anyway."]


def begin_with(
    prior: StoredStudy | None, sampler: Sampler, study: Study, cell: CapturedCell
) -> list[str]:
    """Tell the sampler of a new session, and have the best tried first; sentences on that."""
    if prior is None:
        return []
    space = cell.space
    told = tell_prior(prior, sampler, cell)
    here, untold = _here(prior, cell)
    fresh = study.n_done == 0
    if fresh:
        study.try_next(_best(prior.objectives, here, space))
    known = [t for t in prior.trials if t.values is not None and t.state is not TrialState.FAIL]
    placed = [t for t in known if fitted(t.params, space) is not None]
    said = f"Begins with {len(placed)} trials of study {prior.name!r}"
    if told < len(placed):
        said += f" ({told or 'none'} of them told to the search)"
    said += ": the best are tried first." if fresh and placed else "."
    notices = [said]
    if len(placed) < len(known):
        names = sorted(
            name
            for name in space
            if any(name in t.params and not space.fits(name, t.params[name]) for t in known)
        )
        why = f": {', '.join(names)} lies outside its range" if names else ""
        notices.append(f"{len(known) - len(placed)} of its trials do not fit this space{why}.")
    new = [n for n, p in space.items() if n not in prior.space and p.default is not MISSING]
    if new:
        notices.append(f"New here, taken to have been at the cell's own value: {', '.join(new)}.")
    if untold:
        which = " and ".join(f"`{text}`" for text in untold)
        notices.append(
            f"Its trials were not all held to {which}: what that reads was not written down of "
            "them, and they are taken to keep it."
        )
    gone = [name for name in prior.space if name not in space]
    if gone:
        notices.append(f"No longer tuned, and left out of its trials: {', '.join(gone)}.")
    return notices


def tell_prior(prior: StoredStudy | None, sampler: Sampler, cell: CapturedCell) -> int:
    """Tell the sampler of the older study's trials as far as they lie in the cell's space; how
    many."""
    if prior is None or isinstance(sampler, GridSampler):  # what it tried is not tried here
        return 0
    chosen = telling(prior.objectives, _here(prior, cell)[0], TOLD)
    for trial in chosen:
        sampler.tell(trial)
    return len(chosen)


def _here(prior: StoredStudy, cell: CapturedCell) -> tuple[list[Trial], list[str]]:
    """The older study's trials as they would be of this cell, as far as they lie in its space:
    with its params, and held to its constraints instead of their own. And the texts of those
    constraints that could not be told of all."""
    known, untold = [], []
    after = 1 + max((trial.number for trial in prior.trials), default=0)
    for trial in prior.trials:
        params = fitted(trial.params, cell.space)
        if params is None or not trial.state.finished or trial.state is TrialState.FAIL:
            continue
        # No number of this study, in which the engine's trials count from 0.
        moved = _moved(trial, trial.number - after, params)
        missing = judged_again(moved, cell.objectives, cell.goals.constraints)
        if trial.state is TrialState.COMPLETE:  # models of constraints ask for the same of each
            moved.slacks |= dict.fromkeys(missing, 0.0)
        known.append(moved)
        untold += missing
    return known, list(dict.fromkeys(untold))


def fitted(params: Mapping[str, Any], space: SearchSpace) -> dict[str, Any] | None:
    """These values in another space: what that does not tune is dropped, what it has besides is
    at the cell's own value. None where a value lies outside, or the cell has none."""
    values: dict[str, Any] = {}
    for name, parameter in space.items():
        if parameter.condition is not None and not parameter.condition.holds(values):
            continue
        value = params.get(name, parameter.default)
        if value is MISSING or not space.fits(name, value):
            return None
        values[name] = float(value) if isinstance(parameter.distribution, Float) else value
    return values if values.keys() & params.keys() else None


def _moved(trial: Trial, number: int, params: dict[str, Any]) -> Trial:
    return Trial(
        number,
        params,
        trial.state,
        values=trial.values,
        reports=trial.reports,
        started_at=trial.started_at,
        finished_at=trial.finished_at,
        figures=trial.figures,
        error=trial.error,
        violations=trial.violations,
        slacks=trial.slacks,
    )


def _best(
    objectives: Sequence[Objective], trials: Iterable[Trial], space: SearchSpace
) -> list[dict[str, Any]]:
    """The best configurations, each once and not the cell's own. trials: as `_here` gives them."""
    complete = [
        t for t in trials if t.state is TrialState.COMPLETE and t.values and not t.violations
    ]
    sign = -1.0 if objectives[0].direction == "maximize" else 1.0
    ranked = sorted(complete, key=lambda t: sign * t.values[0])  # type: ignore[index]
    if len(objectives) > 1:
        from .study.ranking import best_trials

        front = best_trials(objectives, complete)
        ranked = [*front, *(t for t in ranked if t not in front)]
    found: list[dict[str, Any]] = []
    for trial in ranked:
        if trial.params not in [*found, space.defaults()]:
            found.append(trial.params)
    return found[:FIRST]


def _found(like: str, root: Path | None, namespace: Mapping[str, Any]) -> StoredStudy:
    from .storage.foreign import in_memory, of_database
    from .storage.journal import only_study, read_study

    value = namespace.get(like) if like.isidentifier() else None
    if value is not None:
        known = in_memory(value)
        if known is not None:
            return known
    path = Path(like).expanduser()
    if path.is_dir() and (path / "journal.log").is_file():
        return only_study(path / "journal.log")
    if path.is_file():
        return of_database(path) if _is_sqlite(path) else only_study(path)
    if path.name == like and like in list_studies(root):
        return read_study(StudyFolder(like, root).journal, like)
    raise StudyError(f"--like {like}: {_nothing(like, list_studies(root), root)}")


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(6) == b"SQLite"
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from None


def _nothing(like: str, studies: Iterable[str], root: Path | None) -> str:
    known = ", ".join(list(studies)[:8])
    where = root or ROOT
    return f"there is no such study in {where}, in the notebook or on disk. " + (
        f"Studies in {where}: {known}." if known else "Give a name, a path, or a study's variable."
    )
