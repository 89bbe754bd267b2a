"""What the walk over a stretch of code notes as it goes: bindings, and what may be changed."""

from __future__ import annotations

from .flow import NONE, NOTHING, Definition, Doing, Names, Surround, Value, either
from .manners import PURE_METHODS, How
from .values import ObjectKind


class Notes:
    """own: names local to the function, None at the top level, where all are the notebook's.
    deep: how many blocks around may be left out, or run again."""

    def __init__(self, surround: Surround, own: set[str] | None) -> None:
        self.surround = surround
        self.own = own
        self.locals: dict[str, Value] = {}
        self.functions: dict[str, Definition] = {}
        self.doing = Doing()
        self.deep = 0

    def change(self, value: Value, how: How) -> None:
        method = how[1:] if how[0] == "." else ""
        if method in PURE_METHODS:
            return
        for name in value.alias:
            self.doing.changes.add((name, how))
        if how == "set" or self.surround.is_shallow(method):
            return
        for name in value.made:
            self.doing.changes.add((name, how if how == "iterated" else "deep"))

    def keep(self, value: Value, kept: Names) -> None:
        """The object of value may hold those of kept from now on."""
        if not kept:
            return
        for name in value.all:
            self.doing.holds.setdefault(name, set()).update(kept - {name})
        for local, known in self.locals.items():
            if known.alias & value.alias and not known.made >= kept:
                self.locals[local] = Value(known.alias, known.made | kept)

    def bind(self, name: str, value: Value) -> None:
        before = self.locals.get(name)
        if self.deep and (before is not None or self.own is None):
            before = before if before is not None else self.outer(name)
            value = either([before, value])
        self.locals[name] = value

    def outer(self, name: str) -> Value:
        return Value(frozenset((name,)), NONE)

    def kind_of(self, name: str) -> ObjectKind | None:
        return None if name[0] == "@" or name[-1] == "." else self.surround.kind(name)

    def is_data(self, name: str) -> bool:
        """Whether the name stands for data, or for a part of it."""
        return self.kind_of(name.rstrip(".")) == "data"

    def known_as(self, name: str) -> Value:
        found = self.locals.get(name)
        if found is not None:
            return found
        if self.own is not None and name in self.own:
            return NOTHING
        return self.outer(name)
