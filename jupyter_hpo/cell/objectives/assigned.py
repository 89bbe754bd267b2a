"""Objectives among names: of the cell, of what its functions return, inside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..flow import path_of
from ..flow.functions import Function
from ..flow.paths import is_reset
from ..loops import is_repeat
from ..names import use_of_names
from ..scopes import own_scope
from .candidate import ASSIGNED, KEPT, LOCAL
from .directions import direction_of, direction_of_list, rank_of
from .reading import (
    RANKS,
    differentiated,
    elements,
    first_stores,
    is_list,
    is_no_number,
    named,
    split_of,
    values_of,
)
from .survey import Survey


def names(survey: Survey) -> None:
    use = use_of_names(survey.tree)
    first = first_stores(survey.tree)
    for name in use.variables:
        direction = direction_of(name)
        if direction is None or name.startswith("_"):
            continue
        values = survey.values.get(name, [])
        if values and (all(is_no_number(v) for v in values) or _is_array(survey, name, values)):
            continue
        rank, why = _rank(survey, name, values)
        node = first.get(name)
        if node is not None:
            if rank < 4 and _of_a_fold(survey, name):
                rank, why = 4, "a figure of one fold or repeat only"
            survey.add(name, direction, 10 * rank + ASSIGNED, why, node)


def _is_array(survey: Survey, name: str, values: list[ast.expr]) -> bool:
    """Whether a name is room for many numbers: made in advance, and filled one by one."""
    made = all(isinstance(value, ast.Call) and is_reset(value) for value in values)
    return made and any(
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and not isinstance(node.slice, ast.Constant)
        for node in ast.walk(survey.tree)
    )


def _of_a_fold(survey: Survey, name: str) -> bool:
    """Whether the name is bound only inside a loop over folds, seeds or repeats."""
    loops = [survey.loops[id(node)] for node in survey.stores.get(name, [])]
    return bool(loops) and all(any(map(is_repeat, around)) for around in loops)


def _rank(survey: Survey, name: str, values: list[ast.expr]) -> tuple[int, str]:
    """Of a name: by its own words, else by what it is computed from."""
    rank = rank_of(name)
    if rank == 1:
        if name in survey.differentiated:
            return 5, f"{name!r} is what the model is trained on"
        if name in survey.summands:
            return 5, f"a part of {survey.summands[name]!r}"
        split = split_of(values)
        if split:
            return RANKS.get(split, 0), f"computed from {split} data"
    said = {0: "a validation figure", 1: "assigned in the cell", 3: "a figure on the test set"}
    return rank, said.get(rank, "a training figure")


def results(survey: Survey) -> None:
    for node in ast.walk(survey.tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        for called in survey.table.called(node.value, None):
            if called.call is not node.value or called.function.node.name == "__init__":
                continue
            for target in node.targets:
                path = path_of(target)
                if path is not None and path[0] in survey.bound and "[]" not in path:
                    _returned(survey, ast.unparse(target), called.function, node)


def _returned(survey: Survey, target: str, function: Function, node: ast.Assign) -> None:
    split = split_of([node.value], whole=True)
    for returned in function.returned:
        for suffix, value in elements(returned):
            name = named(value)
            why = f"what {function.name}() returns"
            if isinstance(value, ast.Name) and is_list(value.id, function):
                _element(survey, f"{target}{suffix}[-1]", value.id, value.id, why, node, split)
                continue
            label = suffix.strip("[]'\"") if "'" in suffix or '"' in suffix else name
            _element(survey, f"{target}{suffix}", label or name, name, why, node, split)


def _element(
    survey: Survey,
    source: str,
    label: str,
    name: str,
    why: str,
    node: ast.expr | ast.stmt,
    split: str,
) -> None:
    direction = direction_of_list(label) or direction_of_list(name)
    rank = rank_of(label or name)
    if source in survey.bound and rank_of(source) != 1:
        rank = rank_of(source)  # `accu_val = evaluate(...)`, which returns `total_acc / n`
    if rank == 1:
        rank = RANKS.get(split, 0 if split else 1)
    if direction is not None and source not in survey.bound | survey.found.keys():
        survey.add(source, direction, 10 * rank + KEPT, why, node)
    elif direction is not None and direction_of(source) is None:
        survey.add(source, direction, 10 * rank + ASSIGNED, why, node)


def local_names(survey: Survey) -> None:
    """Names that only a function has, which the cell calls and whose result is not them."""
    for function in _functions(survey):
        returned = {n.id for r in function.returned for n in ast.walk(r) if isinstance(n, ast.Name)}
        values = values_of(function.node.body)
        trained = differentiated(function.node)
        for node in own_scope(function.node.body):
            if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
                continue
            name = node.id
            direction = direction_of(name)
            given = values.get(name, [])
            if (
                direction is None
                or name in survey.bound | returned
                or name.startswith("_")
                or (given and all(map(is_no_number, given)))
            ):
                continue
            rank = rank_of(name)
            if rank == 1 and name in trained:
                rank = 5
            elif rank == 1 and (split := split_of(given)):
                rank = RANKS.get(split, 0)
            survey.add(
                name, direction, 10 * rank + LOCAL, f"assigned inside {function.name}()", node
            )


def _functions(survey: Survey) -> Iterator[Function]:
    methods = (m for ms in survey.table.classes.values() for m in ms.values())
    seen: set[int] = set()
    for function in [*survey.table.functions.values(), *methods]:
        if function.node.name in survey.used and id(function.node) not in seen:
            seen.add(id(function.node))
            yield function
