"""One objective proposed from all that can be."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import Problem
from ...study.objective import Objective
from ..captured import CapturedCell
from ..source import parsed
from .candidate import Candidate
from .directions import direction_of, rank_of
from .finding import find_objectives


def candidates(cell: CapturedCell) -> tuple[Objective, ...]:
    """Every objective that a cell offers, the likeliest first (for the editor)."""
    if any(problem.code == "syntax" for problem in cell.problems):
        return ()
    return tuple(found.objective for found in find_objectives(parsed(cell.source)))


def propose_objective(
    found: Iterable[Candidate | str],
) -> tuple[tuple[Objective, ...], Problem | None]:
    """One objective of those found, or of names; validation first, then plain ones, a test set
    next, training figures last. When several fit alike, a Problem that lists them."""
    ranked: dict[int, dict[str, Objective]] = {}
    for one in found:
        if isinstance(one, Candidate):
            rank, objective = one.rank, one.objective
        else:
            direction = direction_of(one)
            if direction is None or one.startswith("_"):
                continue
            rank, objective = 10 * rank_of(one), Objective(one, direction)
        ranked.setdefault(rank, {}).setdefault(objective.source, objective)
    if not ranked:
        return (), Problem(
            "no_objective",
            "no objective is named, and no name of the cell says which way is better.",
            "Write --minimize NAME or --maximize NAME after %%hpo.",
        )
    best = list(ranked[min(ranked)].values())
    if len(best) > 1:
        ways = " or ".join(f"--{o.direction} {quoted(o.source)}" for o in best)
        return (), Problem(
            "which_objective",
            f"several names could be the objective: {', '.join(o.source for o in best)}.",
            f"Say which: {ways}.",
        )
    return (best[0],), None


def quoted(source: str) -> str:
    """An objective as it is written on the magic line."""
    if source.isidentifier() or not any(c in source for c in " \"'\\"):
        return source
    return f"'{source}'" if "'" not in source else '"' + source.replace('"', '\\"') + '"'
