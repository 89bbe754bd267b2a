"""What the machine keeps: names, the objects behind them with their versions, and statements."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..effects import LIBRARIES, Facts
from .flow import Definition
from .values import ObjectKind


def generator_of(library: str) -> str:
    """The name of the state of a library's global generator; no Python name has a space in it."""
    return f"the random numbers of {library}"


RECORDED = tuple(map(generator_of, LIBRARIES))
"""Names of the states that the session's history writes down."""
GENERATORS = (*RECORDED, generator_of("the framework"))


class Numbers:
    """Equal descriptions get the same number."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def of(self, *description: Any) -> int:
        return self._known.setdefault(description, len(self._known))


class Object:
    """made: ordinal of the statement that made it, -1 when no statement did. start: number of
    the cell with whose recorded random states it began (generators only). events: mask of the
    statements that made or changed it. late: what the code in it may do when it is used."""

    __slots__ = (
        *("id", "made", "start", "kind", "name", "events", "version", "holds"),
        *("late", "node", "iterator"),
    )

    def __init__(self, id: int, made: int, kind: ObjectKind | None, name: str, version: int):
        self.id = id
        self.made = made
        self.start = 0
        self.kind = kind
        self.name = name
        self.events = 0 if made < 0 else 1 << made
        self.version = version
        self.holds: frozenset[int] = frozenset()
        self.late: Facts | None = None
        self.node: Definition | None = None
        self.iterator = False


class Bound(NamedTuple):
    """What a name is bound to. binders: mask of the statements that may have bound it last."""

    objects: tuple[int, ...]
    binders: int
    version: int
    kind: ObjectKind | None


class Seen(NamedTuple):
    """An object as a statement saw it. version: -1 when the training cell made it."""

    object: int
    events: int
    version: int
    holds: frozenset[int]


class Read(NamedTuple):
    name: str
    binders: int
    version: int
    seen: tuple[Seen, ...]


@dataclass
class Step:
    """A statement as it ran. changed: (object, mask of its events before)."""

    cell: int
    index: int
    node: ast.stmt
    reads: list[Read] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    binds: frozenset[str] = frozenset()
    draws: frozenset[str] = frozenset()
    seeds: frozenset[str] = frozenset()
    unread: set[str] = field(default_factory=set)
    opaque: str = ""


def producers(read: Read) -> int:
    """Mask of the statements that made what was read."""
    mask = read.binders
    for seen in read.seen:
        mask |= seen.events
    return mask


def reached_from(one: int, holds: dict[int, frozenset[int]]) -> set[int]:
    """The object and all that it may hold."""
    stack, found = [one], {one}
    while stack:
        for held in holds.get(stack.pop(), ()):
            if held not in found:
                found.add(held)
                stack.append(held)
    return found
