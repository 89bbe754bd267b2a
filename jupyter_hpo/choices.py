"""Choices that name what a module of the notebook does not have: `torch.optim.Adamm`.

They are found before the first trial, where the module is there to be asked. Nothing is
imported for that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from .cell import CapturedCell
from .cell.captured import Tunable
from .errors import Problem
from .space import Categorical
from .space.grammar import expression


def unknown_choices(cell: CapturedCell, namespace: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for each declared choice whose dotted name ends at a module that lacks it."""
    for tunable in cell.tunables:
        if not tunable.declared or tunable.name not in cell.space:
            continue  # what is proposed is for no particular version of a library
        distribution = cell.space[tunable.name].distribution
        if not isinstance(distribution, Categorical) or not distribution.expressions:
            continue
        for choice in distribution.choices:
            path = _path(str(choice), tunable)
            if path and path[0] not in cell.assigned:
                yield from _problem(path, str(choice), tunable, namespace)


def _path(choice: str, tunable: Tunable) -> list[str]:
    """The names of `torch.optim.Adam`, or of `Adam` where it stands for the last one of them;
    none where the choice is something else."""
    if choice.isidentifier():
        own = re.escape(str(tunable.value))
        before = re.search(rf"([^\W\d][\w.]*)\.{own}\b", tunable.text)
        return [*before[1].split("."), choice] if before else []
    tree = expression(choice)
    tree = tree.func if isinstance(tree, ast.Call) else tree
    names: list[str] = []
    while isinstance(tree, ast.Attribute):
        names.append(tree.attr)
        tree = tree.value
    return [tree.id, *reversed(names)] if isinstance(tree, ast.Name) else []


def _problem(
    path: list[str], choice: str, tunable: Tunable, namespace: Mapping[str, Any]
) -> Iterator[Problem]:
    found = namespace.get(path[0])
    for name in path[1:]:
        if not isinstance(found, ModuleType):
            return
        if name not in vars(found):
            if not _may_have(found, name):
                message = f"the choice {choice!r} of {tunable.name!r} does not exist: module "
                message += f"{found.__name__} has no {name!r}."
                close = get_close_matches(name, dir(found), 1)
                fix = f"Did you mean {close[0]!r}?" if close else "Take it out."
                where = (tunable.line, tunable.name, tunable.places[0].cell)
                yield Problem("unknown_choice", message, fix, *where)
            return
        found = vars(found)[name]


def _may_have(module: ModuleType, name: str) -> bool:
    """Whether it has the name, would have it when asked, or once a module of its own is
    imported."""
    if name in dir(module) or hasattr(module, name):
        return True
    with suppress(ImportError, ValueError, AttributeError):
        return find_spec(f"{module.__name__}.{name}") is not None
    return False
