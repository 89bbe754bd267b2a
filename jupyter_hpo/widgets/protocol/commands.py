"""Commands of the browser, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .editor import EditorChoice, EditorChoiceRow, EditorGoal, EditorProblem
from .names import (
    COMMAND_NAMES,
    OF_A_TRIAL,
    WITH_A_CHOICE,
    CommandName,
    Direction,
    ParamKind,
    StudyState,
)
from .study import Best, ObjectiveInfo


@dataclass(frozen=True)
class BudgetChoice:
    """Texts as typed; empty: no limit, and of jobs automatic. What is None stays. timeout:
    counted from the start of this session."""

    trials: str | None = None
    timeout: str | None = None
    jobs: str | None = None


@dataclass(frozen=True)
class Command:
    """id: made by the browser, unique; the same id is carried out once. page: tells one
    loaded page from another, so that a reload is known.

    What each takes, and what comes back in `Reply.data`, beside a message for the person:

    - pause, resume, stop: nothing. pause_trial, resume_trial, stop_trial, prune_trial: number.
    - detail: number -> Detail.
    - resync: nothing; a widget's next message begins anew.
    - studies (study LOBBY): nothing -> StudySummary[], the newest first.
    - follow: number 1 to begin anew, else 0 -> Packed, or null when nothing is new. For pages
      that have no comm: asked again and again, at most 5 times a second, at once after a
      message with `more`.
    - enqueue: params, as in a trial; what is left out is suggested.
    - set_budget: budget. continue: number of trials, or null for 20.
    - space: nothing -> EditorSpec of the study as it runs. set_space: choice.
    - importances: nothing -> Importances.
    - apply: number, or null for the best trial -> Edit[].
    - use: number, or null for the best trial: it is the result from now on.
    - export: nothing -> the path of the report, a string.
    - result: nothing -> what a notebook shows of a study that has ended, its MIME bundle as
      the text of a JSON object: what is saved is not to be revived.
    - start: choice. plan: choice -> EditorSection[], what trials would do. write_marks:
      choice -> Edit[]. These three are the editor's.
    """

    id: str
    study: str
    command: CommandName
    number: int | None = None
    choice: EditorChoice | None = None
    page: str = ""
    params: dict[str, Any] | None = None
    budget: BudgetChoice | None = None


@dataclass(frozen=True)
class Reply:
    """message: a sentence for the person; empty when there is nothing to say. data: what was
    asked for, of the type that `Command` names."""

    id: str
    ok: bool
    message: str = ""
    problems: list[EditorProblem] = field(default_factory=list)
    data: Any = None


@dataclass(frozen=True)
class ReplyMessage:
    """The reply over the comm, when the command came over it."""

    kind: Literal["reply"]
    reply: Reply


@dataclass(frozen=True)
class StudySummary:
    """A line of the panel that lists a kernel's studies. id: for the commands' `study`. cell:
    In[] number of its cell, 0 when unknown. output: the display id of the output that shows it,
    empty for none."""

    id: str
    name: str
    state: StudyState
    objectives: list[ObjectiveInfo]
    n_trials: int | None
    n_done: int
    n_running: int
    elapsed_s: float
    left_s: float | None
    best: Best | None
    cell: int = 0
    output: str = ""


class BadCommand(ValueError):
    """A message that is no command; the text says what is wrong with it."""


def parse_command(message: Mapping[str, Any]) -> Command:
    """A Command from what the browser sent. Raises BadCommand for anything else."""
    identity, study, name = (message.get(key) for key in ("id", "study", "command"))
    if not (isinstance(identity, str) and identity and isinstance(study, str)):
        raise BadCommand("a command needs an id and a study.")
    if name not in COMMAND_NAMES:
        raise BadCommand(f"there is no command {name!r}.")
    number = message.get("number")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
        raise BadCommand(f"the trial number {number!r} is not an integer.")
    if number is None and name in OF_A_TRIAL:
        raise BadCommand(f"{name} needs a trial number.")
    choice = message.get("choice")
    if choice is None and name in WITH_A_CHOICE:
        raise BadCommand(f"{name} needs a choice.")
    params, budget = message.get("params"), message.get("budget")
    if name == "enqueue" and not isinstance(params, dict):
        raise BadCommand("enqueue needs params.")
    if name == "set_budget" and budget is None:
        raise BadCommand("set_budget needs a budget.")
    return Command(
        identity,
        study,
        name,
        number,
        None if choice is None else _choice(choice),
        str(message.get("page", "")),
        params,
        None if budget is None else _budget(budget),
    )


def _budget(message: Any) -> BudgetChoice:
    try:
        budget = BudgetChoice(**message)
    except TypeError as error:
        raise BadCommand(f"the budget is malformed: {error}") from None
    if not all(isinstance(text, str | None) for text in vars(budget).values()):
        raise BadCommand("the budget holds something that is not text.")
    return budget


def _choice(message: Any) -> EditorChoice:
    try:
        rows = [EditorChoiceRow(**row) for row in message["rows"]]
        also = [EditorGoal(**goal) for goal in message.get("also", [])]
        choice = EditorChoice(**{**message, "rows": rows, "also": also})
    except (TypeError, KeyError) as error:
        raise BadCommand(f"the editor's choice is malformed: {error}") from None
    texts = [choice.objective, choice.trials, choice.timeout, choice.jobs]
    texts += [choice.trial_timeout, choice.sampler, choice.pruner, choice.device]
    texts += [choice.folds, choice.repeats]
    texts += [goal.name for goal in choice.also]
    texts += [t for r in rows for t in (r.name, r.low, r.high, r.step, r.choices, r.condition)]
    if not all(isinstance(text, str) for text in texts):
        raise BadCommand("the editor's choice holds something that is not text.")
    for direction in (choice.direction, *(goal.direction for goal in choice.also)):
        if direction not in get_args(Direction):
            raise BadCommand(f"there is no direction {direction!r}.")
    if any(row.kind not in get_args(ParamKind) for row in rows):
        raise BadCommand("the editor's choice holds an unknown kind of range.")
    return choice
