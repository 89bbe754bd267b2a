"""Between distributions and the texts a person edits in the space editor."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, field
from typing import Any

from ..errors import SpaceError
from ..space import Categorical, Distribution, Float, Int
from .numbers import number, parse_duration
from .protocol import Direction, EditorChoice, EditorChoiceRow, EditorProblem, EditorRow, ValueKind

_SPECIAL = frozenset("|\"'()[]{}\\")


@dataclass(frozen=True)
class Choice:
    """What the person chose, as values. conditions: the texts as typed, by parameter name.

    trials, timeout_s: None for no limit. jobs: None for automatic.
    """

    distributions: dict[str, Distribution]
    conditions: dict[str, str]
    objective: str
    direction: Direction
    trials: int | None = None
    timeout_s: float | None = None
    jobs: int | None = None


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
    declared: bool = False,
    ticked: bool = False,
    why: str = "",
    problems: tuple[str, ...] = (),
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
        declared=declared,
        ticked=ticked,
        why=why,
        problems=list(problems),
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
    message: EditorChoice, value_kinds: dict[str, ValueKind]
) -> tuple[Choice | None, list[EditorProblem]]:
    """The Choice in a Start message, or None and everything that is wrong with it."""
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
    if not message.objective.strip():
        reader.complain("objective", "Name what to optimise, such as val_acc.")
    trials = _count(reader, "trials", message.trials)
    automatic = message.jobs.strip().lower() in ("", "auto")
    jobs = None if automatic else _count(reader, "jobs", message.jobs)
    timeout_s = None
    try:
        timeout_s = parse_duration(message.timeout)
    except ValueError as error:
        reader.complain("timeout", _sentence(str(error)))
    if reader.problems:
        return None, reader.problems
    conditions = {row.name: row.condition.strip() for row in message.rows if row.condition.strip()}
    objective = message.objective.strip()
    choice = Choice(
        distributions, conditions, objective, message.direction, trials, timeout_s, jobs
    )
    return choice, []


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
