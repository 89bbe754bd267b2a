"""The line of `%%hpo`: its options, parsed into `Options` and the rest.

Errors are one sentence each (IPython's UsageError); a misspelt option is answered with the
nearest one.
"""

from __future__ import annotations

import argparse
import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from IPython.core.error import UsageError

from .executors.devices import parse_device
from .options import Options
from .study.objective import Direction, Objective
from .widgets.numbers import parse_duration

OPENING, CLOSING = "([{", ")]}"


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


class Parser(argparse.ArgumentParser):
    """argparse whose errors are IPython's one-line UsageError, with the nearest option."""

    def error(self, message: str) -> NoReturn:
        known = [o for action in self._actions for o in action.option_strings]
        unknown = message.startswith("unrecognized arguments")
        for word in message.replace(",", " ").split() if unknown else ():
            if word.startswith("-") and word not in known:
                near = difflib.get_close_matches(word, known, 1)
                if near:
                    message += f". Did you mean {near[0]}?"
                break
        raise UsageError(f"%%hpo: {message.rstrip('.')} (%%hpo? lists the options)")


class _Goal(argparse.Action):
    """Collects --minimize and --maximize in the order in which they were given."""

    def __call__(
        self, parser: Any, namespace: Any, values: Any, option_string: str | None = None
    ) -> None:
        direction: Direction = "maximize" if option_string == "--maximize" else "minimize"
        found = getattr(namespace, self.dest) or []
        setattr(namespace, self.dest, [*found, Objective(values, direction)])


def _duration(text: str) -> float:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if seconds is None or seconds <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 90s, 30m or 1h30m")
    return seconds


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if found is None or not float(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 500MB or 4GB")
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " kmgt".index(found[2] or " "))


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number greater than 0")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**32 - 1")
    return int(text)


def _jobs(text: str) -> int | None:
    return None if text == "auto" else _positive(text)


def _device(text: str) -> str:
    try:
        return parse_device(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def build_parser() -> Parser:
    """The options of `%%hpo`, each with an example in its help."""
    parser = Parser(
        prog="%%hpo",
        add_help=False,
        allow_abbrev=False,
        description="Search the hyperparameters of this cell.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("space", nargs="*", metavar="name=range", help="lr=1e-5..1e-1:log hidden=32|64|128")
    for flag, example in (("--maximize", "val_acc"), ("--minimize", "val_loss")):
        add(
            flag,
            dest="objectives",
            action=_Goal,
            metavar="NAME",
            help=f"a name the cell assigns, or an expression: {flag} {example}; repeatable",
        )
    add("--trials", type=_positive, metavar="N", help="finished trials in all: --trials 40")
    add("--timeout", type=_duration, metavar="TIME", help="of the whole study: --timeout 30m")
    add("--trial-timeout", type=_duration, metavar="TIME", help="of one trial: 5m")
    add(
        "--patience", type=_positive, metavar="N", help="stop after N trials without a better value"
    )
    add("--jobs", type=_jobs, metavar="N", help="trials side by side: auto (every core) or 2")
    add(
        "--device",
        type=_device,
        default="auto",
        metavar="NAME",
        help="auto (the GPU the cell uses, else the CPU), cpu, cuda (every GPU) or cuda:1",
    )
    add("--sampler", choices=("tpe", "random"), default="tpe", help="how values are suggested")
    add("--pruner", choices=("asha", "none"), help="how hopeless trials are ended early")
    add(
        "--seed",
        type=_seed,
        metavar="N",
        help="seeds the search, and Python, NumPy and torch in each trial",
    )
    add("--name", help="name of the study: it continues when it exists")
    add("--fresh", action="store_true", help="forget what this study found before")
    add("--resume", action="store_true", help="go on where the study stood (the default)")
    add("--storage", metavar="FOLDER", help="where studies are kept (default .jupyter_hpo)")
    add("--space", dest="space_name", metavar="NAME", help="a SearchSpace in the notebook")
    add("--keep", metavar="a,b", help="objects of the best trial to bring back: model,history")
    add(
        "--keep-limit",
        type=_size,
        default=Options.keep_limit_bytes,
        metavar="SIZE",
        help="what these may take: 4GB (default 1 GiB)",
    )
    add("--background", action="store_true", help="return at once; study.wait() waits")
    add("--auto", action="store_true", help="tune what is found, with the proposed ranges")
    add("--edit", action="store_true", help="open the space editor first")
    add(
        "--executor",
        choices=("processes", "workers", "inline"),
        default="processes",
        help="processes: a new one for each trial; workers: kept for the next trial; "
        "inline: in the kernel, one by one, for a debugger",
    )
    add(
        "--no-shared-setup",
        dest="shared_setup",
        action="store_false",
        help="every trial runs the whole cell; else its first lines, as far as no tuned value "
        "reaches them, run once for all",
    )
    add(
        "--reach",
        choices=("notebook", "cell"),
        default="notebook",
        help="notebook: trials also run again what earlier cells did to build what is tuned or "
        "trained here; cell: this cell only, on the objects as they stand",
    )
    add(
        "--explain",
        action="store_true",
        help="say what was found and what trials would do, and start nothing",
    )
    add("--quiet", action="store_true", help="show the result only")
    return parser  # fmt: skip


def parse_line(line: str) -> Request:
    """The Request in the magic's line. Raises UsageError with one sentence."""
    found = build_parser().parse_intermixed_args(split_line(line))
    if found.fresh and found.resume:
        raise UsageError("%%hpo: --fresh and --resume exclude each other")
    if found.background and found.executor == "inline":
        raise UsageError(
            "%%hpo: --executor inline runs the trials in the cell that waits for them; "
            "leave out --background"
        )
    if found.device != "auto" and found.executor == "inline":
        raise UsageError(
            "%%hpo: --executor inline runs the trials in the kernel, on the device that the cell "
            "names; leave out --device"
        )
    for token in found.space:
        if "=" not in token:
            raise UsageError(
                f"%%hpo: {token!r} is neither an option nor name=range. "
                'An expression with spaces needs quotes: --minimize "a + b".'
            )
    options = Options(
        trials=found.trials,
        timeout_s=found.timeout,
        trial_timeout_s=found.trial_timeout,
        patience=found.patience,
        jobs=found.jobs,
        device=found.device,
        sampler=found.sampler,
        pruner=found.pruner,
        seed=found.seed,
        name=found.name,
        fresh=found.fresh,
        executor=found.executor,
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
