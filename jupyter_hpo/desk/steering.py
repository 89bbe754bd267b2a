"""Answers to what a person presses while a study runs: the requests of `study`, from texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..space import Categorical, SearchSpace
from ..steering import read_budget, read_params
from ..widgets.cutting import whole
from ..widgets.encode import revive
from ..widgets.protocol import Command, EditorProblem
from .answers import Answer

if TYPE_CHECKING:
    from ..handle import StudyHandle

Carry = Callable[["StudyHandle", Command], Answer]


def stop(study: StudyHandle, command: Command) -> Answer:
    study.still_runs("stopped")
    study.stop()
    return Answer()


def pause(study: StudyHandle, command: Command) -> Answer:
    study.pause()
    return Answer()


def resume(study: StudyHandle, command: Command) -> Answer:
    study.still_runs("resumed")
    study.resume()
    return Answer()


def of_a_trial(steer: Callable[[StudyHandle, int], Any]) -> Carry:
    def carry_out(study: StudyHandle, command: Command) -> Answer:
        assert command.number is not None  # `parse_command` saw to it
        steer(study, command.number)
        return Answer()

    return carry_out


def prune_trial(study: StudyHandle, command: Command) -> Answer:
    assert command.number is not None
    at_once = study.prune_trial(command.number)
    return Answer("" if at_once else f"Trial {command.number} ends at its next report.")


def enqueue(study: StudyHandle, command: Command) -> Answer:
    study.still_runs("given a trial")
    space = study.session.cell.space
    asked = whole(revive(command.params or {}), _choices(space))
    values, problems = read_params(space, asked)
    if problems:
        return Answer("Not queued.", problems=_beside(problems))
    study.enqueue(**values)
    return Answer("Queued: it runs next.")


def set_budget(study: StudyHandle, command: Command) -> Answer:
    assert command.budget is not None
    texts = {name: text for name, text in vars(command.budget).items() if text is not None}
    asked, problems = read_budget(texts)
    if problems:
        return Answer("The budget stays as it is.", problems=_beside(problems))
    return Answer(study.set_budget(**asked))


def _choices(space: SearchSpace) -> dict[str, Sequence[Any]]:
    each = {name: parameter.distribution for name, parameter in space.items()}
    return {name: d.choices for name, d in each.items() if isinstance(d, Categorical)}


def _beside(problems: dict[str, str]) -> tuple[EditorProblem, ...]:
    return tuple(
        EditorProblem(name, text[:1].upper() + text[1:]) for name, text in problems.items()
    )
