"""Which rounds a trial has (`--folds`, `--repeats`), and who judges them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .cell import CapturedCell, CellProgram
from .cell.folds import GROUPS, find_folds, role_of
from .cell.program import tree_of
from .cell.slice.rerun import came_back
from .errors import CellError, Problem, StudyError
from .options import Options
from .study.rounds import Rounds
from .study.schedulers import Scheduler
from .study.schedulers.paired import Paired
from .study.study import Study
from .study.trial import TrialState


def rounds_of(options: Options, namespace: Mapping[str, Any]) -> Rounds:
    """The rounds of a trial. Raises StudyError where the name of a splitter says nothing."""
    folds = options.folds
    if isinstance(folds, str):
        folds = _parts(folds, namespace)
    return Rounds(folds or 1, options.repeats)


def _parts(name: str, namespace: Mapping[str, Any]) -> int:
    """How many folds the splitter of that name makes."""
    if name not in namespace:
        raise StudyError(
            f"--folds {name}: the notebook has no such name. Give the number of folds (--folds 5), "
            f"or make {name} in an earlier cell: {name} = StratifiedKFold(5)."
        )
    splitter = namespace[name]
    try:
        if hasattr(splitter, "get_n_splits"):
            parts = int(splitter.get_n_splits())
        else:
            parts = len(splitter)
    except Exception:  # whatever a splitter asks for, or no splitter at all
        raise StudyError(
            f"--folds {name}: {type(splitter).__name__} doesn't say without data how many folds "
            "there are. Name a splitter such as KFold(5), or the list of its folds: "
            f"{name} = list({name}.split(X, y))."
        ) from None
    if parts < 2:
        raise StudyError(f"--folds {name}: it makes {parts} fold; at least 2 can be compared.")
    return parts


def given_by_folds(problem: Problem) -> bool:
    """Whether it is a name that is not defined, and that `--folds` will bind."""
    undefined = problem.code == "undefined_name" and problem.name is not None
    return undefined and bool(role_of(problem.name or ""))


def takes_folds(program: CellProgram) -> bool:
    """Whether `--folds` would find in the cell what to bind, and what to split."""
    try:
        find_folds(tree_of(program))
    except CellError:
        return False
    return True


def taken_as_it_stands(notice: str) -> bool:
    """Whether it says that trials take a name as it stands which `--folds` will bind."""
    name = notice[1:].partition("`")[0]
    return bool(role_of(name)) and notice.startswith(came_back(name))


def in_rounds(
    program: CellProgram, options: Options, rounds: Rounds, namespace: Mapping[str, Any]
) -> CellProgram:
    """The program, knowing the rounds of its trials. Raises CellError where `--folds` finds
    nothing to bind, StudyError where the notebook's data has fewer rows than folds."""
    if rounds.n == 1:
        return program
    tree = tree_of(program)
    folds = find_folds(tree) if rounds.folds > 1 else None
    if folds is not None:
        _check_rows(folds.data, tree, rounds.folds, namespace)
    splitter = options.folds if isinstance(options.folds, str) else ""
    return replace(program, folds=folds, rounds=rounds, splitter=splitter)


def _check_rows(data: str, tree: ast.Module, folds: int, namespace: Mapping[str, Any]) -> None:
    """Only of data that is the notebook's own: what trials make is seen when they have."""
    made = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _stored(node))
    if data not in namespace or data in made:
        return
    try:
        rows = len(namespace[data])
    except TypeError:
        return
    if rows < folds:
        raise StudyError(f"--folds {folds}: {data} has {rows} rows; give {rows} folds at most.")


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def split_names(program: CellProgram) -> set[str]:
    """Names of the notebook that splitting needs beside those that the cell reads."""
    return {program.splitter, GROUPS} if program.splitter else set()


def shareable(program: CellProgram, setup: tuple[int, ...]) -> tuple[int, ...]:
    """Of the statements that could run once for all trials, those that also could for all of
    their rounds: before the rows are bound, and nothing where repeats begin with other seeds."""
    if program.rounds.repeats > 1:
        return ()
    before = program.folds.before if program.folds is not None else None
    return tuple(i for i in setup if before is None or i < before)


def judge_for(cell: CapturedCell, options: Options, rounds: Rounds) -> Scheduler | None:
    """Who judges rounds one by one. None: by their means, who judges all else (`--pruner`)."""
    if len(cell.objectives) != 1:
        return None
    curve = bool(cell.reports) and not is_folds(cell)
    if options.pruner is None or (curve and rounds.n > 1 and options.pruner != "none"):
        if rounds.n == 1:
            return Paired()
        return Paired(word=rounds.word, total=rounds.n)
    return None


def is_folds(cell: CapturedCell) -> bool:
    """Whether what is reported while a trial runs are folds, of a loop or of scikit-learn."""
    return cell.reports.startswith("each fold of")


def about_rounds(rounds: Rounds, judge: Scheduler | None) -> list[str]:
    """What a trial is made of, in sentences for the person."""
    if rounds.n == 1:
        return []
    runs = f"{rounds.folds} folds" if rounds.folds > 1 else f"{rounds.repeats} repeats"
    if rounds.folds > 1 and rounds.repeats > 1:
        runs = f"{rounds.folds} folds, {rounds.repeats} times over"
    facts = [
        f"A trial is {rounds.n} runs of the cell ({runs}), one after another; its value is their "
        "mean, and what is kept of it is the last run's."
    ]
    return [*facts, about_judge(judge)] if judge is not None else facts


def about_judge(judge: Scheduler) -> str:
    """How rounds are compared, in a sentence."""
    word = judge.word if isinstance(judge, Paired) else "fold"
    return (
        f"After each {word} a trial is compared with the best one's same {word}s, pair by pair "
        "(Wilcoxon's signed ranks; a t-test for the first few): one that is worse ends there."
    )


def about_alike(study: Study) -> list[str]:
    """That repeats bring nothing, once that is seen."""
    rounds = study.config.rounds
    if rounds.repeats == 1:
        return []
    whole = (t for t in study.trials.values() if len(t.rounds) == rounds.n)
    first = next((t for t in whole if t.state is TrialState.COMPLETE), None)
    if first is None:
        return []
    of_each_fold = (first.rounds[fold :: rounds.folds] for fold in range(rounds.folds))
    if any(len(set(values)) > 1 for values in of_each_fold):
        return []
    same = "the same value" if rounds.folds == 1 else "the same values on the same folds"
    return [
        f"The {rounds.repeats} repeats of trial {first.number} gave {same}: nothing in the cell "
        "depends on a seed that can be set for it (a seed given as random_state=0 can't). Leave "
        "out --repeats."
    ]
