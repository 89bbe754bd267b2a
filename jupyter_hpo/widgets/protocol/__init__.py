"""Every message between kernel and browser, defined once.

`python -m jupyter_hpo.widgets.typescript` writes the same types to
`js/src/core/protocol.ts`; a test fails when that file is stale.

Two layers. The plain values (Header, Row, Point, Update, Detail, ...) are what the kernel
hands to the widgets. The wire values (UpdateMessage, Table, Column, ...) are what travels:
rows and points as binary columns in one buffer (see `encode.py`), the rest as JSON in
which numbers JSON can't hold are written `{"$float": "nan"}` or `{"$int": "<digits>"}`.

Commands travel the other way, on the control channel as `jupyter_hpo_request`, answered by
`jupyter_hpo_reply`, or over the widget's comm when there is no control channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

REQUEST_TYPE = "jupyter_hpo_request"
REPLY_TYPE = "jupyter_hpo_reply"

Direction = Literal["minimize", "maximize"]
StudyState = Literal[
    "starting", "running", "waiting", "paused", "stopping", "finished", "stopped", "failed"
]
RowState = Literal["WAITING", "RUNNING", "PAUSED", "COMPLETE", "PRUNED", "FAIL"]
ParamKind = Literal["float", "int", "categorical"]
ValueKind = Literal["float", "int", "str", "bool", "object"]
Waits = Literal["", "study", "scheduler", "person", "slot"]
CommandName = Literal[
    "pause",
    "resume",
    "stop",
    "pause_trial",
    "resume_trial",
    "stop_trial",
    "detail",
    "resync",
    "start",
]
ColumnType = Literal["u1", "i2", "i4", "f8"]

ROW_STATES: tuple[RowState, ...] = get_args(RowState)
WAITS: tuple[Waits, ...] = get_args(Waits)
ENDED: tuple[StudyState, ...] = ("finished", "stopped", "failed")
COMMAND_NAMES: tuple[CommandName, ...] = get_args(CommandName)
OF_A_TRIAL: tuple[CommandName, ...] = ("pause_trial", "resume_trial", "stop_trial", "detail")


# ------------------------------------------------------------------ kernel -> browser
@dataclass(frozen=True)
class ObjectiveInfo:
    name: str
    direction: Direction


@dataclass(frozen=True)
class ParamInfo:
    name: str
    kind: ParamKind
    log: bool = False


@dataclass(frozen=True)
class Best:
    """The best trial so far; with several objectives one of the front."""

    number: int
    values: list[float]


@dataclass(frozen=True)
class Header:
    """The study at a glance; sent whole with every message.

    state: 'waiting' when only trials are left that the person has paused.
    n_trials: asked for, None when open-ended. elapsed_s, left_s: seconds; left_s is an
    estimate, None when nothing is known. facts: what was detected, one sentence each.
    setup: which statements ran once for all trials, or why not; empty when there are none.
    jobs_why: why there are as many jobs as there are, when that changed meanwhile.
    message: the last thing to say (an error, why it stopped), empty when nothing.
    """

    study: str
    state: StudyState
    objectives: list[ObjectiveInfo] = field(default_factory=list)
    params: list[ParamInfo] = field(default_factory=list)
    n_trials: int | None = None
    n_complete: int = 0
    n_running: int = 0
    n_paused: int = 0
    n_pruned: int = 0
    n_failed: int = 0
    elapsed_s: float = 0.0
    left_s: float | None = None
    best: Best | None = None
    best_model_kept: bool = False
    jobs: int = 1
    jobs_why: str = ""
    device: str = ""
    facts: list[str] = field(default_factory=list)
    setup: str = ""
    sampler: str = ""
    pruner: str = ""
    notices: list[str] = field(default_factory=list)
    message: str = ""


@dataclass(frozen=True)
class Row:
    """One trial as the leaderboard shows it.

    values: one float per objective, or None while there are none. params: active ones only,
    None, bool, int, float or str. duration_s: pauses are not counted; of a running trial until
    heard_s, to be counted on from there. started_s, finished_s: since the study's start;
    finished_s is negative for a trial of an earlier session. error_line: 1-based line of the
    cell. memory_bytes: peak. notice: what else to say of it, such as why it was stopped early.
    heard_s: when a running trial was last heard of, since the study's start; long_s: a silence
    of so many seconds is worth a word. waits: what a paused trial waits for; 'person' also
    while it still runs, and is to be paused at its next report.
    """

    number: int
    state: RowState
    values: list[float] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    step: int | None = None
    duration_s: float | None = None
    started_s: float | None = None
    finished_s: float | None = None
    error: str = ""
    error_line: int | None = None
    memory_bytes: int | None = None
    notice: str = ""
    heard_s: float | None = None
    long_s: float | None = None
    waits: Waits = ""


@dataclass(frozen=True)
class Point:
    """One report of one trial (of the first objective)."""

    number: int
    step: int
    value: float


@dataclass(frozen=True)
class Update:
    """What changed after some version: rows changed since, points new since.

    version: what to pass as `since` next time.
    """

    version: int
    header: Header
    rows: list[Row] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Detail:
    """What an opened row shows beyond its Row. log: the last lines of its output.

    figures: name to number, unit in the name's ending (`_s`, `_bytes`).
    """

    number: int
    params: dict[str, Any] = field(default_factory=dict)
    traceback: str = ""
    log: str = ""
    figures: dict[str, float] = field(default_factory=dict)


class Source(Protocol):
    """Where a dashboard gets what it shows. Called from the publisher's thread."""

    def changes(self, since: int) -> Update:
        """Everything newer than version `since`; 0 gives all. Thread-safe and quick."""

    def detail(self, number: int) -> Detail:
        """More about one trial. Raises LookupError for a number that does not exist."""


@dataclass(frozen=True)
class Column:
    """`n` values of `type` at byte `offset` of the message's buffer, name by name.

    labels: for categories, what the indices (i2, -1 = absent) stand for. exact: row index
    to the value itself, where the column's type can't hold it.
    """

    name: str
    type: ColumnType
    offset: int
    labels: list[Any] | None = None
    exact: dict[str, Any] | None = None


@dataclass(frozen=True)
class Table:
    """n rows in binary columns, and texts as row index to string (most rows have none)."""

    n: int
    columns: list[Column]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class UpdateMessage:
    """seq counts up by one per message, so that a gap shows; then ask `resync`.

    reset: forget all rows and points first. more: the rest follows at once.
    """

    kind: Literal["update"]
    seq: int
    version: int
    reset: bool
    more: bool
    header: Header
    rows: Table
    points: Table


@dataclass(frozen=True)
class DetailMessage:
    kind: Literal["detail"]
    detail: Detail


# ------------------------------------------------------------------ browser -> kernel
@dataclass(frozen=True)
class EditorChoiceRow:
    """A row of the space editor as the person left it; numbers are still text."""

    name: str
    kind: ParamKind
    low: str = ""
    high: str = ""
    log: bool = False
    step: str = ""
    choices: str = ""
    condition: str = ""


@dataclass(frozen=True)
class EditorChoice:
    """What Start sends: the ticked rows and the settings, texts as typed.

    trials, timeout: empty means no limit. jobs: 'auto' or a number.
    """

    rows: list[EditorChoiceRow]
    objective: str
    direction: Direction
    trials: str = ""
    timeout: str = ""
    jobs: str = "auto"


@dataclass(frozen=True)
class Command:
    """id: made by the browser, unique; the same id is carried out once. page: tells one
    loaded page from another, so that a reload is known."""

    id: str
    study: str
    command: CommandName
    number: int | None = None
    choice: EditorChoice | None = None
    page: str = ""


@dataclass(frozen=True)
class EditorProblem:
    """name: the row it stands beside, or 'objective', 'trials', 'timeout', 'jobs', ''."""

    name: str
    message: str


@dataclass(frozen=True)
class Reply:
    """message: a sentence for the person; empty when there is nothing to say."""

    id: str
    ok: bool
    message: str = ""
    problems: list[EditorProblem] = field(default_factory=list)


@dataclass(frozen=True)
class ReplyMessage:
    """The reply over the comm, when the command came over it."""

    kind: Literal["reply"]
    reply: Reply


# ---------------------------------------------------------------------- space editor
@dataclass(frozen=True)
class EditorRow:
    """One value found in the code. low, high, step: text, as a person writes them.

    place: 'line 3'. code: the source line. value_kind: of the value as it stands; value:
    its text. choices: texts. why: one short reason for the proposal. declared: by a mark,
    the magic line or a SearchSpace. problems: shown beside the row.
    """

    name: str
    place: str
    code: str
    value: str
    value_kind: ValueKind
    kind: ParamKind
    low: str = ""
    high: str = ""
    log: bool = False
    step: str = ""
    choices: list[str] = field(default_factory=list)
    condition: str = ""
    declared: bool = False
    ticked: bool = False
    why: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ObjectiveCandidate:
    name: str
    direction: Direction
    why: str = ""


@dataclass(frozen=True)
class EditorSettings:
    objectives: list[ObjectiveCandidate]
    trials: str = ""
    timeout: str = ""
    jobs: str = "auto"


@dataclass(frozen=True)
class EditorSection:
    """Something that was found or that every trial does. rows: of short texts each."""

    title: str
    rows: list[list[str]]


@dataclass(frozen=True)
class EditorSpec:
    """All the editor shows, given once. notices: said above the rows. found: what else was
    found in the code, and what trials do, with the values ticked at first."""

    study: str
    rows: list[EditorRow]
    settings: EditorSettings
    notices: list[str] = field(default_factory=list)
    found: list[EditorSection] = field(default_factory=list)


# What the generator writes, in this order.
MESSAGES: tuple[type, ...] = (
    ObjectiveInfo,
    ParamInfo,
    Best,
    Header,
    Row,
    Point,
    Update,
    Detail,
    Column,
    Table,
    UpdateMessage,
    DetailMessage,
    EditorChoiceRow,
    EditorChoice,
    Command,
    EditorProblem,
    Reply,
    ReplyMessage,
    EditorRow,
    ObjectiveCandidate,
    EditorSettings,
    EditorSection,
    EditorSpec,
)


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
    if choice is None and name == "start":
        raise BadCommand("start needs a choice.")
    page = str(message.get("page", ""))
    chosen = None if choice is None else _choice(choice)
    return Command(identity, study, name, number, chosen, page)


def _choice(message: Any) -> EditorChoice:
    try:
        rows = [EditorChoiceRow(**row) for row in message["rows"]]
        choice = EditorChoice(**{**message, "rows": rows})
    except (TypeError, KeyError) as error:
        raise BadCommand(f"the editor's choice is malformed: {error}") from None
    texts = [choice.objective, choice.trials, choice.timeout, choice.jobs]
    texts += [t for r in rows for t in (r.name, r.low, r.high, r.step, r.choices, r.condition)]
    if not all(isinstance(text, str) for text in texts):
        raise BadCommand("the editor's choice holds something that is not text.")
    if choice.direction not in get_args(Direction):
        raise BadCommand(f"there is no direction {choice.direction!r}.")
    if any(row.kind not in get_args(ParamKind) for row in rows):
        raise BadCommand("the editor's choice holds an unknown kind of range.")
    return choice
