"""The conditions under which values are tuned: read from the marks, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..errors import Problem
from ..space import Categorical, Condition, Distribution
from ..space.marks import nearest, to_condition
from .items import Item, named_item


def propose_conditions(items: list[Item]) -> None:
    """Give proposals the conditions that go with them, by the names that their values have got.
    One whose condition can't hold, because of what is tuned there, is taken out."""
    named = {id(item.value): item for item in items}
    for item in list(items):
        terms, known = [], {}
        for term, value in item.proposed:
            other = named.get(id(value))
            if other is None or other.distribution is None:
                continue
            words = term.words
            if isinstance(other.distribution, Categorical):
                words = tuple(w for w in words if w.text in other.distribution.choices)
                if not words:
                    if term.op in ("==", "in"):
                        items.remove(item)
                    continue
            op = "==" if term.op == "in" and len(words) == 1 else term.op
            terms.append(replace(term, name=other.name, op=op, words=words))
            known[other.name] = other.distribution
        found = to_condition(terms, known) if terms else None
        if isinstance(found, Condition):
            item.condition = found


def read_conditions(items: Sequence[Item]) -> list[Problem]:
    """Give each item its condition; what is wrong with one breaks its item."""
    return [*_read(items), *_break_circles(items)]


def _read(items: Sequence[Item]) -> Iterator[Problem]:
    known: dict[str, Distribution] = {}
    broken = set()
    for item in items:
        if item.declared and item.distribution is not None and not item.broken:
            known[item.name] = item.distribution
        elif item.declared:
            broken.add(item.name)
    for item in items:
        if not item.terms or not item.declared:
            yield from _unknown_names(item, known)
            continue
        terms = [replace(term, name=_declared_name(items, term.name)) for term in item.terms]
        if any(term.name in broken for term in terms):
            item.broken = True
            continue
        found = to_condition(terms, known, item.line)
        if isinstance(found, Problem):
            item.broken = True
            yield found
        else:
            item.condition = found


def _unknown_names(item: Item, known: Mapping[str, Distribution]) -> Iterator[Problem]:
    """Conditions of a SearchSpace, whose values are ready but whose names may not be."""
    for name in item.condition.names if item.condition and item.declared else ():
        if name not in known:
            yield item.breaks(
                "unknown_condition",
                f"the condition of {item.name!r} looks at {name!r}, which is not tuned.",
                nearest(name, known, "Tuned here"),
            )


def _declared_name(items: Sequence[Item], name: str) -> str:
    item = named_item(items, name)
    return item.name if item is not None and item.declared else name


def _break_circles(items: Sequence[Item]) -> Iterator[Problem]:
    parents = {i.name: i.condition.names for i in items if i.condition and i.declared}
    for item in items:
        trail, names = [item.name], list(parents.get(item.name, ()))
        while names and item.name in parents:
            name = names.pop()
            if name == item.name:
                yield item.breaks(
                    "condition_circle",
                    f"the condition of {item.name!r} depends on itself, by {trail[-1]!r}.",
                    "Remove one of the conditions.",
                )
                parents.pop(item.name)
                break
            if name not in trail:
                trail.append(name)
                names += parents.get(name, ())
