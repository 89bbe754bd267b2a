"""Objectives that are shown: computed at the cell's end, printed or logged."""

from __future__ import annotations

import ast

from ...study.printed import printed_source
from ..flow import path_of
from ..names import reads
from ..scopes import own_scope
from ..source import from_magic
from .candidate import COMPUTED, PRINTED, TOLD
from .directions import direction_of, direction_of_list, direction_of_text, rank_of
from .printing import Printed, printed_by
from .reading import RANKS, bare, has_call, is_metric, named, split_of
from .survey import Survey


def expressions(survey: Survey) -> None:
    """`clf.score(X_val, y_val)` standing alone, or computed for a print."""
    last = survey.tree.body[-1] if survey.tree.body else None
    for statement in own_scope(survey.tree.body):
        if not isinstance(statement, ast.Expr) or from_magic(statement):
            continue
        if statement is last:
            _shown(survey, statement.value)
        value = statement.value
        _computed(survey, value, "its value is shown")
        for inner in value.args if isinstance(value, ast.Call) else ():
            _computed(survey, inner, "printed")


def _shown(survey: Survey, value: ast.expr) -> None:
    """What the cell ends with is what its author looks at."""
    for node in value.elts if isinstance(value, ast.Tuple) else [value]:
        source = ast.unparse(node)
        before = survey.found.get(source)
        if before is None:
            listed = path_of(node)
            if listed is not None and "[]" not in listed:
                if (source := f"{source}[-1]") not in survey.found:
                    continue
            elif not _computed(survey, node, "", "", any_call=True):
                continue
            before = survey.found.get(source)
        if before is not None and not isinstance(value, ast.Tuple):
            rank = before.rank // 10 * 10 - 1
            why = "the cell ends with it"
            survey.add(source, before.objective.direction, rank, why, node)


def _computed(
    survey: Survey, node: ast.expr, why: str, label: str = "", *, any_call: bool = False
) -> bool:
    """Whether an expression over the cell's names is a metric; then it is one of found."""
    plain = bare(node)
    if isinstance(plain, ast.Name) and plain.id in survey.found:
        return True
    name = named(node)
    called = isinstance(node, ast.Call) or (any_call and has_call(node))
    direction = direction_of(name) or direction_of_list(name) or direction_of_text(label)
    if not called or direction is None or not reads(node) <= survey.bound | survey.known:
        return False
    if not any_call and not label and not is_metric(name):
        return False
    if any(isinstance(n, ast.NamedExpr | ast.Await | ast.Yield) for n in ast.walk(node)):
        return False
    split = split_of([node])
    rank = rank_of(label) if label and rank_of(label) != 1 else rank_of(name)
    if split and rank == 1:
        rank = RANKS.get(split, 0)
    source = ast.unparse(node)
    if "\n" in source:
        return False
    survey.add(source, direction, 10 * rank + COMPUTED, why, node)
    return True


def printed_values(survey: Survey) -> None:
    top = {id(n) for n in own_scope(survey.tree.body)}
    for node in ast.walk(survey.tree):
        if isinstance(node, ast.Call) and not from_magic(node):
            for printed in printed_by(node):
                _one_printed(survey, printed, id(node) in top)


def _one_printed(survey: Survey, printed: Printed, at_top: bool) -> None:
    value = printed.value
    name = named(value)
    label = printed.label.strip(" :=\t-")
    direction = direction_of_text(label) or direction_of(name)
    if direction is None or isinstance(value, ast.Constant):
        return
    why = f"printed as {label!r}" if label else "printed"
    rank = rank_of(label) if direction_of_text(label) else rank_of(name)
    if rank == 1 and rank_of(name) != 1:
        rank = rank_of(name)
    if rank == 1 and (split := split_of([value])):
        rank = RANKS.get(split, 0)
    path = path_of(value)
    inner = bare(value)
    if isinstance(inner, ast.Name) and inner.id in survey.found:
        return
    if isinstance(value, ast.Name) and (at_top or value.id not in survey.bound):
        if value.id in survey.bound or not at_top:
            survey.add(value.id, direction, 10 * rank + TOLD, why, printed.anchor)
        return
    if path is not None and path[0] in survey.bound and at_top:
        source = ast.unparse(value)
        if source not in survey.found:
            survey.add(source, direction, 10 * rank + COMPUTED, why, printed.anchor)
        return
    if at_top and _computed(survey, value, why, label):
        return
    if "{}" in printed.text and len(printed.text) > 2:
        kind = TOLD if printed.certain else PRINTED
        source = printed_source(" ".join(printed.text.split()))
        survey.add(source, direction, 10 * rank + kind, why, printed.anchor)
