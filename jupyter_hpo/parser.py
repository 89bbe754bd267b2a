"""The options of `%%hpo`, in groups, each with a word on it and an example.

What is wrong is said in one sentence (IPython's UsageError) that names the value; a misspelt
option or choice is answered with the nearest one.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from IPython.core.error import UsageError

from .executors.devices import parse_device
from .executors.ray_cluster import parse_on
from .options import MOST_JOBS, PRUNERS, SAMPLERS, Options, parse_pruner
from .study.constraints import ConstraintError, parse_constraints
from .study.figures import FIGURES
from .study.objective import Direction, Objective
from .widgets.numbers import parse_duration, parse_folds

EXAMPLES = {
    "space": "lr=1e-5..1e-1:log hidden=32|64|128",
    "--space": "--space space",
    "--auto": "--auto",
    "--edit": "--edit",
    "--explain": "--explain",
    "--maximize": "--maximize val_acc",
    "--minimize": "--minimize history.history['val_loss'][-1]",
    "--constraint": '--constraint "n_params <= 1e6"',
    "--trials": "--trials 40",
    "--timeout": "--timeout 30m",
    "--trial-timeout": "--trial-timeout 5m",
    "--patience": "--patience 20",
    "--sampler": "--sampler random",
    "--like": "--like digits-small",
    "--pruner": "--pruner patience:5",
    "--folds": "--folds 5",
    "--repeats": "--repeats 3",
    "--seed": "--seed 0",
    "--jobs": "--jobs 4",
    "--device": "--device cuda:1",
    "--executor": "--executor inline",
    "--on": "--on ray",
    "--reach": "--reach cell",
    "--no-shared-setup": "--no-shared-setup",
    "--name": "--name digits",
    "--resume": "--resume",
    "--fresh": "--fresh",
    "--storage": "--storage /data/studies",
    "--keep": "--keep model,history",
    "--keep-limit": "--keep-limit 4GB",
    "--background": "--background",
    "--quiet": "--quiet",
}
"""By the option (the flag, or `space` for ranges on the line)."""

BAYESIAN = "tpe, or gp for a Gaussian process"
MEANT = {
    ("--sampler", "bayes"): BAYESIAN,
    ("--sampler", "bayesian"): BAYESIAN,
    ("--sampler", "bo"): BAYESIAN,
    ("--sampler", "sobol"): "qmc",
    ("--sampler", "genetic"): "nsga2",
    ("--pruner", "sha"): "halving, or asha",
}
"""Words that others have for what we have: (flag, word) -> our word."""


class Parser(argparse.ArgumentParser):
    """argparse that says all that is wrong, as IPython's UsageError, with the nearest option.

    wrong: sentences on values that were passed over so far.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.wrong: list[str] = []

    def error(self, message: str) -> NoReturn:
        self.refuse([*self.wrong, self._said(message)])

    def unknown(self, words: Sequence[str]) -> None:
        """Note words that no option takes."""
        flags = [word for word in words if word.startswith("-")] or words[:1]
        self.wrong += [self._said(f"unrecognized arguments: {flag}") for flag in flags]

    @staticmethod
    def refuse(wrong: Sequence[str]) -> NoReturn:
        """Raises UsageError with these sentences."""
        lists = "(%%hpo? lists the options)"
        if len(wrong) == 1:
            raise UsageError(f"%%hpo: {wrong[0]} {lists}")
        lines = "".join(f"\n  {sentence}" for sentence in dict.fromkeys(wrong))
        raise UsageError(f"%%hpo: {len(wrong)} problems in this line {lists}{lines}")

    # argparse stops at the first value that is none. These two are its own steps.
    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)  # type: ignore[misc]
        except argparse.ArgumentError as error:
            self.wrong.append(self._said(str(error)))
            return action.default

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)  # type: ignore[misc]
        except argparse.ArgumentError as error:
            self.wrong.append(self._said(str(error)))

    def _said(self, message: str) -> str:
        message = message.removeprefix("argument ").rstrip(".")
        if message.startswith("unrecognized arguments"):
            words = message.partition(":")[2].split()
            word = next((w for w in words if w.startswith("-")), words[0]).partition("=")[0]
            near = difflib.get_close_matches(word, self.flags, 1, 0.7)
            return f"there is no option {word}" + (f". Did you mean {near[0]}?" if near else "")
        bad = re.match(r"(?P<flag>\S+): invalid choice: '(?P<word>.*?)'", message)
        if bad is not None:
            return f"{bad['flag']}: there is no {bad['word']!r}. {self._choice(**bad.groupdict())}"
        flag = message.partition(":")[0]
        if message.endswith("expected one argument") and flag in EXAMPLES:
            return f"{flag} needs a value: {EXAMPLES[flag]}"
        return message

    def _choice(self, flag: str, word: str) -> str:
        choices = [str(choice) for choice in self.option(flag).choices or ()]
        near = [MEANT[flag, word]] if (flag, word) in MEANT else []
        near = near or difflib.get_close_matches(word, choices, 1)
        return f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(choices)}"

    @property
    def flags(self) -> list[str]:
        return [flag for action in self._actions for flag in action.option_strings]

    def option(self, flag: str) -> argparse.Action:
        """Raises KeyError when there is none."""
        return self._option_string_actions[flag]

    @property
    def groups(self) -> list[tuple[str, list[argparse.Action]]]:
        """Titles of the groups, and their options."""
        return [(str(g.title), g._group_actions) for g in self._action_groups if g._group_actions]


class _Pruners(tuple[str, ...]):
    """Words, each of which may have a number behind a colon."""

    def __contains__(self, word: object) -> bool:
        # None: the number was wrong, as has been noted.
        return word is None or tuple.__contains__(self, str(word).partition(":")[0])


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


def _constraint(text: str) -> str:
    try:
        parse_constraints(text)
    except ConstraintError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if found is None or not float(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 500MB or 4GB")
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " kmgt".index(found[2] or " "))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number greater than 0")
    return int(text)


def _pruner(text: str) -> str:
    if text in _Pruners(PRUNERS):
        try:
            parse_pruner(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _folds(text: str) -> int | str:
    try:
        return parse_folds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{error}; write --folds 5, or --folds cv after cv = StratifiedKFold(5)"
        ) from None


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**32 - 1")
    return int(text)


def _jobs(text: str) -> int | None:
    jobs = None if text == "auto" else _positive(text)
    if jobs is not None and jobs > MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{jobs} is too many: at most {MOST_JOBS} side by side")
    return jobs


def _device(text: str) -> str:
    try:
        return parse_device(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _on(text: str) -> str:
    try:
        return parse_on(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def build_parser() -> Parser:
    """The options of `%%hpo`."""
    parser = Parser(prog="%%hpo", add_help=False, allow_abbrev=False)
    _what(parser)
    _goals(parser)
    _budget(parser)
    _search(parser)
    _running(parser)
    _keeping(parser)
    return parser


def _what(parser: Parser) -> None:
    add = parser.add_argument_group("What to tune").add_argument
    add(
        "space",
        nargs="*",
        metavar="name=range",
        help="ranges and choices on the line, which go before marks in the code",
    )
    add("--space", dest="space_name", metavar="NAME", help="a SearchSpace in the notebook")
    add("--auto", action="store_true", help="tune what is found, with the proposed ranges")
    add("--edit", action="store_true", help="open the space editor first")
    add(
        "--explain",
        action="store_true",
        help="say what was found and what trials would do, and start nothing",
    )


def _goals(parser: Parser) -> None:
    add = parser.add_argument_group("What to look for").add_argument
    said = (
        "a name the cell assigns, a figure measured of every trial (n_params, wall_s), or an "
        "expression; several options make several objectives"
    )
    for flag in ("--maximize", "--minimize"):
        add(flag, dest="objectives", action=_Goal, metavar="NAME", help=said)
    add(
        "--constraint",
        dest="constraints",
        action="append",
        type=_constraint,
        metavar="BOUND",
        help="what a trial must keep to be chosen: a bound on a name of the cell, or on what is "
        f"measured of every trial ({', '.join(FIGURES)}); may be given several times",
    )


def _budget(parser: Parser) -> None:
    add = parser.add_argument_group("How long").add_argument
    add("--trials", type=_positive, metavar="N", help="finished trials in all")
    add("--timeout", type=_duration, metavar="TIME", help="of the whole study")
    add("--trial-timeout", type=_duration, metavar="TIME", help="of one trial")
    add(
        "--patience",
        type=_positive,
        metavar="N",
        help="stop after N trials in a row without a better value",
    )


def _search(parser: Parser) -> None:
    add = parser.add_argument_group("How to search").add_argument
    add(
        "--sampler",
        choices=SAMPLERS,
        help="how values are suggested; left out, what suits the space and the budget is taken "
        "and said. tpe learns from finished trials which values do well; gp models what they "
        "lead to: few long trials; cmaes is for two or more numbers and many trials; nsga2 "
        "crosses good trials; entropy asks what would tell most (the extra entropy); grid tries "
        "every combination; qmc and random spread trials and learn nothing",
    )
    add(
        "--like",
        metavar="STUDY",
        help="begin with what an older study found, also when its space was another: its name, a "
        "study in the notebook (Optuna's, too), or the path of its folder, journal or SQLite file",
    )
    add(
        "--pruner",
        type=_pruner,
        choices=_Pruners(PRUNERS),
        help="how hopeless trials are ended early. asha compares trials after 1, 3, 9, ... "
        "reports and pauses the worse ones; it is the default when there are reports and enough "
        "trials. hyperband, halving: the same in brackets that begin later, and in cohorts. "
        "median: worse than the median course of the complete ones. patience:5: no better for 5 "
        "steps. threshold:0.9: reported something worse than 0.9 after a third of it "
        "(threshold:0.9@5: from step 5 on). pbt: a population of trials, "
        "of which the worst become copies of the best and go on from their state, with other "
        "values",
    )
    add(
        "--folds",
        type=_folds,
        metavar="K",
        help="cross-validation: a trial runs the cell once for each fold, with train_idx and "
        "val_idx (or names like these) bound to its rows, and its value is the mean. K: how many "
        "folds, or the name of a splitter in the notebook",
    )
    add(
        "--repeats",
        type=_positive,
        default=1,
        metavar="N",
        help="a trial runs the cell N times with other seeds, and its value is the mean",
    )
    add(
        "--seed",
        type=_seed,
        metavar="N",
        help="seeds the search, and Python, NumPy and torch in each trial",
    )


def _running(parser: Parser) -> None:
    add = parser.add_argument_group("Where trials run").add_argument
    add("--jobs", type=_jobs, metavar="N", help="trials side by side: auto (every core) or 2")
    add(
        "--device",
        type=_device,
        default="auto",
        metavar="NAME",
        help="auto (the GPU the cell uses, else the CPU), cpu, cuda (every GPU) or cuda:1",
    )
    add(
        "--executor",
        choices=("processes", "workers", "inline"),
        default="processes",
        help="processes: a new one for each trial; workers: kept for the next trial; "
        "inline: in the kernel, one by one, for a debugger",
    )
    add(
        "--on",
        type=_on,
        metavar="ray",
        help="run the trials on Ray: ray (the notebook's own Ray, else this machine's cores) or "
        "ray://host:10001 (a cluster)",
    )
    add(
        "--reach",
        choices=("notebook", "cell"),
        default="notebook",
        help="notebook: trials also run again what earlier cells did to build what is tuned or "
        "trained here; cell: this cell only, on the objects as they stand",
    )
    add(
        "--no-shared-setup",
        dest="shared_setup",
        action="store_false",
        help="every trial runs the whole cell; else its first lines, as far as no tuned value "
        "reaches them, run once for all",
    )


def _keeping(parser: Parser) -> None:
    add = parser.add_argument_group("The study and its result").add_argument
    add("--name", help="name of the study: it continues when it exists")
    add("--resume", action="store_true", help="go on where the study stood (the default)")
    add("--fresh", action="store_true", help="forget what this study found before")
    add("--storage", metavar="FOLDER", help="where studies are kept (default .jupyter_hpo)")
    add("--keep", metavar="a,b", help="objects of the best trial to bring back")
    add(
        "--keep-limit",
        type=_size,
        default=Options.keep_limit_bytes,
        metavar="SIZE",
        help="what these may take (default 1 GiB)",
    )
    add("--background", action="store_true", help="return at once; study.wait() waits")
    add("--quiet", action="store_true", help="show the result only")
