"""Objectives that are kept: attributes of the person's objects, the last of a list."""

from __future__ import annotations

import ast
from dataclasses import replace

from ..flow import path_of
from ..scopes import own_scope
from .candidate import KEPT, LISTED
from .directions import direction_of, direction_of_list, rank_of, words_of
from .reading import SPLITS, bare, is_mean, is_no_number, named, value_at
from .survey import Survey


def attributes(survey: Survey) -> None:
    """`trainer.val_acc`, where a method assigns `self.val_acc`."""
    for name, made in survey.table.instances.items():
        if name not in survey.bound:
            continue
        for method in survey.table.classes[made].values():
            own = (method.parameters or [""])[0]
            for node in own_scope(method.node.body):
                match node:
                    case ast.Attribute(value=ast.Name(id=root), attr=attr, ctx=ast.Store()) if (
                        root == own and (direction := direction_of(attr)) is not None
                    ):
                        why = f"{method.name}() assigns it"
                        source, rank = f"{name}.{attr}", 10 * rank_of(attr) + KEPT
                        if not is_no_number(value_at(method.node, node)):
                            survey.add(source, direction, rank, why, node)
                    case ast.Call(func=ast.Attribute(value=listed, attr="append"), args=[value]):
                        if (path := path_of(listed)) and path[0] == own and "[]" not in path:
                            source = name + ast.unparse(listed)[len(own) :]
                            _listed(survey, source, path, value, node)


def lists(survey: Survey) -> None:
    """`val_losses[-1]`, `history["val_acc"][-1]`."""
    for node in ast.walk(survey.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=listed, attr="append"), args=[value]):
                path = path_of(listed)
                if path is not None and path[0] in survey.bound and "[]" not in path:
                    _listed(survey, ast.unparse(listed), path, value, node)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as target]):
                key = target.slice
                dictionary = any(isinstance(v, ast.Dict) for v in survey.values.get(name, []))
                if name in survey.bound and not isinstance(key, ast.Constant | ast.Slice):
                    if dictionary:
                        continue
                    _listed(survey, name, (name,), node.value, node, preallocated=True)


def _listed(
    survey: Survey,
    source: str,
    path: tuple[str, ...],
    value: ast.expr,
    node: ast.expr | ast.stmt,
    preallocated: bool = False,
) -> None:
    label = path[-1].strip("[].'\"")
    name = named(value)
    direction = direction_of_list(label) or direction_of(name) if label else None
    plain = bare(value)
    if isinstance(plain, ast.Tuple | ast.List | ast.Dict | ast.Set):
        return  # several values each turn: the last of them is no number
    again = isinstance(plain, ast.Name) and plain.id in survey.found
    if direction is None or (again and not preallocated and not survey.in_repeats(node)):
        return
    words = "_".join(words_of(label) + (words_of(path[0]) if len(path) > 1 else []))
    split = next((w for w in words_of(name) if w in SPLITS), "")
    rank = rank_of(f"{split}_{words}" if split and rank_of(words) == 1 else words)
    if survey.in_repeats(node):
        rank = 0 if rank in (1, 3) else rank
        why = f"the mean of {source}, over the folds or repeats"
        survey.add(f"sum({source}) / len({source})", direction, 10 * rank + LISTED, why, node)
        return
    why = f"filled in, turn by turn, in {source}" if preallocated else f"appended to {source}"
    survey.add(f"{source}[-1]", direction, 10 * rank + LISTED, why, node)


def means(survey: Survey) -> None:
    """Where the cell itself takes the mean over the folds, that is the objective."""
    for source in [s for s in survey.found if s.startswith("sum(")]:
        listed = ast.parse(source[4 : source.index(")")], mode="eval").body
        generic = survey.found[source]
        for other, candidate in list(survey.found.items()):
            value = ast.parse(other, mode="eval").body
            values = survey.values.get(other, []) if isinstance(value, ast.Name) else [value]
            if other != source and any(is_mean(v, ast.dump(listed)) for v in values):
                survey.found.pop(source, None)
                rank = min(generic.rank, candidate.rank)
                survey.found[other] = replace(candidate, rank=rank)
