"""The values in the middle: what capturing a cell yields and what a worker binds.

`capture(...)` makes a CapturedCell (in the kernel); `CellProgram`, a small picklable part of
it, travels to the workers, where `bind(program, params)` gives code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import Problem
from ..space import Condition, Distribution, SearchSpace
from ..study.goals import Goals
from ..study.objective import Objective
from ..study.rounds import Rounds

Kind = Literal["float", "int", "str", "bool", "object"]


@dataclass(frozen=True)
class Place:
    """A span of a cell's source as `ast` counts: lines from 1, columns in UTF-8 bytes.

    cell: 0 for the training cell, else the number of an earlier one (`In[cell]`).
    """

    line: int
    col: int
    end_line: int
    end_col: int
    cell: int = 0

    @property
    def where(self) -> str:
        """`line 3`, or `In[2], line 3`, for a person."""
        return f"line {self.line}" if not self.cell else f"In[{self.cell}], line {self.line}"


@dataclass(frozen=True)
class Typed:
    """A cell as the person typed it, the `%%hpo` line too. number: 0 for the training cell,
    else In[number]. python: the same as plain Python, line numbers as in the editor. cell_id:
    the notebook's, '' where the front end sends none."""

    number: int
    text: str
    python: str
    cell_id: str = ""


@dataclass(frozen=True)
class Tunable:
    """A value in the cell that can be tuned.

    places: every span that takes the value (the first is its own, the rest are ties).
    value: as it stands in the code (for kind 'object' its source text).
    distribution: what was declared, or a proposal; None when nothing sensible is known.
    declared: by a mark, the magic line or `--space` (then it is tuned; a proposal is only
    offered); source: by which of them. why: one short reason for a proposal, for a person.
    text: the source line.
    variable: the top-level name that is bound to this value alone (`lr = 1e-3`), else None.
    """

    name: str
    kind: Kind
    value: Any
    places: tuple[Place, ...]
    distribution: Distribution | None = None
    condition: Condition | None = None
    declared: bool = False
    why: str = ""
    text: str = ""
    variable: str | None = None
    source: Literal["", "mark", "line", "space"] = ""

    @property
    def line(self) -> int:
        return self.places[0].line


@dataclass(frozen=True)
class Candidate:
    """objective: with its direction. rank: the lower the likelier: ten times the split that it
    looks at (validation 0, not said 1, test 3, training 4 and 5), and how it is reached. why:
    for a person, in lower case. place: where it stands in the code."""

    objective: Objective
    rank: int
    why: str
    place: Place


@dataclass(frozen=True)
class Loop:
    """A loop whose turns are reports.

    function: the name of the function or method that it stands in; '' at the top level.
    expressions: for each objective what to evaluate in the loop's frame; () at the top level,
    where that is the objective itself. last: indices of objectives whose names only the
    function has: their final value is that of the last turn. own: where each turn is a fold
    (or a seed), what to evaluate for each objective of this turn alone. means: indices of
    objectives that a turn assigns anew: their value is the mean over the turns. grows: the lists
    that a turn appends its own values to; one that appends nothing is no fold.
    """

    place: Place
    why: str
    function: str = ""
    expressions: tuple[str, ...] = ()
    last: tuple[int, ...] = ()
    own: tuple[str, ...] = ()
    means: tuple[int, ...] = ()
    grows: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoldPlace:
    """Where `--folds` binds the numbers of the rows. names: of those to train on, and to score
    on. data, labels: expressions of what is split, and of its classes ('' when there are none).
    before: index of the statement, of `program.tree_of`, before which that is done."""

    names: tuple[str, str]
    data: str
    labels: str
    before: int


@dataclass(frozen=True)
class Watch:
    """An expression of the code whose value is an objective's wherever it is computed.

    place: of an expression; path: from that to the one that is watched, as steps of
    (field, index or None). objective: the index. reports: each value is a report. pick: the
    element of a tuple that is the value.
    """

    place: Place
    path: tuple[tuple[str, int | None], ...]
    objective: int
    reports: bool = False
    pick: int | None = None


@dataclass(frozen=True)
class Part:
    """Of an earlier cell, what every trial runs again before the training cell.

    number: of its execution, `In[number]`. source, filename: as CellProgram's. statements:
    indices of its top-level statements that are run, in order. seeded: the random states with
    which the cell began are known; the trial begins this part with them.
    """

    number: int
    source: str
    filename: str
    statements: tuple[int, ...]
    seeded: bool = False


@dataclass(frozen=True)
class Rerun:
    """A statement of an earlier cell that every trial runs again. why: for a person, starting
    in lower case ("a tuned value reaches it: hidden", "builds `model`, which this cell
    changes"). effects: what it does besides computing, in words ("reads files", "uses the
    network"). tuned: a tuned value reaches it, so what it binds differs between trials."""

    cell: int
    index: int
    first_line: int
    last_line: int
    why: str
    effects: tuple[str, ...] = ()
    tuned: bool = False


@dataclass(frozen=True)
class CellProgram:
    """What a worker needs of a cell; standard types only, so it pickles anywhere.

    source: plain Python (IPython's transforms done), line numbers as in the editor.
    filename: the name under which it is compiled, for tracebacks. loop: the reporting loop.
    setup: indices of the top-level statements that no tuned value reaches and that may run
    once for all trials (of `program.tree_of`). keep: names whose objects are kept of the best
    trial, keep_limit_bytes of them at most. earlier: what runs before it, by cell. seeded: the
    random states with which the cell begins are known. watches: expressions whose values are
    objectives'. imports: (module, name) of choices that no import of the code brings; a trial
    that takes one imports it first. objectives: those that the cell itself gives; goals: what
    else is asked of it. function_file: where the function stands that is all the source calls
    (`tune`): lines are told of that file; '' for a cell. folds: where
    a fold's rows are bound; rounds: of which folds and repeats; splitter: the notebook's name for
    what splits, '' for a K-fold of our own.
    """

    source: str
    filename: str
    space: SearchSpace
    places: dict[str, tuple[Place, ...]]
    objectives: tuple[Objective, ...]
    loop: Loop | None = None
    keep: tuple[str, ...] = ()
    setup: tuple[int, ...] = ()
    keep_limit_bytes: int = 1 << 30
    earlier: tuple[Part, ...] = ()
    seeded: bool = False
    watches: tuple[Watch, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    goals: Goals = field(default_factory=Goals)
    function_file: str = ""
    folds: FoldPlace | None = None
    rounds: Rounds = field(default_factory=Rounds)
    splitter: str = ""


@dataclass(frozen=True)
class CapturedCell:
    """A cell, understood. `problems` stop the study; `notices` are said before it starts.

    tunables: declared ones and proposals, in the order of the code. space: the declared
    ones (with auto, the proposals too). objectives: as asked for, or proposed from a name
    whose direction is known. free_names: names the cell reads that it does not itself
    assign first (what has to travel). assigned: names bound at its top level.
    identity: the same for the same training code, whatever the marks, ranges and tuned
    values; names the study when the person doesn't. earlier: what trials run again of earlier
    cells; reruns: why, statement by statement. candidates: all that can be the objective, the
    likeliest first. goals: measured objectives and constraints. reports: what is reported while
    it runs, for a person, in lower case; '' when nothing is. imports, function_file: as
    CellProgram's; function_source: the text of that function. typed: the cells as typed, as far
    as they are known. above: what must have been run before it in a fresh kernel, in order, as
    (In[number], text), number 0 for what is no cell; missing: names that none of that binds, each
    with a word on it.
    """

    source: str
    filename: str
    tunables: tuple[Tunable, ...]
    space: SearchSpace
    objectives: tuple[Objective, ...]
    loop: Loop | None
    free_names: frozenset[str]
    assigned: tuple[str, ...]
    identity: str
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    keep: tuple[str, ...] = field(default=())
    watches: tuple[Watch, ...] = ()
    earlier: tuple[Part, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reports: str = ""
    imports: tuple[tuple[str, str], ...] = ()
    typed: tuple[Typed, ...] = ()
    goals: Goals = field(default_factory=Goals)
    function_file: str = ""
    function_source: str = ""
    above: tuple[tuple[int, str], ...] = ()
    missing: tuple[str, ...] = ()

    def program(self) -> CellProgram:
        """The part that travels."""
        return CellProgram(
            source=self.source,
            filename=self.filename,
            space=self.space,
            places={t.name: t.places for t in self.tunables if t.name in self.space},
            objectives=self.own_objectives,
            loop=self.loop,
            keep=self.keep,
            earlier=self.earlier,
            imports=self.imports,
            goals=self.goals,
            function_file=self.function_file,
        )

    @property
    def own_objectives(self) -> tuple[Objective, ...]:
        """Those that the cell itself gives, without the measured ones."""
        measured = {place for place, _ in self.goals.measured}
        return tuple(o for i, o in enumerate(self.objectives) if i not in measured)
