"""The commands of `%hpo`; `%hpo help` lists them."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .arguments import split_line
from .errors import HpoError, StudyError
from .handle import StudyHandle, load_study, studies
from .results import StudyResults
from .space.marks import format_mark
from .steering import BUDGET, budget_in_words, read_budget
from .storage import list_studies
from .stored import StoredResults


@dataclass(frozen=True)
class Command:
    """run: carries it out with the words after it; what it returns is displayed. usage: what
    follows the command. help: one sentence, for `%hpo help`. reads: it can be asked of a study
    that was read from disk, too."""

    run: Callable[[Any, list[str]], Any]
    usage: str
    help: str
    reads: bool = False


@dataclass(frozen=True)
class _Opened:
    """A study that `%hpo open` gave; newest: the kernel's newest then, None without one."""

    study: StudyResults
    newest: StudyHandle | None


_opened: _Opened | None = None


def _newest() -> StudyHandle | None:
    return studies.latest() if studies.names() else None


def _meant() -> StudyResults:
    """The study that was opened, until another is started; else the newest. Raises StudyError
    when there is none."""
    if _opened is not None and _opened.newest is _newest():
        return _opened.study
    return studies.latest()


def run_line(line: str, namespace: dict[str, Any]) -> Any:
    """Carry out one `%hpo` command on the newest study, or the one opened since; what it
    returns is displayed. Main thread.

    Raises HpoError for an unknown command or one that makes no sense now.
    """
    global _opened
    word, *rest = split_line(line) or ["status"]
    if word not in COMMANDS:
        if word.startswith("--"):
            raise HpoError(f"%hpo takes no options; to search a cell begin it with %%hpo {line}")
        near = difflib.get_close_matches(word, COMMANDS, 1)
        hint = (
            f" Did you mean {near[0]!r}?"
            if near
            else f" Known: {', '.join(COMMANDS)}; %hpo help explains them."
        )
        raise HpoError(f"%hpo has no command {word!r}.{hint}")
    command = COMMANDS[word]
    if rest and not command.usage and word not in ("stop", "pause"):
        raise HpoError(f"%hpo {word} takes nothing more, and not {' '.join(rest)!r}.")
    if word == "help":
        print(help_text())
        return None
    if word == "list":
        return [*studies.names(), *(n for n in list_studies() if n not in studies.names())]
    if word == "open":
        if len(rest) != 1:
            raise HpoError("%hpo open needs the name of one study; %hpo list shows them.")
        _opened = _Opened(load_study(rest[0]), _newest())
        namespace["study"] = _opened.study
        return _opened.study
    study = _meant()
    if isinstance(study, StoredResults) and not command.reads:
        raise StudyError(study.only_read)
    return command.run(study, rest)


def help_text() -> str:
    """All commands, a line each."""
    width = max(len(f"{word} {c.usage}") for word, c in COMMANDS.items())
    lines = [f"  %hpo {f'{word} {c.usage}':{width}}  {c.help}" for word, c in COMMANDS.items()]
    return "\n".join(["Of the newest study, or of the one opened since:", *lines])


def _best(study: StudyResults, _: list[str]) -> dict[str, Any]:
    return study.best_params


def _stop(study: StudyHandle, rest: list[str]) -> None:
    _whole_study("stop", rest)
    study.still_runs("stopped")
    study.stop()


def _pause(study: StudyHandle, rest: list[str]) -> None:
    _whole_study("pause", rest)
    study.pause()


def _whole_study(word: str, rest: list[str]) -> None:
    if rest:  # the whole study is not what was meant
        hint = f"for one trial: %hpo {word}-trial {rest[0]}"
        raise HpoError(
            f"%hpo {word} {'holds' if word == 'pause' else 'ends'} the whole study; {hint}"
        )


def _of_a_trial(word: str, steer: Callable[[StudyHandle, int], Any], help_: str) -> Command:
    def run(study: StudyHandle, rest: list[str]) -> None:
        if len(rest) != 1 or not rest[0].isdecimal():
            raise HpoError(f"%hpo {word} takes the number of one trial: %hpo {word} 17")
        steer(study, int(rest[0]))

    return Command(run, "N", help_)


def _prune(study: StudyHandle, number: int) -> None:
    if not study.prune_trial(number):
        print(f"Trial {number} ends at its next report.")


def _resume(study: StudyHandle, rest: list[str]) -> None:
    if len(rest) > 1 or not all(word.isdecimal() for word in rest):
        raise HpoError(f"%hpo resume takes a number of trials, not {' '.join(rest)!r}.")
    if study.state == "stopping":
        study.still_runs("resumed")
    study.resume(int(rest[0]) if rest else None)


def _enqueue(study: StudyHandle, rest: list[str]) -> None:
    study.enqueue(**_pairs("enqueue", rest, "lr=1e-3 act=relu"))
    print("Queued: it runs next.")


def _budget(study: StudyHandle, rest: list[str]) -> None:
    if rest:
        asked, problems = read_budget(_pairs("budget", rest, "trials=60 timeout=30m jobs=2"))
        if problems:
            said = (t if n not in BUDGET else f"{n}: {t}" for n, t in problems.items())
            raise HpoError(" ".join(said))
        print(study.set_budget(**asked))
    else:
        print(budget_in_words(study.session.study.config.budget, study.session.options.jobs))


def _space(study: StudyHandle, rest: list[str]) -> None:
    if rest:
        print(study.set_space(**_pairs("space", rest, "lr=1e-5..1e-2:log dropout=fixed")))
    for parameter in study.session.cell.space.values():
        print(format_mark(parameter.distribution, parameter.condition, key=parameter.name))


def _pairs(word: str, rest: list[str], example: str) -> dict[str, str]:
    """The words `name=value`, by name."""
    pairs = [text.partition("=") for text in rest]
    if not rest or not all(name and equals for name, equals, _ in pairs):
        raise HpoError(f"%hpo {word} takes name=value: %hpo {word} {example}")
    found: dict[str, str] = {}
    for name, _, value in ((n.strip(), e, v.strip()) for n, e, v in pairs):
        if name in found:
            raise HpoError(f"%hpo {word}: {name} is given twice.")
        if not value:
            raise HpoError(f"%hpo {word}: {name}= lacks its value.")
        found[name] = value
    return found


def _apply(study: StudyHandle, rest: list[str]) -> None:
    from .applying import apply

    if len(rest) > 1 or not all(word.isdecimal() for word in rest):
        raise HpoError("%hpo apply takes the number of a trial, or nothing for the best one.")
    apply(study, int(rest[0]) if rest else None)


def _use(study: StudyHandle, rest: list[str]) -> None:
    if len(rest) != 1 or not (rest[0].isdecimal() or rest[0] == "best"):
        raise HpoError("%hpo use takes the number of one trial, or best: %hpo use 17")
    print(study.use(None if rest[0] == "best" else int(rest[0])))


def _export(study: StudyResults, rest: list[str]) -> None:
    from .outcome import said

    force = "--force" in rest
    paths = [word for word in rest if word != "--force"]
    if len(paths) != 1:
        raise HpoError("%hpo export takes the name of a file: %hpo export report.html")
    print(said(study.export(paths[0], force=force)))


def _nothing(study: StudyHandle, rest: list[str]) -> None:
    return None


COMMANDS: dict[str, Command] = {
    "status": Command(lambda study, _: study, "", "show it", reads=True),
    "best": Command(_best, "", "the best values", reads=True),
    "leaderboard": Command(lambda study, _: study, "", "show it", reads=True),
    "stop": Command(_stop, "", "end it and keep what finished"),
    "pause": Command(_pause, "", "hold every trial at its next report, and start none"),
    "resume": Command(_resume, "[N]", "go on; of a finished study N trials more (20)"),
    "budget": Command(
        _budget, "trials=60 timeout=30m jobs=2", "another budget from now on; none: no limit"
    ),
    "space": Command(
        _space, "lr=1e-5..1e-2:log drop=fixed", "search elsewhere from now on; fixed: not at all"
    ),
    "enqueue": Command(_enqueue, "lr=1e-3 act=relu", "try these values next"),
    "stop-trial": _of_a_trial(
        "stop-trial", StudyHandle.stop_trial, "end trial N now; it keeps its reports"
    ),
    "prune-trial": _of_a_trial(
        "prune-trial", _prune, "end it at its next report; the search learns from that"
    ),
    "pause-trial": _of_a_trial(
        "pause-trial", StudyHandle.pause_trial, "hold it at its next report"
    ),
    "resume-trial": _of_a_trial(
        "resume-trial", StudyHandle.resume_trial, "let it go on as soon as a slot is free"
    ),
    "apply": Command(_apply, "[N]", "write the values of trial N, or the best, into the cell"),
    "use": Command(
        _use, "N|best", "make trial N the result: its values and objects in the notebook"
    ),
    "export": Command(
        _export, "report.html [--force]", "write it as one file for any browser", reads=True
    ),
    "list": Command(_nothing, "", "the studies here"),
    "open": Command(_nothing, "NAME", "read one of them, as `study`"),
    "help": Command(_nothing, "", "this list"),
}
