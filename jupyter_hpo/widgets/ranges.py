"""Between distributions and the texts a person edits in the space editor."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, field
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Distribution, Float, Int
from .numbers import number, parse_duration, parse_folds
from .protocol import (
    DeclaredBy,
    Direction,
    EditorChoice,
    EditorChoiceRow,
    EditorOption,
    EditorProblem,
    EditorRow,
    EditorSettings,
    ValueKind,
)

_SPECIAL = frozenset("|\"'()[]{}\\")


@dataclass(frozen=True)
class Choice:
    """What the person chose, as values. conditions: the texts as typed, by parameter name.

    objectives: (expression, direction), at least one. trials, timeout_s, trial_timeout_s: None
    for no limit. jobs: None for automatic. sampler, pruner, device: words of the options, empty
    for the tool's own choice. folds: a number, a name, or None. repeats: from 1.
    """

    distributions: dict[str, Distribution]
    conditions: dict[str, str]
    objectives: tuple[tuple[str, Direction], ...]
    trials: int | None = None
    timeout_s: float | None = None
    trial_timeout_s: float | None = None
    jobs: int | None = None
    sampler: str = ""
    pruner: str = ""
    device: str = ""
    folds: int | str | None = None
    repeats: int = 1

    @property
    def searched(self) -> Choice:
        """The part that says what is searched and what a trial does, and not how it is searched."""
        return Choice(
            self.distributions,
            self.conditions,
            self.objectives,
            folds=self.folds,
            repeats=self.repeats,
        )


@dataclass
class _Reader:
    problems: list[EditorProblem] = field(default_factory=list)

    def complain(self, name: str, message: str) -> None:
        self.problems.append(EditorProblem(name, message))


def editor_row(
    name: str,
    value: Any,
    value_kind: ValueKind,
    distribution: Distribution | None,
    *,
    place: str = "",
    code: str = "",
    condition: str = "",
    source: DeclaredBy = "",
    ticked: bool = False,
    why: str = "",
    problems: tuple[str, ...] = (),
    cell: int = 0,
) -> EditorRow:
    """An EditorRow whose range is `distribution` as text; an empty one when it is None."""
    texts: dict[str, Any] = {}
    if isinstance(distribution, Categorical):
        texts["kind"] = "categorical"
        texts["choices"] = [choice_text(c, value_kind) for c in distribution.choices]
    elif distribution is not None:
        texts["kind"] = "int" if isinstance(distribution, Int) else "float"
        texts.update(low=_exact(distribution.low), high=_exact(distribution.high))
        texts.update(log=distribution.log)
        texts.update(step="" if distribution.step is None else _exact(distribution.step))
    else:
        texts["kind"] = value_kind if value_kind in ("int", "float") else "categorical"
        if texts["kind"] == "categorical":
            texts["choices"] = [choice_text(value, value_kind)]
    return EditorRow(
        name=name,
        place=place,
        code=code,
        value=choice_text(value, value_kind),
        value_kind=value_kind,
        condition=condition,
        source=source,
        ticked=ticked,
        why=why,
        problems=list(problems),
        cell=cell,
        **texts,
    )


def choice_text(value: Any, value_kind: ValueKind) -> str:
    """A choice as it is shown and typed; strings only quoted where they have to be."""
    if isinstance(value, str):
        if value_kind == "object":
            return value
        odd = not value or value != value.strip() or value == "None" or set(value) & _SPECIAL
        return value if value_kind == "str" and not odd else repr(value)
    if isinstance(value, float):
        return _exact(value)
    return repr(value)


def parse_choice(text: str, value_kind: ValueKind) -> Any:
    """The inverse of `choice_text`. Raises SpaceError for what does not fit the kind."""
    text = text.strip()
    if value_kind == "object":
        try:
            ast.parse(text, mode="eval")
        except SyntaxError:
            raise SpaceError(f"{text!r} is no Python name or expression.") from None
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if value_kind == "str":
        return value if value is None or isinstance(value, str) else text
    if value is None:
        return None
    if value_kind == "bool" and not isinstance(value, bool):
        raise SpaceError(f"{text!r} is neither True nor False.")
    if value_kind in ("int", "float"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SpaceError(f"{text!r} is not a number.")
        return float(value) if value_kind == "float" else value
    return value


def split_choices(text: str) -> list[str]:
    """The parts between `|`, not splitting inside quotes or brackets."""
    parts, depth, quote, part = [], 0, "", ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(part.strip())
            part = ""
            continue
        part += char
    parts.append(part.strip())
    return parts


def parse_row(row: EditorChoiceRow, value_kind: ValueKind) -> Distribution:
    """The distribution a row describes. Raises SpaceError with a sentence for the person."""
    if row.kind == "categorical":
        texts = [text for text in split_choices(row.choices) if text]
        choices = tuple(parse_choice(text, value_kind) for text in texts)
        return Categorical(choices, expressions=value_kind == "object")
    low, high = _number(row.low, "low"), _number(row.high, "high")
    step = _number(row.step, "step") if row.step.strip() else None
    if row.kind == "float":
        return Float(low, high, log=row.log, step=step)
    return Int(low, high, log=row.log, step=step)  # type: ignore[arg-type]


def read_choice(
    message: EditorChoice, value_kinds: dict[str, ValueKind], settings: EditorSettings
) -> tuple[Choice | None, list[EditorProblem]]:
    """The Choice in the editor's message, or None and everything that is wrong with it.

    value_kinds: of the rows there are. settings: as shown: what they offer can be chosen.
    """
    reader = _Reader()
    distributions: dict[str, Distribution] = {}
    if not message.rows:
        reader.complain("", "Nothing is ticked. Tick at least one value to tune.")
    for row in message.rows:
        if row.name not in value_kinds:
            reader.complain(row.name, f"There is no value {row.name!r} in this cell.")
            continue
        try:
            distributions[row.name] = parse_row(row, value_kinds[row.name])
        except SpaceError as error:
            reader.complain(row.name, _sentence(str(error)))
    objectives = _objectives(reader, message)
    automatic = message.jobs.strip().lower() in ("", "auto")
    conditions = {row.name: row.condition.strip() for row in message.rows if row.condition.strip()}
    choice = Choice(
        distributions,
        conditions,
        objectives,
        trials=_count(reader, "trials", message.trials),
        timeout_s=_seconds(reader, "timeout", message.timeout),
        trial_timeout_s=_seconds(reader, "trial_timeout", message.trial_timeout),
        jobs=None if automatic else _count(reader, "jobs", message.jobs),
        sampler=_one_of(reader, "sampler", message.sampler, settings.samplers),
        pruner=_one_of(reader, "pruner", message.pruner, settings.pruners),
        device=_one_of(reader, "device", message.device, settings.devices),
        folds=_folds(reader, message.folds),
        repeats=_count(reader, "repeats", message.repeats) or 1,
    )
    return (None, reader.problems) if reader.problems else (choice, [])


def _objectives(reader: _Reader, message: EditorChoice) -> tuple[tuple[str, Direction], ...]:
    first = message.objective.strip()
    if not first:
        reader.complain("objective", "Name what to optimise, such as val_acc.")
    found: dict[str, Direction] = {first: message.direction}
    for goal in message.also:
        name = goal.name.strip()
        if name in found:
            reader.complain("objective", f"The objective {name!r} stands twice.")
        elif name:
            found[name] = goal.direction
    return tuple(found.items())


def _one_of(reader: _Reader, name: str, word: str, offered: list[EditorOption]) -> str:
    words = [option.word for option in offered]
    if word and word not in words:
        reader.complain(
            name, f"There is no {name} {word!r}, only {', '.join(filter(None, words))}."
        )
    return word


def _seconds(reader: _Reader, name: str, text: str) -> float | None:
    try:
        return parse_duration(text)
    except ValueError as error:
        reader.complain(name, _sentence(str(error)))
        return None


def _folds(reader: _Reader, text: str) -> int | str | None:
    try:
        return parse_folds(text) if text.strip() else None
    except ValueError as error:
        reader.complain("folds", f"{error}.")
        return None


def _number(text: str, what: str) -> float | int:
    text = text.strip()
    if not text:
        raise SpaceError(f"{what} is empty.", "Write a number, like 1e-3 or 64.")
    try:
        value = float(text)
    except ValueError:
        raise SpaceError(
            f"{what} is {text!r}, not a number.", "Write one like 1e-3 or 64."
        ) from None
    if math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _count(reader: _Reader, name: str, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        reader.complain(name, f"{text!r} is not a whole number above 0.")
        return None
    return int(text)


def _exact(value: float | int) -> str:
    """As short as `number` where that loses nothing, else all digits."""
    short = number(value)
    return short if float(short) == value else repr(value)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
