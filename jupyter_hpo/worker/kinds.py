"""Objects that cloudpickle alone does not carry, or carries without what ties them together.

Cached functions, weak references and their collections, torch modules with parametrizations,
and pandas' note of which frames share memory, by which it copies on write.
"""

from __future__ import annotations

import ctypes
import functools
import types
import weakref
from collections.abc import Callable
from typing import Any

from cloudpickle import cloudpickle as internals


class KindReducer:
    """Reduces the kinds above; one per pickle."""

    def __init__(self) -> None:
        self._sharings: dict[int, tuple[Any, _Sharing]] = {}

    def reduce(self, obj: Any) -> Any:
        """As `reducer_override`: NotImplemented for everything else."""
        reducer = _REDUCERS.get(type(obj))
        if reducer is not None:
            return reducer(obj)
        module = type(obj).__module__
        if module == "pandas.core.internals.blocks" and hasattr(obj, "refs"):
            return self._block(obj)
        if module == "torch.nn.utils.parametrize":
            return _parametrized(obj)
        return NotImplemented

    def _block(self, block: Any) -> Any:
        refs = block.refs  # kept alive here, so that its id stays its own
        _, sharing = self._sharings.setdefault(id(refs), (refs, _Sharing()))
        build, arguments = block.__reduce__()[:2]
        return _shared_block, (build, arguments, sharing)


# ------------------------------------------------------------------------ cached functions
def _lru_cache(obj: Any) -> Any:
    if internals._lookup_module_and_qualname(obj, name=obj.__qualname__) is not None:
        return NotImplemented  # of an installed module: by its name
    parameters = obj.cache_parameters()
    return _cached, (obj.__wrapped__, parameters["maxsize"], parameters["typed"])


def _cached(function: Callable[..., Any], maxsize: int | None, typed: bool) -> Any:
    """The function with an empty cache of its own."""
    return functools.lru_cache(maxsize, typed)(function)


# ------------------------------------------------------------------------- weak references
def _ref(obj: Any) -> Any:
    target = obj()
    if target is None:
        return _dead, ()
    return weakref.ref, (target,) if obj.__callback__ is None else (target, obj.__callback__)


def _method_ref(obj: Any) -> Any:
    method = obj()
    return (_dead, ()) if method is None else (weakref.WeakMethod, (method,))


def _proxy(obj: Any) -> Any:
    try:
        target = obj.__repr__.__self__
    except ReferenceError:
        return NotImplemented
    return weakref.proxy, (target,)


def _dead() -> Any:
    """A reference to something that is gone. Where nothing else brings the object of a weak
    reference along, it is gone after the way too."""
    return weakref.ref(_Gone())


class _Gone:
    pass


def _weak_mapping(obj: Any) -> Any:
    return type(obj), (), None, None, iter(list(obj.items()))


def _weak_set(obj: Any) -> Any:
    return weakref.WeakSet, (), list(obj), None, None, _add_all


def _add_all(into: Any, items: list[Any]) -> None:
    for item in items:
        into.add(item)


def _library(obj: Any) -> Any:
    """It could be loaded again, but not with the types that were set on its functions."""
    from .pickling import CannotTravel

    raise CannotTravel("a loaded C library: load it inside the cell")


def _mapping_proxy(obj: Any) -> Any:
    return types.MappingProxyType, (dict(obj),)


_REDUCERS: dict[type, Callable[[Any], Any]] = {
    functools._lru_cache_wrapper: _lru_cache,
    weakref.ref: _ref,
    weakref.WeakMethod: _method_ref,
    weakref.ProxyType: _proxy,
    weakref.WeakValueDictionary: _weak_mapping,
    weakref.WeakKeyDictionary: _weak_mapping,
    weakref.WeakSet: _weak_set,
    types.MappingProxyType: _mapping_proxy,
    ctypes.CDLL: _library,
    ctypes.PyDLL: _library,
}


# ---------------------------------------------------------------------------------- pandas
class _Sharing:
    """Stands for the list of blocks that look into one memory."""

    refs: Any = None


def _shared_block(build: Callable[..., Any], arguments: tuple[Any, ...], sharing: _Sharing) -> Any:
    block = build(*arguments)
    if sharing.refs is None:
        sharing.refs = block.refs
    else:
        sharing.refs.add_reference(block)
        block.refs = sharing.refs
    return block


# ----------------------------------------------------------------------------------- torch
def _parametrized(module: Any) -> Any:
    """As torch's own `__deepcopy__` does; its `__getstate__` refuses."""
    if not type(module).__name__.startswith("Parametrized"):  # a class of that file's own
        return NotImplemented
    return _bare, (type(module).__bases__[0],), dict(vars(module)), None, None, _set_parametrized


def _bare(cls: Any) -> Any:
    return cls.__new__(cls)


def _set_parametrized(module: Any, state: dict[str, Any]) -> None:
    from torch.nn.utils import parametrize

    vars(module).update(state)
    parametrize._inject_new_class(module)
    for name in module.parametrizations:
        parametrize._inject_property(module, name)
