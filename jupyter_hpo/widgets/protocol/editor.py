"""The space editor: what it shows, and what the person chose."""

from __future__ import annotations

from dataclasses import dataclass, field

from .names import DeclaredBy, Direction, ParamKind, ValueKind


@dataclass(frozen=True)
class EditorRow:
    """One value found in the code. low, high, step: text, as a person writes them.

    place: 'line 3'. cell: the number of the earlier cell it stands in, 0 for the cell itself.
    code: the source line. value_kind: of the value as it stands; value: its text. choices:
    texts. why: one short reason for the proposal. source: who declared it, the empty word for
    a proposal. problems: shown beside the row.
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
    source: DeclaredBy = ""
    ticked: bool = False
    why: str = ""
    problems: list[str] = field(default_factory=list)
    cell: int = 0


@dataclass(frozen=True)
class ObjectiveCandidate:
    name: str
    direction: Direction
    why: str = ""


@dataclass(frozen=True)
class EditorOption:
    """word: as the magic's option takes it. title: for the person. help: a sentence or two that
    teach what it is."""

    word: str
    title: str
    help: str = ""


@dataclass(frozen=True)
class EditorSettings:
    """samplers, pruners, devices: what can be chosen, each an option's word and what to say of
    it; the empty word is the tool's own choice. objectives: what can be optimised, the
    likeliest first; chosen: so many of them are, from the first on. folds, repeats: as the
    options; foldable: the cell reads rows that folds can give it."""

    objectives: list[ObjectiveCandidate]
    chosen: int = 0
    trials: str = ""
    timeout: str = ""
    trial_timeout: str = ""
    jobs: str = "auto"
    sampler: str = ""
    pruner: str = ""
    device: str = ""
    folds: str = ""
    repeats: str = ""
    foldable: bool = False
    samplers: list[EditorOption] = field(default_factory=list)
    pruners: list[EditorOption] = field(default_factory=list)
    devices: list[EditorOption] = field(default_factory=list)


@dataclass(frozen=True)
class EditorSection:
    """Something that was found or that every trial does. rows: of short texts each."""

    title: str
    rows: list[list[str]]


@dataclass(frozen=True)
class EditorPiece:
    """A ready part that can be put into the cell. after: the cell's text with it. replaces: the
    code that goes, '' where nothing does."""

    title: str
    sentence: str
    after: str
    replaces: str = ""


@dataclass(frozen=True)
class EditorSpec:
    """All the editor shows, given once. study: its name, '' when nobody named it. notices:
    said above the rows. found: what else was found in the code, and what trials do, with the
    values ticked at first. pieces: what can be inserted; text: of the cell as it stands; cell_id:
    the notebook's, '' when it isn't known."""

    study: str
    rows: list[EditorRow]
    settings: EditorSettings
    notices: list[str] = field(default_factory=list)
    found: list[EditorSection] = field(default_factory=list)
    pieces: list[EditorPiece] = field(default_factory=list)
    text: str = ""
    cell_id: str = ""


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
class EditorGoal:
    """A further objective of a study that has several."""

    name: str
    direction: Direction


@dataclass(frozen=True)
class EditorChoice:
    """What Start sends: the ticked rows and the settings, texts as typed.

    also: objectives beside the first. trials, timeout, trial_timeout: empty means no limit.
    jobs: 'auto' or a number. sampler, pruner, device: as the options of `%%hpo`; empty leaves
    the choice to the tool. folds: a number or a name, empty for none. repeats: a number, empty
    for one.
    """

    rows: list[EditorChoiceRow]
    objective: str
    direction: Direction
    trials: str = ""
    timeout: str = ""
    trial_timeout: str = ""
    jobs: str = "auto"
    sampler: str = ""
    pruner: str = ""
    device: str = ""
    folds: str = ""
    repeats: str = ""
    also: list[EditorGoal] = field(default_factory=list)


@dataclass(frozen=True)
class EditorProblem:
    """name: the row it stands beside, or 'objective', 'trials', 'timeout',
    'trial_timeout', 'jobs', 'folds', 'repeats', 'sampler', 'pruner', 'device', ''."""

    name: str
    message: str
