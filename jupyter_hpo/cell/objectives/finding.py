"""All that can be the objective, in the cell and in the functions that it calls."""

from __future__ import annotations

import ast
from collections.abc import Collection

from ...study.objective import Objective
from ..captured import Candidate
from ..names import reads
from ..scopes import stored
from . import assigned, listed, running, shown
from .candidate import LOCAL
from .directions import direction_of, rank_of
from .frameworks import Libraries
from .survey import Survey


def find_objectives(tree: ast.Module, known_names: Collection[str] = ()) -> tuple[Candidate, ...]:
    """Every candidate, the likeliest first, each source once. tree: the cell, or all
    statements of the trial. known_names: of the notebook, which expressions may read."""
    survey = Survey(tree, frozenset(known_names))
    assigned.names(survey)
    assigned.results(survey)
    listed.attributes(survey)
    listed.lists(survey)
    _figures(survey)
    assigned.local_names(survey)
    shown.expressions(survey)
    shown.printed_values(survey)
    listed.means(survey)
    running.bests(survey)
    return tuple(sorted(survey.found.values(), key=lambda c: c.rank))


def names_read(objective: Objective) -> set[str]:
    """Names of the notebook that an objective reads; none for a printed one."""
    if objective.printed is not None:
        return set()
    try:
        return reads(ast.parse(objective.source.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return set()


def inner_names(tree: ast.Module) -> set[str]:
    """Names that functions of the tree assign: an objective may be one of them."""
    defs = ast.FunctionDef | ast.AsyncFunctionDef
    return {name for node in ast.walk(tree) if isinstance(node, defs) for name in stored(node.body)}


def _figures(survey: Survey) -> None:
    """What library objects keep. The lesser of several stands behind other kinds."""
    libraries = Libraries(survey.tree, survey.known)
    for figure in libraries.figures():
        direction = direction_of(figure.name)
        if direction is not None:
            kind = LOCAL if figure.worse else figure.kind
            rank = 10 * rank_of(figure.name) + kind
            survey.add(figure.source, direction, rank, figure.why, figure.node)
    for name in libraries.lists:
        survey.found.pop(name, None)
