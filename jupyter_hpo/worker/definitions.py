"""Functions and classes by value, where cloudpickle's way loses something.

Closures that share a variable go on sharing it; classes keep their slots; and defining a class
again in a worker does not run the notebook's own hooks again (`__init_subclass__`, metaclasses),
whose effects travel with the objects, and which may ask for arguments that are not known.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cloudpickle import cloudpickle as internals


def reduce_cell(cell: types.CellType) -> Any:
    """A closure's variable: empty first, so that it may hold the function that uses it."""
    try:
        content = cell.cell_contents
    except ValueError:  # not assigned yet
        return types.CellType, ()
    return types.CellType, (), (content,), None, None, _fill_cell


def _fill_cell(cell: types.CellType, state: tuple[Any]) -> None:
    cell.cell_contents = state[0]


def with_own_cells(function: types.FunctionType, reduced: Any) -> Any:
    """cloudpickle's reduction of a function, its closure's cells kept as they are."""
    if not function.__closure__:
        return reduced
    make, arguments, state, *rest = reduced
    state[1]["__closure__"] = None
    return (make, (*arguments[:4], function.__closure__), state, *rest)


def with_slots(cls: type, reduced: Any) -> Any:
    """cloudpickle's reduction of a class, made by `make_class` and with its slots."""
    make, arguments, *rest = reduced
    if make is not internals._make_skeleton_class:  # an enum
        return reduced
    if "__slots__" in vars(cls) and not issubclass(cls, tuple):  # NamedTuple makes its own
        body = {**arguments[3], "__slots__": vars(cls)["__slots__"]}
        arguments = (*arguments[:3], body, *arguments[4:])
    return (make_class, arguments, *rest)


def make_class(
    meta: type, name: str, bases: tuple[Any, ...], body: dict[str, Any], ident: Any, extra: Any
) -> type:
    """A class without its attributes yet, or the one of this ident that is here already."""
    known: type | None = internals._DYNAMIC_CLASS_TRACKER_BY_ID.get(ident)
    if known is not None:
        return known
    resolved = types.resolve_bases(bases)
    hooks = [b for b in dict.fromkeys(c for base in resolved for c in base.__mro__) if _has_hook(b)]
    if not hooks and not _is_ours(meta):
        make = internals._make_skeleton_class
        return make(meta, name, bases, body, ident, extra)  # type: ignore[no-any-return]
    if resolved is not bases:
        body = {**body, "__orig_bases__": bases}
    maker = next(kind for kind in meta.__mro__ if not _is_ours(kind))
    with _without(hooks):
        made: type = maker.__new__(meta, name, resolved, body)
    return internals._lookup_class_or_track(ident, made)  # type: ignore[no-any-return]


def _is_ours(cls: type) -> bool:
    """Whether the class is the notebook's: it came, or went, by value."""
    return cls in internals._DYNAMIC_CLASS_TRACKER_BY_CLASS


def _has_hook(cls: type) -> bool:
    return "__init_subclass__" in vars(cls) and _is_ours(cls)


@contextmanager
def _without(classes: list[type]) -> Iterator[None]:
    kept = [(cls, vars(cls)["__init_subclass__"]) for cls in classes]
    for cls in classes:
        cls.__init_subclass__ = classmethod(lambda cls, **options: None)  # type: ignore
    try:
        yield
    finally:
        for cls, hook in kept:
            cls.__init_subclass__ = hook  # type: ignore[assignment]
