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

from .commands import (
    BadCommand,
    BudgetChoice,
    Command,
    Reply,
    ReplyMessage,
    StudySummary,
    parse_command,
)
from .editor import (
    EditorChoice,
    EditorChoiceRow,
    EditorOption,
    EditorProblem,
    EditorRow,
    EditorSection,
    EditorSettings,
    EditorSpec,
    ObjectiveCandidate,
)
from .names import (
    COMMAND_NAMES,
    ENDED,
    LOBBY,
    OF_A_TRIAL,
    REPLY_TYPE,
    REQUEST_TYPE,
    ROW_STATES,
    WAITS,
    WITH_A_CHOICE,
    ColumnType,
    CommandName,
    Direction,
    ParamKind,
    RowState,
    StudyState,
    ValueKind,
    Waits,
)
from .study import (
    Best,
    Detail,
    Header,
    ObjectiveInfo,
    ParamInfo,
    Point,
    Row,
    Source,
    Update,
)
from .wire import (
    SNAPSHOT_FORMAT,
    SNAPSHOT_TYPE,
    Column,
    Edit,
    Importance,
    Importances,
    Packed,
    Snapshot,
    Table,
    UpdateMessage,
)

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
    Packed,
    Edit,
    Importance,
    Importances,
    Snapshot,
    EditorRow,
    ObjectiveCandidate,
    EditorOption,
    EditorSettings,
    EditorSection,
    EditorSpec,
    EditorChoiceRow,
    EditorChoice,
    EditorProblem,
    BudgetChoice,
    Command,
    Reply,
    ReplyMessage,
    StudySummary,
)

__all__ = [
    "COMMAND_NAMES",
    "ENDED",
    "LOBBY",
    "MESSAGES",
    "OF_A_TRIAL",
    "REPLY_TYPE",
    "REQUEST_TYPE",
    "ROW_STATES",
    "SNAPSHOT_FORMAT",
    "SNAPSHOT_TYPE",
    "WAITS",
    "WITH_A_CHOICE",
    "BadCommand",
    "Best",
    "BudgetChoice",
    "Column",
    "ColumnType",
    "Command",
    "CommandName",
    "Detail",
    "Direction",
    "Edit",
    "EditorChoice",
    "EditorChoiceRow",
    "EditorOption",
    "EditorProblem",
    "EditorRow",
    "EditorSection",
    "EditorSettings",
    "EditorSpec",
    "Header",
    "Importance",
    "Importances",
    "ObjectiveCandidate",
    "ObjectiveInfo",
    "Packed",
    "ParamInfo",
    "ParamKind",
    "Point",
    "Reply",
    "ReplyMessage",
    "Row",
    "RowState",
    "Snapshot",
    "Source",
    "StudyState",
    "StudySummary",
    "Table",
    "Update",
    "UpdateMessage",
    "ValueKind",
    "Waits",
    "parse_command",
]
