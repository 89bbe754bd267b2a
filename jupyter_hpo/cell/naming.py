"""Names for tunables: short where that is unique, with their callee where it isn't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .values import Value

Labels = Mapping[int, tuple[str, str]]


def name_values(
    values: Sequence[Value], explicit: Mapping[int, str], labels: Labels | None = None
) -> dict[int, str]:
    """A unique name for each value, by `id`. explicit: names that people gave, kept as they are.
    labels: the short and the long name of values whose parameter is known.

    A variable keeps its own name; `max_depth` of a call is `max_depth` while nothing else is,
    then `RandomForestClassifier.max_depth`; the second `Dropout[0]` is `Dropout_2[0]`.
    """
    names = {id(v): explicit[id(v)] for v in values if id(v) in explicit}
    used = set(names.values())
    rest = [v for v in values if id(v) not in names]
    for value in [v for v in rest if v.variable is not None]:
        if value.key not in used:
            names[id(value)] = value.key
            used.add(value.key)
    rest = [v for v in rest if id(v) not in names]
    known = {id(v): (_short(v), v.qualified or _short(v)) for v in rest} | dict(labels or {})
    shorts = Counter(known[id(v)][0] for v in rest)
    for value in rest:
        short, long = known[id(value)]
        base = name = short if shorts[short] == 1 else long
        count = 1
        while name in used:
            count += 1
            name = _numbered(base, count)
        names[id(value)] = name
        used.add(name)
    return names


def _short(value: Value) -> str:
    """`lr` for a keyword; `Linear[1]` and `Dropout.p`, where the key alone says nothing."""
    alone = value.key.startswith("[") or (value.key == "p" and value.role == "keyword")
    return value.qualified if alone else value.key


def _numbered(name: str, count: int) -> str:
    """The callee's name with a number: `Dropout_2.p`, `SGD_2.lr`; else the name's."""
    for mark in (".", "["):
        head, found, tail = name.rpartition(mark)
        if found and head:
            return f"{head}_{count}{found}{tail}"
    return f"{name}_{count}"
