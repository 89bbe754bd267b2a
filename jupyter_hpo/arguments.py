"""The line of `%%hpo`: its words, parsed into `Options` and the rest."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from IPython.core.error import UsageError

from .errors import Problem
from .options import Options
from .parser import Parser, build_parser
from .space.grammar import Range
from .space.marks import parse_line_space, to_distribution
from .study.objective import Objective

OPENING, CLOSING = "([{", ")]}"

REPEATED = ("objectives", "constraints")
"""Options that may be given several times."""


@dataclass(frozen=True)
class Request:
    """What the magic's line asks for. space: the tokens `name=...`; space_name: `--space`."""

    options: Options
    objectives: tuple[Objective, ...] = ()
    space: tuple[str, ...] = ()
    space_name: str | None = None
    background: bool = False
    auto: bool = False
    edit: bool = False
    quiet: bool = False
    explain: bool = False
    reach: str = "notebook"


def parse_line(line: str) -> Request:
    """The Request in the magic's line. Raises UsageError with a sentence for all that is wrong
    with it."""
    return parsed_words(split_line(line))


def parsed_words(words: Sequence[str]) -> Request:
    """As `parse_line`, of a line that is split already."""
    parser = build_parser()
    words = _with_values(words, parser)
    found, unknown = parser.parse_known_intermixed_args(words)
    if unknown:
        parser.unknown(unknown)
    wrong = [*parser.wrong, *_given_twice(words, found, parser), *_contradictions(found)]
    if not unknown:  # what follows an unknown option was meant for that
        wrong += [_stray(token) for token in found.space if "=" not in token][:1]
    if wrong:  # else what is wrong with ranges is said with what is wrong with the cell
        parser.refuse([*wrong, *_wrong_ranges([t for t in found.space if "=" in t])])
    options = Options(
        trials=found.trials,
        timeout_s=found.timeout,
        trial_timeout_s=found.trial_timeout,
        patience=found.patience,
        jobs=found.jobs,
        device=found.device,
        sampler=found.sampler,
        pruner=found.pruner,
        constraints=tuple(found.constraints or ()),
        folds=found.folds,
        repeats=found.repeats,
        like=found.like,
        seed=found.seed,
        name=found.name,
        fresh=found.fresh,
        executor=found.executor,
        on=found.on,
        root=Path(found.storage) if found.storage else None,
        keep=tuple(w.strip() for w in found.keep.split(",")) if found.keep else None,
        keep_limit_bytes=found.keep_limit,
        shared_setup=found.shared_setup,
    )
    return Request(
        options=options,
        objectives=tuple(found.objectives or ()),
        space=tuple(found.space),
        space_name=found.space_name,
        background=found.background,
        auto=found.auto,
        edit=found.edit,
        quiet=found.quiet,
        explain=found.explain,
        reach=found.reach,
    )


def _given_twice(words: Sequence[str], found: Namespace, parser: Parser) -> Iterator[str]:
    """Of options that take one value, and of objectives."""
    flags = [word.partition("=")[0] for word in words if word.startswith("--")]
    known = [f for f in flags if f in parser.flags and parser.option(f).dest not in REPEATED]
    goals = [f"the objective {objective.source}" for objective in found.objectives or ()]
    given = [*known, *goals]
    for one in dict.fromkeys(given):
        if given.count(one) > 1:
            yield f"{one} is given twice"


def _wrong_ranges(tokens: Sequence[str]) -> Iterator[str]:
    specs, problems = parse_line_space(tokens)
    for spec in specs:
        if isinstance(spec.body, Range):
            made = to_distribution(spec, spec.body.low)
            problems += [made] if isinstance(made, Problem) else []
    yield from (f"{problem.message} {problem.fix}".strip() for problem in problems)


def _contradictions(found: Namespace) -> Iterator[str]:
    if found.fresh and found.resume:
        yield "--fresh and --resume exclude each other"
    if found.background and found.executor == "inline":
        yield (
            "--executor inline runs the trials in the cell that waits for them; leave out "
            "--background"
        )
    if found.on is not None and found.executor == "inline":
        yield "--executor inline runs the trials in the kernel, --on ray elsewhere; leave one out"
    if found.device != "auto" and found.executor == "inline":
        yield (
            "--executor inline runs the trials in the kernel, on the device that the cell names; "
            "leave out --device"
        )


def _with_values(words: Sequence[str], parser: Parser) -> list[str]:
    """The words, with a value that begins with - bound to its option: argparse would take it
    for an option, and not say what is wrong with it."""
    joined: list[str] = []
    for word in words:
        before = joined[-1] if joined else ""
        value = word.startswith("-") and not word.startswith("--") and "=" not in before
        if value and before in parser.flags and parser.option(before).nargs is None:
            joined[-1] = f"{before}={word}"
        else:
            joined.append(word)
    return joined


def _stray(word: str) -> str:
    from .line_magic import COMMANDS

    if word in COMMANDS:
        return f"{word!r} is a command of %hpo: write %hpo {word} on a line of its own"
    return (
        f"{word!r} is neither an option nor name=range. "
        'An expression with spaces needs quotes: --minimize "a + b".'
    )


def split_line(line: str) -> list[str]:
    """Words of the line: not split inside quotes or brackets, so that expressions such as
    `clf.score(X, y)` stay whole; quotes around a whole word are taken off."""
    words, word, quote, depth = [], "", "", 0
    for char in line:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
        elif char.isspace() and depth == 0:
            if word:
                words.append(word)
            word = ""
            continue
        word += char
    if quote:
        raise UsageError(f"%%hpo: a quote {quote} is not closed")
    words += [word] if word else []
    return [_unquote(w) for w in words]


def _unquote(word: str) -> str:
    if len(word) >= 2 and word[0] in "\"'" and word.find(word[0], 1) == len(word) - 1:
        return word[1:-1]
    return word
