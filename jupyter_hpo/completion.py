"""Tab on the lines of `%%hpo` and `%hpo`: what can stand where the cursor is.

JupyterLab waits a second for the kernel's words. So what reads code, or knows the studies and the
GPUs, is only imported, and asked, where its words can stand.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from .arguments import split_line
from .options import cores
from .parser import build_parser
from .past.records import BANNER

if TYPE_CHECKING:
    from .cell import CapturedCell
    from .space import Distribution

EXAMPLES: dict[str, tuple[str, ...]] = {
    "--trials": ("20", "40", "100", "200"),
    "--timeout": ("10m", "30m", "1h", "8h"),
    "--trial-timeout": ("1m", "5m", "30m"),
    "--patience": ("10", "20", "50"),
    "--pruner": ("patience:5", "threshold:0.9"),
    "--seed": ("0",),
    "--keep-limit": ("500MB", "4GB"),
}
"""Options whose values can be anything -> some that make sense."""

MODIFIERS = ("log", "step=", "as=")


@dataclass(frozen=True)
class Suggested:
    """fragment: what stands before the cursor and is replaced. words: instead of it, the
    likeliest first, each with its kind for the front end."""

    fragment: str
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Session:
    """namespace: the notebook's. studies: names of those there are. trials: of the newest, those
    that are not finished; params: its parameters. transform: IPython's, for cells with magics."""

    namespace: Mapping[str, Any]
    studies: Callable[[], Iterable[str]] = tuple
    trials: Callable[[], Iterable[int]] = tuple
    params: Callable[[], Iterable[str]] = tuple
    transform: Callable[[str], str] | None = None


def suggest(before: str, after: str, session: Session) -> Suggested | None:
    """before, after: the cell's text on both sides of the cursor. None where it is none of
    our lines."""
    above, _, line = before.rpartition("\n")
    rest, _, body = after.partition("\n")
    if line.startswith("%hpo "):
        return _command(line.removeprefix("%hpo "), session)
    for head in (f"{BANNER} ", "%%hpo "):
        if not above.strip() and line.startswith(head):
            return _search(line.removeprefix(head), rest, body, session)
    return None


# ------------------------------------------------------------------------------- %hpo
def _command(line: str, session: Session) -> Suggested:
    from .line_magic import COMMANDS
    from .steering import BUDGET

    *words, fragment = line.split(" ")
    words = [word for word in words if word]
    if not words:
        return _starting(fragment, COMMANDS, "command")
    if words[0] == "open":
        return _starting(fragment, session.studies(), "study")
    if words[0] in ("enqueue", "space"):
        names = [f"{name}=" for name in session.params()]
        return _starting(fragment, [n for n in names if n not in _given(words)], "name")
    if words[0] == "budget":
        names = [f"{name}=" for name in BUDGET]
        return _starting(fragment, [n for n in names if n not in _given(words)], "name")
    if words[0].endswith("-trial"):
        return _starting(fragment, map(str, session.trials()), "trial")
    return Suggested(fragment)


def _given(words: list[str]) -> list[str]:
    return [word.partition("=")[0] + "=" for word in words[1:]]


# ------------------------------------------------------------------------------ %%hpo
def _search(line: str, rest: str, body: str, session: Session) -> Suggested:
    words, fragment = _words(line)
    used = {word.partition("=")[0] for word in [*words, *_words(rest + " ")[0]]}
    options = {flag: a for a in build_parser()._actions for flag in a.option_strings}
    flag, equals, value = fragment.partition("=")
    if equals and flag in options:
        return _value(options[flag], flag, value, body, session)
    before = words[-1] if words else ""
    if before in options and options[before].nargs is None:
        return _value(options[before], before, fragment, body, session)
    free = [f for f, a in options.items() if f not in used or a.dest == "objectives"]
    if fragment.startswith("-"):
        return _starting(fragment, free, "option")
    cell = _captured(body, session)
    ranges = {t.name: t.distribution for t in cell.tunables} if cell else {}
    if equals:
        return _range(value, ranges.get(flag))
    names = _starting(fragment, [f"{name}=" for name in ranges if name not in used], "name")
    if fragment:
        return names
    return Suggested("", (*((f, "option") for f in free), *names.words))


def _words(line: str) -> tuple[list[str], str]:
    """The words before the cursor, and the one that it stands in."""
    for start in range(len(line), -1, -1):  # the last word that is whole, quotes and all
        if start and not line[start - 1].isspace():
            continue
        try:
            return split_line(line[:start]), line[start:]
        except UsageError:
            continue
    return [], line


def _value(
    action: argparse.Action, flag: str, fragment: str, body: str, session: Session
) -> Suggested:
    if action.choices:
        words = [*map(str, action.choices), *EXAMPLES.get(flag, ())]
        return _starting(fragment, words, "choice")
    if action.dest == "objectives":
        return _starting(fragment, _objectives(flag, body, session), "objective")
    if flag == "--space":
        return _starting(fragment, _spaces(session.namespace), "space")
    if flag == "--keep":
        before, _, last = fragment.rpartition(",")
        cell = _captured(body, session)
        names = [n for n in cell.assigned if n not in before.split(",")] if cell else []
        return _starting(last, names, "name")
    if flag == "--jobs":
        counts = sorted({n for n in (1, 2, 4, 8, 16, 32) if n < cores()} | {cores()})
        return _starting(fragment, ["auto", *map(str, counts)], "number")
    if flag == "--device":
        return _starting(fragment, _devices(), "device")
    if flag == "--name":
        return _starting(fragment, session.studies(), "study")
    return _starting(fragment, EXAMPLES.get(flag, ()), "example")


def _range(fragment: str, distribution: Distribution | None) -> Suggested:
    """After `name=`: the range that is proposed; after a colon, what else can be said of it."""
    from .space.marks import format_mark

    before, colon, last = fragment.rpartition(":")
    if colon:
        return _starting(last, [m for m in MODIFIERS if m not in before.split(":")], "modifier")
    if distribution is None:
        return Suggested(fragment)
    text = format_mark(distribution).replace(" | ", "|").replace(" step ", ":step=")
    text = text.replace(" log", ":log")
    return _starting(fragment, [] if " " in text else [text], "range")


def _objectives(flag: str, body: str, session: Session) -> list[str]:
    """What the cell can be judged by: first what is known to be good that way."""
    cell = _captured(body, session)
    if cell is None:
        return []
    direction = flag.removeprefix("--")
    found = [c.objective for c in cell.candidates]
    fitting = [o.source for o in found if o.direction == direction]
    names = [*fitting, *(o.source for o in found), *cell.assigned]
    return [f'"{n}"' if any(c.isspace() for c in n) else n for n in dict.fromkeys(names)]


def _spaces(namespace: Mapping[str, Any]) -> list[str]:
    from .space import SearchSpace

    own = {n: v for n, v in namespace.items() if not n.startswith("_")}
    spaces = [n for n, v in own.items() if isinstance(v, SearchSpace)]
    return [*spaces, *(n for n, v in own.items() if isinstance(v, dict) and n not in ("In", "Out"))]


def _devices() -> list[str]:
    from .executors.devices import usable_gpus

    gpus = [str(gpu.name) for gpu in usable_gpus(os.environ)]
    return ["auto", "cpu", *(["cuda"] if gpus else []), *gpus]


def _captured(body: str, session: Session) -> CapturedCell | None:
    try:
        return _capture(body, frozenset(session.namespace), session.transform)
    except Exception:  # half a cell is all that can be expected here, and Tab must not fail
        return None


@lru_cache(maxsize=2)
def _capture(
    body: str, names: frozenset[str], transform: Callable[[str], str] | None
) -> CapturedCell:
    from .cell import capture

    return capture(body, names=names, transform=transform)


def _starting(fragment: str, words: Iterable[str], kind: str) -> Suggested:
    found = [word for word in dict.fromkeys(words) if word.startswith(fragment)]
    return Suggested(fragment, tuple((word, kind) for word in found))
