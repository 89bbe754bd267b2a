"""Marks (`# hpo: 1e-5..1e-1 log`): reading, meaning beside a literal, and writing.

Reading gives `Spec` values (see `grammar`). What a spec means depends on the literal in the
code, which says whether words are strings or names and whether a range is of floats or
integers: that is `to_distribution`. `format_mark` writes the spec back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from ..errors import CellError, Problem, SpaceError
from . import grammar
from .conditions import Comparison, Condition
from .distributions import Categorical, Distribution, Float, Int
from .grammar import Bool, Choices, MarkSyntax, Range, Spec, Term, Word
from .space import MISSING
from .writing import format_mark

__all__ = [
    "format_mark",
    "mark_of_comment",
    "nearest",
    "parse_condition",
    "parse_line_space",
    "parse_mark",
    "to_condition",
    "to_distribution",
]

PREFIX = "hpo:"


def mark_of_comment(comment: str) -> str | None:
    """What follows `hpo:` in a comment (with its #), or None; further comments end it."""
    for i, char in enumerate(comment):
        inside = comment[i + 1 :].lstrip()
        if char == "#" and inside.lower().startswith(PREFIX):
            return _until_comment(inside[len(PREFIX) :])
    return None


def _until_comment(text: str) -> str:
    quote = ""
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#":
            return text[:i]
    return text


def parse_mark(text: str, line: int | None = None) -> tuple[list[Spec], list[Problem]]:
    """The specs after `# hpo:` and what could not be read, each with its line."""
    try:
        parts = grammar.split(text, ";")
    except MarkSyntax as error:
        return [], [error.problem(line)]
    parts = [part for part in parts if part.strip()]
    if not parts:
        return [], [
            Problem(
                "mark_syntax",
                "the mark is empty.",
                "Write low..high, a | b | c, bool or fixed after `# hpo:`.",
                line,
            )
        ]
    return _sort_out(grammar.parse_spec(part, line) for part in parts)


def parse_line_space(
    text: str | Iterable[str], line: int | None = 1
) -> tuple[list[Spec], list[Problem]]:
    """Specs of the magic line: `lr=1e-5..1e-1:log act=relu|tanh "momentum=0..0.9 if opt==SGD"`.

    text: the line, or its words with outer quotes already taken off. Every spec has a key.
    """
    try:
        tokens = _line_words(text) if isinstance(text, str) else list(text)
    except MarkSyntax as error:
        return [], [error.problem(line)]
    return _sort_out(_line_spec(token, line) for token in tokens)


def _line_words(text: str) -> list[str]:
    found = []
    for start, stop in grammar.words(text):
        token = grammar.word(text[start:stop])
        found.append(token.text)
    return found


def _line_spec(token: str, line: int | None) -> Spec | Problem:
    try:
        parts = grammar.split(token, ":")
    except MarkSyntax as error:
        return error.problem(line)
    spaced = parts[0]
    for before, part in pairwise(parts):
        head = part.split("=", 1)[0].split(maxsplit=1)[0] if part.split("=", 1)[0].strip() else ""
        follows = before.strip() in grammar.MODIFIERS
        spaced += (" " if head in grammar.MODIFIERS or follows else ":") + _unglue(part)
    spec = grammar.parse_spec(spaced, line)
    if isinstance(spec, Spec) and spec.key is None:
        return Problem(
            "line_space",
            f"{token!r} on the magic line names no value.",
            "Write name=low..high, name=a|b|c, or see %%hpo?.",
            line,
        )
    return spec


def _unglue(part: str) -> str:
    for modifier in ("step", "as"):
        if part.strip().startswith(modifier + "="):
            return part.replace("=", " ", 1)
    return part


def _sort_out(parsed: Iterable[Spec | Problem]) -> tuple[list[Spec], list[Problem]]:
    specs: list[Spec] = []
    problems: list[Problem] = []
    for item in parsed:
        if isinstance(item, Spec):
            specs.append(item)
        else:
            problems.append(item)
    return specs, problems


def to_distribution(spec: Spec, value: Any, *, expression: bool = False) -> Distribution | Problem:
    """What a spec means beside the code's own value.

    value: the literal (None, bool, int, float, str), or with expression=True the source text
    of what stands there. A tie or `fixed` has no distribution: don't ask.
    """
    try:
        match spec.body:
            case Range():
                return _range(spec.body, value, expression)
            case Bool():
                return Categorical((False, True))
            case Choices():
                return _choices(spec.body, value, expression)
            case _:
                raise SpaceError(f"{spec.text!r} is no range.", "Write low..high or a | b | c.")
    except SpaceError as error:
        return Problem("bad_range", error.message, error.fix, spec.line, spec.name or spec.key)
    except OverflowError:
        return Problem(
            "bad_range", "the range is too large.", "Use smaller numbers.", spec.line, spec.key
        )


def _range(body: Range, value: Any, expression: bool) -> Distribution:
    if not expression and isinstance(value, bool | str):
        fix = "Write bool." if isinstance(value, bool) else "Write the choices as a | b | c."
        raise SpaceError(f"a range beside {value!r}, which is no number.", fix)
    floats = isinstance(body.low, float) or isinstance(body.high, float)
    if floats or (not expression and isinstance(value, float)):
        step = None if body.step is None else float(body.step)
        return Float(body.low, body.high, body.log, step)
    return Int(int(body.low), int(body.high), body.log, body.step)  # type: ignore[arg-type]


def _choices(body: Choices, value: Any, expression: bool) -> Categorical:
    bare = [w.text for w in body.words if not w.quoted]
    if not expression and not isinstance(value, str) and value is not MISSING:
        # beside a number, None or a boolean: dotted names and calls can't be strings
        expression = any(grammar.plain(t) is MISSING and not t.isidentifier() for t in bare)
        expression = expression and all(grammar.expression(t) is not None for t in bare)
    if expression:
        texts = [repr(w.text) if w.quoted else _bare_name(w.text) for w in body.words]
        for text in texts:
            if grammar.expression(text) is None:
                raise SpaceError(f"the choice {text!r} is no expression.", "Check its spelling.")
        if all(grammar.plain(text) is not MISSING for text in texts):
            return Categorical(tuple(grammar.plain(text) for text in texts))
        return Categorical(tuple(texts), expressions=True)
    reads_as_value = isinstance(value, str) and grammar.plain(value) is not MISSING
    choices: list[Any] = []
    for w in body.words:
        plain = MISSING if w.quoted or reads_as_value else grammar.plain(w.text)
        if plain is MISSING and not w.quoted and len(w.text.split()) > 1:
            raise SpaceError(
                f"the choice {w.text!r} has a space in it.", f'Write "{w.text}" in quotes.'
            )
        choices.append(w.text if plain is MISSING else plain)
    if isinstance(value, float):
        choices = [float(c) if type(c) is int else c for c in choices]
    return Categorical(tuple(choices))


def _bare_name(text: str) -> str:
    """`(width)`, which keeps a single name from being a tie, is that name."""
    inner = text[1:-1].strip() if text[:1] == "(" and text[-1:] == ")" else ""
    return inner if grammar.is_name(inner) else text


def parse_condition(text: str, parents: Mapping[str, Distribution] | None = None) -> Condition:
    """The condition after `if` (`optimizer == sgd and depth > 2`), as typed in the editor.

    parents: the distributions by name, to read the values as `to_condition` does; without
    them a word is a number, None, True, False or a string. Raises CellError with the Problem.
    """
    spec = grammar.parse_spec(f"bool if {text}")
    if isinstance(spec, Problem):
        raise CellError([spec])
    if parents is not None:
        found = to_condition(spec.terms, parents)
        if isinstance(found, Problem):
            raise CellError([found])
        return found
    comparisons = []
    for term in spec.terms:
        values = tuple(_bare(w) for w in term.words)
        many = term.op in ("in", "not in")
        comparisons.append(Comparison(term.name, term.op, values if many else values[0]))
    return Condition(tuple(comparisons))


def _bare(w: Word) -> Any:
    plain = MISSING if w.quoted else grammar.plain(w.text)
    return w.text if plain is MISSING else plain


def to_condition(
    terms: Sequence[Term], parents: Mapping[str, Distribution], line: int | None = None
) -> Condition | Problem:
    """The condition, its words read by the kind of the parameter they are compared with.

    parents: every tuned name of the cell. A name that is not there is a Problem.
    """
    comparisons = []
    for term in terms:
        if term.name not in parents:
            return Problem(
                "unknown_condition",
                f"the condition looks at {term.name!r}, which is not tuned.",
                nearest(term.name, parents, "Tuned here"),
                line,
                term.name,
            )
        values = []
        for w in term.words:
            value = _compared(w, parents[term.name], term.op)
            if value is MISSING:
                return _no_such_value(term, w, parents[term.name], line)
            values.append(value)
        many = term.op in ("in", "not in")
        comparisons.append(Comparison(term.name, term.op, tuple(values) if many else values[0]))
    return Condition(tuple(comparisons))


def _compared(w: Word, parent: Distribution, op: str) -> Any:
    plain = MISSING if w.quoted else grammar.plain(w.text)
    if not isinstance(parent, Categorical):
        return plain if isinstance(plain, int | float) else MISSING
    if op in ("<", "<=", ">", ">="):
        return w.text if plain is MISSING else plain
    if w.quoted and parent.expressions:
        texts = [c for c in parent.choices if c in (w.text, repr(w.text))]
        return texts[0] if texts else MISSING
    for choice in parent.choices:
        if isinstance(choice, str) and choice == w.text:
            return choice
        if plain is not MISSING and not isinstance(choice, str):
            same_kind = isinstance(choice, bool) == isinstance(plain, bool)
            if choice == plain and same_kind:
                return choice
    if parent.expressions and not w.quoted:
        tails = [c for c in parent.choices if c.rpartition(".")[2] == w.text]
        if len(tails) == 1:
            return tails[0]
    return MISSING


def _no_such_value(term: Term, w: Word, parent: Distribution, line: int | None) -> Problem:
    if isinstance(parent, Categorical):
        known = " | ".join(str(c) for c in parent.choices)
        return Problem(
            "condition_value",
            f"{w.text!r} is no choice of {term.name!r}.",
            f"Its choices: {known}.",
            line,
            term.name,
        )
    return Problem(
        "condition_value",
        f"{term.name!r} is a number; {w.text!r} is none.",
        f"Write {term.name} {term.op} a number.",
        line,
        term.name,
    )


def nearest(name: str, known: Iterable[str], what: str = "Known") -> str:
    """A fix: the nearest known name, or the list of them."""
    options = list(known)
    close = get_close_matches(name, options, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    if not options:
        return f"{what}: none."
    shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return f"{what}: {shown}."
