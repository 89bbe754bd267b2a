"""The words of the protocol: states, kinds and the names of commands."""

from __future__ import annotations

from typing import Literal, get_args

REQUEST_TYPE = "jupyter_hpo_request"
REPLY_TYPE = "jupyter_hpo_reply"

Direction = Literal["minimize", "maximize"]
StudyState = Literal[
    "starting", "running", "waiting", "paused", "stopping", "finished", "stopped", "failed"
]
RowState = Literal["WAITING", "RUNNING", "PAUSED", "COMPLETE", "PRUNED", "FAIL", "STOPPED"]
ParamKind = Literal["float", "int", "categorical"]
ValueKind = Literal["float", "int", "str", "bool", "object"]
DeclaredBy = Literal["", "mark", "line", "space"]
Waits = Literal["", "study", "scheduler", "person", "slot"]
CommandName = Literal[
    "pause",
    "resume",
    "stop",
    "pause_trial",
    "resume_trial",
    "stop_trial",
    "prune_trial",
    "detail",
    "resync",
    "start",
    "plan",
    "write_marks",
    "studies",
    "follow",
    "enqueue",
    "set_budget",
    "space",
    "set_space",
    "continue",
    "importances",
    "apply",
    "use",
    "export",
    "result",
]
ColumnType = Literal["u1", "i2", "i4", "f8"]

ROW_STATES: tuple[RowState, ...] = get_args(RowState)
WAITS: tuple[Waits, ...] = get_args(Waits)
FIGURES = ("n_params", "complexity", "device_memory_bytes", "cpu_s", "reports_per_s")
"""Of what is measured of a trial, beside its time and its memory, what a table shows."""
ENDED: tuple[StudyState, ...] = ("finished", "stopped", "failed")
COMMAND_NAMES: tuple[CommandName, ...] = get_args(CommandName)
OF_A_TRIAL: tuple[CommandName, ...] = (
    "pause_trial",
    "resume_trial",
    "stop_trial",
    "prune_trial",
    "detail",
)
WITH_A_CHOICE: tuple[CommandName, ...] = ("start", "plan", "write_marks", "set_space")
LOBBY = ""
"""The study of commands that concern the kernel and no one study: `studies`."""
