"""What travels: an update in binary columns, and all of a study in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .names import ColumnType
from .study import Detail, Header

SNAPSHOT_TYPE = "application/vnd.jupyter-hpo.snapshot.v1+json"
SNAPSHOT_FORMAT = 1
VIEW_TYPE = "application/vnd.jupyter-hpo.view.v1+json"
"""Beside a live widget, and what takes its place: `View`, by which a reloaded page finds out what
is shown there."""


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
class Packed:
    """A message with its buffer in base64, where only JSON can go: in a reply to `follow`, in
    a saved notebook, in a report."""

    message: UpdateMessage
    buffer: str


@dataclass(frozen=True)
class Edit:
    """One cell's text, before and after. cell: its In[] number, 0 for the training cell;
    cell_id: its id in the notebook, empty when the front end sends none."""

    cell: int
    before: str
    after: str
    cell_id: str = ""


@dataclass(frozen=True)
class Importance:
    """How much each parameter mattered for one objective; they add up to 1. says: sentences on
    that, and beyond which values nothing does well. rests: the trials they are from, in words,
    and whether these are too few."""

    objective: str
    values: dict[str, float]
    says: list[str] = field(default_factory=list)
    rests: str = ""


@dataclass(frozen=True)
class Importances:
    """n: complete and pruned trials they are computed from. busy: newer ones are on their way:
    ask again in a second. why: why there are none."""

    n: int
    of: list[Importance]
    busy: bool = False
    why: str = ""


@dataclass(frozen=True)
class View:
    """Where something is shown. output: the display id, see `StudySummary.output`."""

    output: str


@dataclass(frozen=True)
class Snapshot:
    """A study as it stood, for `SNAPSHOT_TYPE` and for reports: shown with no kernel.

    study: its id in the kernel that ran it, to go live again while that kernel lives.
    updates: as `encode` makes them, the first with reset. details: of trials worth opening.
    apply: the edits that write the best values into the cell. left_out: a sentence, when it
    does not hold all trials.
    """

    format: int
    study: str
    updates: list[Packed]
    details: list[Detail] = field(default_factory=list)
    importances: Importances | None = None
    apply: list[Edit] = field(default_factory=list)
    left_out: str = ""
