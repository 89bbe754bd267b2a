"""What a study looks like: its header, its trials, and who is asked for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from .names import Direction, ParamKind, RowState, StudyState, Waits


@dataclass(frozen=True)
class ObjectiveInfo:
    """whole: its values are counts, as far as they are known, and are written as such."""

    name: str
    direction: Direction
    whole: bool = False


@dataclass(frozen=True)
class ParamInfo:
    """A tuned value. low, high: None for a choice; step: None where any value goes.

    choices: as they are told of trials, None for a range. own: the cell's value, as in a
    trial's params, or None. conditional: not every trial has it.
    """

    name: str
    kind: ParamKind
    log: bool = False
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: list[Any] | None = None
    own: Any = None
    conditional: bool = False


@dataclass(frozen=True)
class Best:
    """The best trial so far; with several objectives one of the front."""

    number: int
    values: list[float]


@dataclass(frozen=True)
class Header:
    """The study at a glance; sent whole with every message.

    state: 'waiting' when only trials are left that the person has paused.
    n_trials: asked for, None when open-ended. n_outside: of the complete, pruned and failed ones
    those outside the present space, which the budget does not count. n_cut_off: trials cut off
    by the study's end, to be tried again; counted nowhere else. elapsed_s: seconds since this
    session's start. spent_s: seconds that trials could run, without pauses and with earlier
    sessions; None: as elapsed_s. pauses: of the study in this session, as elapsed_s: from, to,
    from...; the last `to` is absent while it is paused. left_s: seconds, an estimate, None when
    nothing is known. facts: what was detected, one sentence each.
    setup: which statements ran once for all trials, or why not; empty when there are none.
    jobs_why: why there are as many jobs as there are, when that changed meanwhile.
    message: the last thing to say (an error, why it stopped), empty when nothing.
    timeout_s: of this session, None for none. rungs: steps at which the pruner compares, in
    order; empty when it does not, or before they are known. use: shares of what the trials
    run on, 0 to 1, such as {"CPU": 0.97, "GPU 0": 0.8}; empty when nothing measures it.
    chosen: the trial that the person made the result, None: the best one is. constraints: as
    typed. n_infeasible: of the complete and pruned trials those that break one. n_rounds: runs
    (or folds of one run) of a full trial, 0 when there are none or nobody knows; round_word: what
    one is called, 'fold' or 'repeat', '' when there are none; by_round: reports are of rounds.
    front: with several objectives the trials that no other one beats, by number. sampler_why: why
    that sampler, in a sentence; '' when the person asked for it and there is nothing to say.
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
    n_outside: int = 0
    n_cut_off: int = 0
    elapsed_s: float = 0.0
    spent_s: float | None = None
    pauses: list[float] = field(default_factory=list)
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
    timeout_s: float | None = None
    rungs: list[int] = field(default_factory=list)
    use: dict[str, float] = field(default_factory=dict)
    chosen: int | None = None
    constraints: list[str] = field(default_factory=list)
    n_infeasible: int = 0
    n_rounds: int = 0
    round_word: str = ""
    by_round: bool = False
    front: list[int] = field(default_factory=list)
    sampler_why: str = ""


@dataclass(frozen=True)
class Row:
    """One trial as the leaderboard shows it.

    state: 'STOPPED' of a trial that was ended by the person, or with the study; `error` says by
    which. values: one float per objective, or None while there are none. params: active ones
    only, None, bool, int, float or str. duration_s: pauses are not counted; of a running trial
    until heard_s, to be counted on from there. started_s, finished_s: since the study's start;
    finished_s is negative for a trial of an earlier session. error_line: 1-based line of the
    cell. memory_bytes: peak. notice: what else to say of it, such as why it was stopped early.
    heard_s: when a running trial was last heard of, since the study's start; long_s: a silence
    of so many seconds is worth a word. waits: what a paused trial waits for; 'person' also
    while it still runs, and is to be paused at its next report. spans: when it ran, as
    started_s: from, to, from, to...; the last `to` is absent while it runs. Empty when it was
    never paused: then it ran from started_s to finished_s. infeasible: the constraints that it
    breaks, in a few words ("n_params 1.2M > 1M"). figures: what was measured, as in `Detail`,
    of the names in FIGURES. kept: its objects are on disk. rounds: the first objective's values by
    round (fold, repeat), as far as they are done; `values` is then the mean so far. parent: of a
    copy, the trial whose training it goes on with.
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
    spans: list[float] = field(default_factory=list)
    infeasible: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    kept: bool = False
    rounds: list[float] = field(default_factory=list)
    parent: int | None = None


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
