"""The space editor of a study in mid-run: what it shows, and another space from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import CellError, SpaceError, StudyError
from ..steering import NO_NOTEBOOK, read_budget
from ..widgets.protocol import Command, EditorProblem, EditorSpec
from ..widgets.ranges import read_choice
from .answers import Answer

if TYPE_CHECKING:
    from ..handle import StudyHandle


def space(study: StudyHandle, command: Command) -> Answer:
    return Answer(data=_spec(study))


def set_space(study: StudyHandle, command: Command) -> Answer:
    """Another space, and the budget where it is another one, too."""
    from ..editing import beside, capture_chosen, condition_problems

    assert command.choice is not None
    study.still_runs("given another space")
    if study.notebook is None:
        raise StudyError(NO_NOTEBOOK)
    spec = _spec(study)
    choice, problems = read_choice(
        command.choice, {r.name: r.value_kind for r in spec.rows}, spec.settings
    )
    if choice is not None:
        present = tuple((o.source, o.direction) for o in study.session.cell.objectives)
        problems = condition_problems(choice)
        if choice.objectives != present:
            problems.append(EditorProblem("objective", "A study that runs keeps its objective."))
    if choice is None or problems:
        return _stays(problems)
    try:
        said = study.move(capture_chosen(study.notebook, choice))
    except CellError as error:
        return _stays([beside(p, choice) for p in error.problems])
    except SpaceError as error:
        return _stays([EditorProblem("", str(error))])
    shown = {
        "trials": spec.settings.trials,
        "timeout": spec.settings.timeout,
        "jobs": spec.settings.jobs,
    }
    texts = {name: getattr(command.choice, name) for name in shown}
    if texts != shown:
        study.set_budget(**read_budget(texts)[0])
    return Answer(said)


def _spec(study: StudyHandle) -> EditorSpec:
    from ..editor_spec import editor_spec

    session = study.session
    spec = editor_spec(study.name, session.cell, session.options, tuned=session.cell.space)
    trials = session.study.config.budget.n_trials
    return replace(spec, settings=replace(spec.settings, trials=str(trials or "")))


def _stays(problems: list[EditorProblem]) -> Answer:
    return Answer("The space stays as it is.", problems=tuple(problems))
