"""What a saved result says, whatever it is written in: its columns, cells and sentences.

Every text in it is cut and clean (see `texts`), and still has to be escaped for HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import stdev

from . import numbers
from .protocol import Header, ParamInfo, Row, RowState, StudyState
from .texts import clean, line, short

TOP = 15
SIGNS: dict[RowState, str] = {
    "WAITING": "○ waiting",
    "RUNNING": "● running",
    "PAUSED": "‖ paused",
    "COMPLETE": "✓ complete",
    "PRUNED": "⊘ pruned",
    "FAIL": "✕ failed",
    "STOPPED": "■ stopped",
}
INFEASIBLE = "▽ infeasible"
BREAKS = "Breaks"
"""The column that says which constraint a trial breaks."""

ENDINGS: dict[StudyState, str] = {
    "starting": "Starting",
    "running": "Running",
    "waiting": "Waiting for you",
    "paused": "Paused",
    "stopping": "Stopping",
    "finished": "✓ Finished",
    "stopped": "■ Stopped",
    "failed": "✕ Failed",
}
NAME, VALUE, SENTENCE, REST = 80, 60, 400, 4_000
"""Characters shown of a name, a parameter's value, an error or a notice, and, opened, of its
rest."""

PARAMS, NOTICES = 12, 20
"""Parameters in the table, and sentences."""


MARKS = ("*", "+")
"""In plain text: of the trial that is the result, and of the others on the front."""

STARS = ("★", "☆")
FRONT = 6
"""Trials of a front that are said one by one."""


def columns(header: Header, rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """(title, numeric) of each column."""
    found = [("Trial", True), ("State", False)]
    found += [(line(goal.name, NAME), True) for goal in header.objectives]
    found += [(line(info.name, NAME), _numeric(info, rows)) for info in header.params[:PARAMS]]
    if any(row.step is not None for row in rows):
        found.append(("Step", True))
    found.append(("Time", True))
    if any(row.memory_bytes is not None for row in rows):
        found.append(("Memory", True))
    if any(row.infeasible for row in rows):
        found.append((BREAKS, False))
    return found


def _numeric(info: ParamInfo, rows: Sequence[Row]) -> bool:
    """Whether a parameter is written as numbers; a choice among numbers is, too."""
    values = [row.params[info.name] for row in rows if info.name in row.params]
    return info.kind != "categorical" or all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def cells(row: Row, header: Header, titles: Sequence[tuple[str, bool]]) -> list[str]:
    """One text for each column. titles: as `columns` gives them."""
    params = header.params[:PARAMS]
    last = [title for title, _ in titles[2 + len(header.objectives) + len(params) :]]
    found = [str(row.number), INFEASIBLE if row.infeasible else SIGNS[row.state]]
    for index in range(len(header.objectives)):
        has = row.values is not None and index < len(row.values)
        said = goal_value(header, index, row.values[index] if has and row.values else None)
        found.append(said + (_spread(row) if index == 0 else ""))
    for info in params:
        has = info.name in row.params
        found.append(_value(row.params[info.name]) if has else numbers.NOTHING)
    if "Step" in last:
        found.append(numbers.number(row.step))
    found.append(numbers.duration(row.duration_s))
    if "Memory" in last:
        found.append(numbers.memory(row.memory_bytes))
    if BREAKS in last:
        found.append(line(row.infeasible, VALUE))
    return found


def goal_value(header: Header, index: int, value: float | None) -> str:
    """A value of an objective: a count, or four digits."""
    counts = index < len(header.objectives) and header.objectives[index].whole
    return numbers.whole(value) if counts else numbers.metric(value)


def mark(row: Row, header: Header, marks: tuple[str, str]) -> str:
    """What stands before the result, and before the others on the front; '' for all others."""
    if header.best is not None and row.number == header.best.number:
        return marks[0]
    return marks[1] if row.number in header.front else ""


def _spread(row: Row) -> str:
    """` ± 0.012`: the standard deviation over the rounds, behind their mean."""
    return f" ± {numbers.metric(stdev(row.rounds))}" if len(row.rounds) > 1 else ""


def _value(value: object) -> str:
    return line(numbers.param(value), VALUE)


def named(header: Header, title: str = "") -> str:
    return line(title or header.study, NAME)


def summary(header: Header) -> list[tuple[str, str]]:
    """Name and text of each figure."""
    counts = [
        (header.n_complete, "complete"),
        (header.n_pruned, "pruned"),
        (header.n_failed, "failed"),
    ]
    done = sum(n for n, _ in counts) - header.n_outside
    of = "" if header.n_trials is None or done >= header.n_trials else f" of {header.n_trials}"
    apart = [
        (header.n_infeasible, "infeasible in all"),
        (header.n_outside, "outside the space, not counted"),
        (header.n_cut_off, "cut off"),
    ]
    states = ", ".join(f"{n} {word}" for n, word in counts if n)
    parts = "; ".join(filter(None, [states, *(f"{n} {word}" for n, word in apart if n)]))
    items = []
    if header.best is not None:
        values = ", ".join(
            " ".join(filter(None, [_goal(header, index), goal_value(header, index, value)]))
            for index, value in enumerate(header.best.values)
        )
        over = f", mean of {header.n_rounds} {header.round_word}s" if header.n_rounds else ""
        label = "Best" if header.chosen is None else "Chosen"
        label += f" (of a front of {len(header.front)})" if len(header.front) > 1 else ""
        items.append((label, f"{values} (trial {header.best.number}{over})"))
    items.append(("Trials", f"{done}{of}" + (f" ({parts})" if parts else "")))
    items.append(
        ("Time", numbers.duration(header.elapsed_s if header.spent_s is None else header.spent_s))
    )
    return items


def _goal(header: Header, index: int) -> str:
    """The name of an objective, where there are several to tell apart."""
    several = len(header.objectives) > 1 and index < len(header.objectives)
    return line(header.objectives[index].name, NAME) if several else ""


def about_front(header: Header, marks: tuple[str, str]) -> str:
    """With several objectives: that others are as good, and why this one is the result."""
    others = [number for number in header.front if header.best and number != header.best.number]
    if header.best is None or not others:
        return ""
    few = ", ".join(map(str, others[:FRONT]))
    few += f" and {len(others) - FRONT} more" if len(others) > FRONT else ""
    trials = f"Trial {few} is" if len(others) == 1 else f"Trials {few} are"
    one = header.best.number
    if header.chosen is not None:
        why = "because you chose it"
    elif one == header.front[0]:
        why = "because it was the first of them"
    else:
        why = "for now"
    return (
        f"{trials} on the front, too ({marks[1]}): no trial is better in one objective without "
        f"being worse in another. Trial {one} ({marks[0]}) is the result {why}; %hpo use N, or "
        "study.use(N), takes another."
    )


def how(header: Header) -> str:
    """How it was searched, in a line; '' where nobody knows."""
    jobs = "1 job" if header.jobs == 1 else f"{header.jobs} jobs"
    words = [header.sampler, header.pruner, jobs, header.device]
    if not header.sampler:
        return ""
    said = line(" · ".join(filter(None, words)), SENTENCE)
    return f"Searched by {said}" + (
        f". {line(header.sampler_why, SENTENCE)}" if header.sampler_why else ""
    )


def objective(header: Header) -> str:
    return ", ".join(f"{o.direction} {line(o.name, NAME)}" for o in header.objectives)


def best_values(header: Header, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Name and value of each parameter of the best trial."""
    if header.best is None:
        return []
    best = next((row for row in rows if row.number == header.best.number), None)
    return [
        (line(info.name, NAME), _value(best.params[info.name]))
        for info in header.params
        if best is not None and info.name in best.params
    ]


def hidden(rows: Sequence[Row], header: Header, top: int) -> str:
    """What the table leaves out."""
    parts = []
    for more, word in ((len(rows) - top, "trial"), (len(header.params) - PARAMS, "parameter")):
        if more > 0:
            parts.append(f"{more} more {word}{'s' if more > 1 else ''}")
    return "and " + " and ".join(parts) if parts else ""


def sentences(header: Header, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """What is to be said, each with the rest of it where it was cut."""
    said = (header.message, _first_error(header, rows), *header.notices)
    return [cut(text) for text in said[:NOTICES] if text]


def cut(text: str) -> tuple[str, str]:
    """A sentence, and more of it where it is longer; '' where it isn't."""
    shown = line(text, SENTENCE)
    rest = "" if not shown.endswith("characters)") or len(text) <= SENTENCE else text
    return shown, clean(short(rest, REST)) if rest else ""


def picture_in_words(header: Header, rows: Sequence[Row]) -> str:
    """For those who can't see it."""
    finished = sum(row.state in ("COMPLETE", "PRUNED", "FAIL") for row in rows)
    name = line(header.objectives[0].name, NAME) if header.objectives else "the objective"
    said = f"Values of {name} of {finished} finished trials, and their learning curves."
    if header.best is not None and header.best.values:
        best = goal_value(header, 0, header.best.values[0])
        said += f" The best is {best}, of trial {header.best.number}."
    return said


def _first_error(header: Header, rows: Sequence[Row]) -> str:
    """Why trials failed: of the first that did; where nothing is complete, of any."""
    failed = [row for row in rows if row.error and (row.state == "FAIL" or not header.n_complete)]
    if not failed:
        return ""
    row = min(failed, key=lambda row: row.number)
    if row.error in header.message:
        return ""
    where = "" if row.error_line is None else f", line {row.error_line}"
    of = (
        "" if header.n_failed < 2 or not header.n_complete else f"{header.n_failed} trials failed. "
    )
    return f"{of}Trial {row.number}{where}: {row.error}"
