"""From the text of a mark to `Spec` values: the grammar alone, knowing nothing of the code.

    mark   := spec (";" spec)*
    spec   := [key "="] body (modifier)*
    key    := NAME | "[" INT "]" | NAME "[" INT "]"          (NAME may be dotted)
    body   := low ".." high | choice ("|" choice)* | "bool" | "fixed" | NAME (a tie)
    modifier := "log" | "step" NUMBER | "if" term ("and" term)* | "as" NAME
    term   := NAME (== != < <= > >=) word | NAME ["not"] "in" "(" word, ... ")" | ["not"] NAME

Whatever is wrong comes back as a `Problem`, never as an exception.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .space import MISSING

NAME = r"[^\W\d][\w.]*(?:\[\d{1,4}\])?"
_KEY = re.compile(rf"\s*({NAME}|\[\d{{1,4}}\])\s*=(?!=)\s*")
_NAME = re.compile(rf"{NAME}\Z")
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_TERM = re.compile(rf"\s*({NAME})\s*(==|!=|<=|>=|<|>|=|\bnot\s+in\b|\bin\b)\s*(.*)\Z", re.S)
_FLAG = re.compile(rf"\s*(not\s+)?({NAME})\s*\Z")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
CONSTANTS: dict[str, Any] = {"None": None, "True": True, "False": False}
MODIFIERS = ("log", "step", "if", "as")


@dataclass(frozen=True)
class Word:
    """A value as written: `text` is the content of the quotes when `quoted`."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Range:
    """low..high; ints stay ints, so that the way it is written can tell the kind."""

    low: int | float
    high: int | float
    log: bool = False
    step: int | float | None = None


@dataclass(frozen=True)
class Choices:
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Bool:
    """`bool`: False or True."""


@dataclass(frozen=True)
class Fixed:
    """`fixed`: kept out of the proposals."""


@dataclass(frozen=True)
class Tie:
    """The value follows another tunable, by its name."""

    name: str


Body = Range | Choices | Bool | Fixed | Tie


@dataclass(frozen=True)
class Term:
    """`name op words`; one word, for in / not in any number. `True`/`False` for a bare name."""

    name: str
    op: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Spec:
    """One spec of a mark. key: which value of the line it means, None when it isn't said.

    terms: all must hold. name: after `as`. text: as written. line: where the mark stands.
    """

    body: Body
    key: str | None = None
    terms: tuple[Term, ...] = ()
    name: str | None = None
    text: str = ""
    line: int | None = None


class MarkSyntax(Exception):
    """Inside the parser only: turned into a Problem before it leaves this module."""

    def __init__(self, message: str, fix: str, code: str = "mark_syntax") -> None:
        super().__init__(message)
        self.message, self.fix, self.code = message, fix, code

    def problem(self, line: int | None, name: str | None = None) -> Problem:
        return Problem(self.code, self.message, self.fix, line, name)


def parse_spec(text: str, line: int | None = None) -> Spec | Problem:
    """One spec (no `;`) as a value; a Problem that says what can't be read."""
    try:
        return _spec(text, line)
    except MarkSyntax as error:
        return error.problem(line)


def split(text: str, separator: str) -> list[str]:
    """text cut at each separator character outside quotes and brackets.

    Raises MarkSyntax for a quote or bracket that is never closed.
    """
    parts, start = [], 0
    for i, char in _outside(text):
        if char == separator:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return parts


def words(text: str) -> list[tuple[int, int]]:
    """The spans between white space outside quotes and brackets."""
    spans, start = [], None
    gaps = {i for i, char in _outside(text) if char.isspace()}
    for i in range(len(text) + 1):
        if i == len(text) or i in gaps:
            if start is not None:
                spans.append((start, i))
            start = None
        elif start is None:
            start = i
    return spans


def number(text: str) -> int | float | None:
    """A number as Python writes it (64, 1_000, 1e-5, -.5), or None."""
    text = text.strip()
    if not _NUMBER.match(text):
        return None
    try:
        return int(text) if text.lstrip("+-").replace("_", "").isdigit() else float(text)
    except ValueError:
        return None


def plain(text: str) -> Any:
    """None, True, False or a number written as text; MISSING when it is none of them."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    value = number(text)
    return MISSING if value is None else value


def word(text: str) -> Word:
    """A quoted string without its quotes, anything else as it stands."""
    text = text.strip()
    if len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0]:
        tree = expression(text)
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            return Word(tree.value, quoted=True)
    return Word(text)


def expression(text: str) -> ast.expr | None:
    """text as one Python expression, or None when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_name(text: str) -> bool:
    return _NAME.match(text) is not None


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """Positions and characters outside quotes and brackets (both excluded)."""
    closing: list[str] = []
    quote = ""
    skip = False
    for i, char in enumerate(text):
        if skip:
            skip = False
        elif quote:
            if char == "\\":
                skip = True
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in _PAIRS:
            closing.append(_PAIRS[char])
        elif closing:
            if char == closing[-1]:
                closing.pop()
        else:
            yield i, char
    if quote:
        raise MarkSyntax(f"a quote {quote} is never closed.", f"Close it with {quote}.")
    if closing:
        raise MarkSyntax(f"a bracket is never closed in {text.strip()!r}.", f"Add {closing[-1]}.")


def _spec(text: str, line: int | None) -> Spec:
    whole, key = text.strip(), None
    if match := _KEY.match(text):
        key, text = match[1], text[match.end() :]
    spans = words(text)
    if not spans:
        raise MarkSyntax("a mark without a range.", "Write low..high, a | b | c, bool or fixed.")
    ranged = _is_range(text)
    end, rest = len(text), []
    for n, (start, stop) in enumerate(spans):
        modifier = text[start:stop]
        if modifier in ("if", "as") or (n and ranged and modifier in MODIFIERS):
            end, rest = start, spans[n:]
            break
    body_text = text[:end].strip()
    if not body_text:
        raise MarkSyntax(
            f"{whole!r} says no range before {text[end:].strip()!r}.",
            "Write low..high, a | b | c, bool or fixed first.",
        )
    log, step, name, condition = _modifiers(text, rest, ranged)
    body = _body(body_text, log, step)
    terms = tuple(_terms(condition)) if condition is not None else ()
    return Spec(body, key, terms, name, whole, line)


def _is_range(text: str) -> bool:
    outside = "".join(char for _, char in _outside(text))
    head = re.split(r"\s(?:if|as)\s", outside, maxsplit=1)[0]
    return ".." in head and "|" not in head


def _modifiers(
    text: str, spans: list[tuple[int, int]], ranged: bool
) -> tuple[bool, int | float | None, str | None, str | None]:
    log, step, name, condition = False, None, None, None
    at = 0
    while at < len(spans):
        modifier = text[slice(*spans[at])]
        following = text[slice(*spans[at + 1])] if at + 1 < len(spans) else ""
        if modifier == "log" and ranged:
            log, at = True, at + 1
        elif modifier == "step" and ranged:
            step = number(following)
            if step is None:
                raise MarkSyntax(f"step {following!r} is no number.", "Write step 32.")
            at += 2
        elif modifier == "as":
            if not is_name(following):
                raise MarkSyntax(f"{following!r} is no name.", "Write as width.")
            name, at = following, at + 2
        elif modifier == "if":
            stop = at + 1
            while stop < len(spans) and text[slice(*spans[stop])] not in ("as", "if"):
                stop += 1
            if stop == at + 1:
                raise MarkSyntax("`if` without a condition.", "Write if name == value.")
            condition = text[spans[at + 1][0] : spans[stop - 1][1]]
            if ranged:
                condition, log, step, stop = _late(text, spans, at, stop, log, step)
            at = stop
        else:
            raise MarkSyntax(
                f"can't read {modifier!r}.", "After a range come log, step 32, if ..., as name."
            )
    return log, step, name, condition


def _late(
    text: str,
    spans: list[tuple[int, int]],
    at: int,
    stop: int,
    log: bool,
    step: int | float | None,
) -> tuple[str, bool, int | float | None, int]:
    """`0.1..1 if a == b log`: log and step may also stand after the condition."""
    parts = [text[slice(*span)] for span in spans[at + 1 : stop]]
    if len(parts) > 3 and parts[-1] == "log":
        return text[spans[at + 1][0] : spans[stop - 2][1]], True, step, stop
    if len(parts) > 4 and parts[-2] == "step" and number(parts[-1]) is not None:
        return text[spans[at + 1][0] : spans[stop - 3][1]], log, number(parts[-1]), stop
    return text[spans[at + 1][0] : spans[stop - 1][1]], log, step, stop


def _body(text: str, log: bool, step: int | float | None) -> Body:
    if "..." in text:
        raise MarkSyntax(f"three dots in {text!r}.", "A range has two: 0..1.")
    if _is_range(text):
        left, _, right = text.partition("..")
        low, high = number(left), number(right)
        if low is None or high is None:
            wrong = (left if low is None else right).strip()
            raise MarkSyntax(
                f"{wrong!r} in {text!r} is no number.", "Write both ends as numbers: 1e-5..1e-1."
            )
        return Range(low, high, log, step)
    if text == "bool":
        return Bool()
    if text == "fixed":
        return Fixed()
    parts = split(text, "|")
    if any(not part.strip() for part in parts):
        raise MarkSyntax(f"an empty choice in {text!r}.", "Write a | b | c.")
    if len(parts) == 1 and is_name(text) and text not in CONSTANTS:
        return Tie(text)
    if len(parts) == 1 and len(split(text, ",")) > 1:
        raise MarkSyntax(
            f"{text!r} is neither a range nor a choice.", "Write low..high, or a | b | c."
        )
    return Choices(tuple(word(part) for part in parts))


def _terms(text: str) -> Iterable[Term]:
    start = 0
    spans = words(text)
    parts = []
    for begin, end in spans:
        if text[begin:end] == "and":
            parts.append(text[start:begin])
            start = end
        elif text[begin:end] == "or":
            raise MarkSyntax(
                "a condition can't have `or`.", "Write name in (a, b), or give each its own range."
            )
    parts.append(text[start:])
    return [_term(part) for part in parts]


def _term(text: str) -> Term:
    match = _TERM.match(text)
    if match is None:
        if flag := _FLAG.match(text):
            return Term(flag[2], "==", (Word("False" if flag[1] else "True"),))
        raise MarkSyntax(f"can't read the condition {text.strip()!r}.", "Write if name == value.")
    name, op, value = match[1], " ".join(match[2].split()), match[3].strip()
    if op == "=":
        raise MarkSyntax(f"{text.strip()!r} is no comparison.", f"Write {name} == {value}.")
    if not value:
        raise MarkSyntax(f"{text.strip()!r} compares with nothing.", f"Write {name} {op} value.")
    if op in ("in", "not in"):
        if value[0] not in "([{" or value[-1] != _PAIRS[value[0]]:
            raise MarkSyntax(f"{value!r} is no list.", f"Write {name} {op} (a, b).")
        items = [item for item in split(value[1:-1], ",") if item.strip()]
        if not items:
            raise MarkSyntax(f"{value!r} is empty.", f"Write {name} {op} (a, b).")
        return Term(name, op, tuple(word(item) for item in items))
    outside = "".join(char for _, char in _outside(value))
    if any(sign in outside for sign in ("<", ">", "==", "!=")):
        raise MarkSyntax(
            f"{text.strip()!r} compares twice.", "Write both: x > 1 and x < 5.", "mark_syntax"
        )
    return Term(name, op, (word(value),))
