"""A study's constraints and measured figures against what there is: devices, earlier trials."""

from __future__ import annotations

from collections.abc import Iterable

from .cell import CapturedCell
from .errors import CellError, Problem
from .options import Options
from .study.figures import FIGURES, ON_DEVICES, figures_in
from .study.goals import judged_again
from .study.trial import Trial


def check_figures(cell: CapturedCell, options: Options, *, on_devices: bool) -> None:
    """Raises CellError when something is asked for that no trial of this study can have."""
    goals = cell.goals
    asked = [(o.source, f"--{o.direction} {o.source}") for _, o in goals.measured]
    asked += [(c.text, f'--constraint "{c.text}"') for c in goals.constraints]
    if on_devices and options.executor != "inline":
        return
    problems = []
    for source, option in asked:
        for name in figures_in(source):
            if name in ON_DEVICES and name not in goals.assigned:
                problems.append(_no_device(name, option, inline=on_devices))
    if problems:
        raise CellError(problems)


def _no_device(name: str, option: str, *, inline: bool) -> Problem:
    where = "in the kernel, where it is not measured" if inline else "on the CPU"
    message = f"{name!r} can't be had: this study's trials run {where}."
    return Problem("no_figure", message, f"Leave out {option}, or search on a GPU.", 1, name)


def judge_earlier(trials: Iterable[Trial], cell: CapturedCell) -> tuple[set[int], list[str]]:
    """Hold the trials of earlier sessions to the constraints of this one. Numbers of those of
    which that changed what is on record, and sentences for the person."""
    changed: set[int] = set()
    untold: list[list[str]] = []
    for trial in trials:
        if not trial.state.finished or trial.error is not None:
            continue
        before = ({**trial.violations}, {**trial.slacks}, trial.unjudged)
        trial.unjudged = judged_again(trial, cell.objectives, cell.goals.constraints)
        untold.append(trial.unjudged)
        if (trial.violations, trial.slacks, trial.unjudged) != before:
            changed.add(trial.number)
    return changed, _untold([texts for texts in untold if texts])


def _untold(of_trials: list[list[str]]) -> list[str]:
    if not of_trials:
        return []
    texts = dict.fromkeys(text for texts in of_trials for text in texts)
    which = " and ".join(f"`{text}`" for text in texts)
    n = len(of_trials)
    one, these = ("trial was", "It is") if n == 1 else ("trials were", "They are")
    return [
        f"{n} earlier {one} not held to {which}: what that reads was not written down. "
        f"{these} never the best, and still searched from; --fresh begins anew."
    ]


def texts_of(cell: CapturedCell) -> tuple[str, ...]:
    return tuple(c.text for c in cell.goals.constraints)


def measured(source: str) -> str:
    """What is measured for an objective, behind its name."""
    figures = figures_in(source)
    if figures == [source]:
        return f": measured, {FIGURES[source].what}"
    return f": {' and '.join(figures)} measured"


def facts_of_goals(cell: CapturedCell, *, prunes: bool) -> list[str]:
    """What is said before the first trial of constraints and of pruning with several
    objectives. prunes: whether trials are compared while they run."""
    facts = []
    if cell.goals.constraints:
        texts = ", ".join(texts_of(cell))
        facts.append(f"A trial that breaks a constraint is never the best: {texts}.")
    if cell.goals.lasting:
        which = ", ".join(c.text for c in cell.goals.lasting)
        facts.append(f"One that breaks it for good ends at its next report: {which}.")
    if prunes and len(cell.objectives) > 1:
        facts.append("Trials are compared by the fronts of their objectives so far.")
    return facts
