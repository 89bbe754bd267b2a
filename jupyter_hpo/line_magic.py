"""`%hpo status | best | leaderboard | stop | pause | resume [N] | stop-trial N | pause-trial N |
resume-trial N | list | open NAME`."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from .errors import HpoError
from .handle import StudyHandle, load_study, studies
from .storage import list_studies

Command = Callable[[StudyHandle, list[str]], Any]


def run_line(line: str, namespace: dict[str, Any]) -> Any:
    """Carry out one `%hpo` command on the newest study; what it returns is displayed.

    Raises HpoError for an unknown command or one that makes no sense now.
    """
    word, *rest = line.split() or ["status"]
    if word not in COMMANDS:
        if word.startswith("--"):
            raise HpoError(f"%hpo takes no options; to search a cell begin it with %%hpo {line}")
        near = difflib.get_close_matches(word, COMMANDS, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(COMMANDS)}."
        raise HpoError(f"%hpo has no command {word!r}.{hint}")
    if word == "list":
        return [*studies.names(), *(n for n in list_studies() if n not in studies.names())]
    if word == "open":
        if len(rest) != 1:
            raise HpoError("%hpo open needs the name of one study; %hpo list shows them.")
        namespace["study"] = load_study(rest[0])
        return namespace["study"]
    return COMMANDS[word](studies.latest(), rest)


def _best(study: StudyHandle, _: list[str]) -> dict[str, Any]:
    return study.best_params


def _pause(study: StudyHandle, rest: list[str]) -> None:
    if rest:  # the whole study is not what was meant
        hint = f"for one trial: %hpo pause-trial {rest[0]}"
        raise HpoError(f"%hpo pause holds the whole study; {hint}")
    study.pause()


def _of_a_trial(word: str, steer: Callable[[StudyHandle, int], None]) -> Command:
    def run(study: StudyHandle, rest: list[str]) -> None:
        if len(rest) != 1 or not rest[0].isdecimal():
            raise HpoError(f"%hpo {word} takes the number of one trial: %hpo {word} 17")
        steer(study, int(rest[0]))

    return run


def _resume(study: StudyHandle, rest: list[str]) -> None:
    if rest and not rest[0].isdigit():
        raise HpoError(f"%hpo resume takes a number of trials, not {rest[0]!r}.")
    study.resume(int(rest[0]) if rest else None)


COMMANDS: dict[str, Command] = {
    "status": lambda study, _: study,
    "best": _best,
    "leaderboard": lambda study, _: study,
    "stop": lambda study, _: study.stop(),
    "pause": _pause,
    "resume": _resume,
    "stop-trial": _of_a_trial("stop-trial", StudyHandle.stop_trial),
    "pause-trial": _of_a_trial("pause-trial", StudyHandle.pause_trial),
    "resume-trial": _of_a_trial("resume-trial", StudyHandle.resume_trial),
    "list": lambda study, _: None,
    "open": lambda study, _: None,
}
