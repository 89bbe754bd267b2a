"""Which sampler a study gets: what the person asked for, else what its space supports.

What is chosen by itself was measured (`make bench ARGS=sampler-choice`). Imports Optuna: only
when a study is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .cell import CapturedCell
from .errors import SpaceError, StudyError
from .facts import may_report
from .options import PATIENCE, Options
from .search.grid import GridSampler, size
from .search.kinds import KINDS, missing
from .search.optuna_sampler import OptunaSampler
from .search.sampler import Sampler
from .search.slow import SlowTrials
from .space import Categorical, SearchSpace
from .study.objective import Objective
from .study.schedulers import NoPruning, Scheduler

MOST_NUMBERS = 10
"""Numeric values up to which a Gaussian process is chosen."""


@dataclass(frozen=True)
class Choice:
    """A word of `options.SAMPLERS`, and in a sentence why; slow: GP instead, why, once trials
    turn out to take long."""

    kind: str
    why: str
    slow: str = ""


def choose(
    space: SearchSpace, objectives: Sequence[Objective], options: Options, *, pruned: bool
) -> Choice:
    """What suits a study whose person did not choose. pruned: trials may be ended early."""
    combinations = size(space) if space else None
    budget = options.trials or PATIENCE
    if combinations is not None and combinations <= budget:
        return Choice(
            "grid", f"Grid search tries each of the {combinations} combinations there are once."
        )
    slow = ""
    numeric = not space.conditional and not any(
        isinstance(p.distribution, Categorical) for p in space.values()
    )
    fits = numeric and len(space) <= MOST_NUMBERS and len(objectives) == 1
    if fits and not pruned and options.seed is None and not missing("gp"):
        slow = (
            "A Gaussian process suggests the values: a trial takes longer than it does, all values "
            "are numbers, and no trial is ended early."
        )
    return Choice("tpe", _why_tpe(space, objectives, options, numeric, pruned), slow)


def _why_tpe(
    space: SearchSpace,
    objectives: Sequence[Objective],
    options: Options,
    numeric: bool,
    pruned: bool,
) -> str:
    """Why it is no Gaussian process, in a sentence."""
    absent = missing("gp")
    reasons = {
        "as there are several objectives": len(objectives) > 1,
        "as some are choices or conditional": not numeric,
        f"as there are more than {MOST_NUMBERS}": len(space) > MOST_NUMBERS,
        "as trials may be ended early": pruned,
        "as a --seed is given": options.seed is not None,
        f"as a Gaussian process needs {' and '.join(absent)}": bool(absent),
    }
    why = next((f", {why}" for why, holds in reasons.items() if holds), "")
    return f"TPE suggests the values{why}."


def sampler_for(
    cell: CapturedCell, options: Options, *, seed: int | None, pruned: bool = True
) -> Sampler:
    """The sampler of a study of this cell; it has been told of nothing yet. pruned: see
    `choose`.

    Raises StudyError when what was asked for can't be had for this cell, or is not installed.
    """
    space, objectives = cell.space, cell.objectives
    if options.sampler is not None:
        _refuse(options.sampler, space, objectives)
        chosen = Choice(options.sampler, about(options.sampler, space, pruned))
    else:
        chosen = choose(space, objectives, options, pruned=pruned)
    if chosen.kind == "grid":
        try:
            return GridSampler(space, seed=seed, why=chosen.why)
        except SpaceError as error:
            raise StudyError(f"--sampler grid: {error}") from None
    made = OptunaSampler(space, objectives, kind=chosen.kind, seed=seed, why=chosen.why)
    return SlowTrials(made, chosen.slow) if chosen.slow else made


def may_prune(scheduler: Scheduler, cell: CapturedCell) -> bool:
    """Whether a trial may be ended early."""
    return not isinstance(scheduler, NoPruning) and may_report(cell)


def _refuse(kind: str, space: SearchSpace, objectives: Sequence[Objective]) -> None:
    """Raises StudyError."""
    if kind not in KINDS:
        raise StudyError(f"there is no sampler {kind!r}. Choose from {', '.join(KINDS)}.")
    if len(objectives) > 1 and not KINDS[kind].several:
        names = ", ".join(o.source for o in objectives)
        able = ", ".join(word for word, one in KINDS.items() if one.several)
        raise StudyError(
            f"--sampler {kind} searches for one objective, and this study has "
            f"{len(objectives)} ({names}). Those that can: {able}."
        )
    absent = missing(kind)
    if absent:
        raise StudyError(
            f"--sampler {kind} needs {' and '.join(absent)}, which this kernel does not have. "
            f"Run %pip install {KINDS[kind].install} and restart the kernel, or leave --sampler "
            "out."
        )


def about(kind: str, space: SearchSpace, pruned: bool) -> str:
    """What a person who chose it should know; '' when there is nothing."""
    said = []
    conditional = [name for name, p in space.items() if p.condition is not None]
    choices = [
        name
        for name, p in space.items()
        if isinstance(p.distribution, Categorical) and p.condition is None
    ]
    drawn = conditional if kind in ("gp", "qmc", "cmaes", "entropy") else []
    drawn = [*drawn, *(choices if kind == "cmaes" else [])]
    if drawn:
        word = "conditional values" if drawn == conditional else "choices and conditional values"
        said.append(f"{kind} has no model of {word}: {', '.join(drawn)} are drawn at random.")
    if pruned and kind in ("gp", "cmaes", "entropy", "nsga2"):
        said.append(
            f"{kind} takes what a pruned trial last reported for its result: --pruner none may "
            "suit it better."
        )
    return " ".join(said)
