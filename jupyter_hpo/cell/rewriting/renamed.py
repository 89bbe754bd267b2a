"""Marks that speak of a callee's name, when another is put in its place."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ...space.grammar import Spec, Tie, is_name
from ..captured import Place, Tunable
from ..marking import match_marks
from ..value_finder import find_values
from ..values import Value, Values, attribute_place, place_of
from .comments import Comments
from .typed import Splice


def marks_renamed(
    comments: Comments,
    tree: ast.Module,
    tunables: Sequence[Tunable],
    changes: Mapping[Place, str],
    number: int,
) -> list[Splice]:
    """The marks' lines with keys that still mean the same, and with the names that their values
    had until now, where these came from a callee that changes.

    changes: what is written where.
    """
    renamed = _callees(tree, changes)
    if not renamed or not comments.specs:
        return []
    values = find_values(tree)
    splices = []
    for line, specs in comments.specs.items():
        if line in comments.forms:
            continue
        texts = [_text(spec, values, tunables, renamed, number) for spec in specs]
        splices.append(comments.splice(line, texts))
    return [splice for splice in splices if splice is not None]


def _callees(tree: ast.Module, changes: Mapping[Place, str]) -> dict[Place, tuple[str, str]]:
    """The last names, old and new, by the places of a callee that changes and its arguments."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        places = [place_of(func)]
        places += [attribute_place(func)] if isinstance(func, ast.Attribute) else []
        new = next((changes[place] for place in places if place in changes), None)
        if new is not None:
            names = ast.unparse(func).rpartition(".")[2], new.strip("() ").rpartition(".")[2]
            for place in [*places, *map(place_of, [*node.args, *(k.value for k in node.keywords)])]:
                found[place] = names
    return found


def _text(
    spec: Spec,
    values: Values,
    tunables: Sequence[Tunable],
    renamed: Mapping[Place, tuple[str, str]],
    number: int,
) -> str:
    matched, _ = match_marks([spec], values, number)
    value: Value | None = matched[0].value if len(matched) == 1 else None
    if value is None or value.place not in renamed:
        return spec.text
    old, new = renamed[value.place]
    text = spec.text
    if spec.key is not None:
        head, dot, rest = spec.key.rpartition(old)
        if dot and not head.strip("."):
            text = f"{new}{rest} ={text.split('=', 1)[1]}"
    places = {value.place}
    if isinstance(value.node, ast.Attribute):
        places.add(attribute_place(value.node))
    tunable = next((t for t in tunables if t.places[0] in places), None)
    if tunable is None or spec.name is not None or isinstance(spec.body, Tie):
        return text
    own = tunable.name in (value.variable, value.key) and value.role != "callee"
    return text if own or not is_name(tunable.name) else f"{text} as {tunable.name}"
