"""What the notebook's live objects are: their kinds, and how many rows there are to train on.

By the classes' names only: nothing is imported, and of the objects' own code only `len` runs.
"""

from __future__ import annotations

import enum
import functools
import re
import sys
import types
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from ..cell.slice.values import Known, ObjectKind
from ..worker.behind import from_library, look_behind

_IMMUTABLE = (
    type(None), bool, int, float, complex, str, bytes, range, slice, type(...), re.Pattern,
    enum.Enum, types.GenericAlias, types.UnionType,
)  # fmt: skip
_CALLABLE = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType,
    types.WrapperDescriptorType, types.MethodDescriptorType, functools.partial,
)  # fmt: skip
_CONSTANTS = {
    "numpy": {"generic", "dtype"},
    "torch": {"dtype", "device", "layout", "memory_format", "Size"},
    "tensorflow": {"DType", "TensorShape"},
    "pandas": {"Timestamp", "Timedelta"},
    "pathlib": {"PurePath"},
    "datetime": {"date", "time", "timedelta", "tzinfo"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
}
_DATA = {
    "numpy": {"ndarray"},
    "array": {"array"},
    "torch": {"Tensor", "Dataset", "DataLoader", "Sampler"},
    "torch_geometric": {"Data", "Dataset", "DataLoader"},
    "pandas": {"DataFrame", "Series", "Index", "Categorical", "ExtensionArray"},
    "polars": {"DataFrame", "LazyFrame", "Series"},
    "pyarrow": {"Table", "RecordBatch", "Array", "ChunkedArray"},
    "scipy": {"sparray", "spmatrix", "_spbase"},
    "sklearn": {"Bunch"},
    "tensorflow": {"Tensor", "DatasetV2", "Dataset", "RaggedTensor", "SparseTensor"},
    "keras": {"PyDataset", "Sequence", "Iterator"},
    "jax": {"Array", "ArrayImpl"},
    "jaxlib": {"Array", "ArrayImpl"},
    "datasets": {"Dataset", "DatasetDict", "IterableDataset"},
    "xgboost": {"DMatrix"},
    "lightgbm": {"Dataset"},
    "catboost": {"Pool"},
    "PIL": {"Image"},
    "xarray": {"DataArray", "Dataset"},
}
_CHANGED = {"torch": {"Parameter"}, "tensorflow": {"Variable"}, "keras": {"Variable"}}
"""Kinds of array that libraries do change: what an optimiser is handed."""


def known_objects(namespace: Mapping[str, Any], names: Iterable[str]) -> Known:
    """What is known of `names`, as far as the notebook has them."""
    there = [name for name in names if name in namespace]
    kinds = {name: kind_of(namespace[name]) for name in there}
    readable = [name for name in there if type(namespace[name]) not in weakref.ProxyTypes]
    return Known(look_behind(namespace, readable), kinds)


def kind_of(value: Any) -> ObjectKind:
    """The kind of a live object, by its class and those it derives from."""
    cls = type(value)  # not `isinstance`, which would ask a proxy for what it stands for
    if issubclass(cls, types.ModuleType):
        return "module"
    if issubclass(cls, type):
        return "type"
    if _is_constant(value):
        return "constant"
    if issubclass(cls, _CALLABLE) or _is_ufunc(value):
        return "callable"
    if _any_of(value, _CHANGED) or _is_trained(value):
        return "library"
    if _any_of(value, _DATA):
        return "data"
    module = cls.__module__
    top = module.partition(".")[0] if isinstance(module, str) else ""
    if top in sys.stdlib_module_names or top == "__main__":
        return "other"
    return "library" if from_library(top) else "other"


def _is_constant(value: Any) -> bool:
    if type(value) in (tuple, frozenset) or _is_named_tuple(value):
        return all(map(_is_constant, value))
    return issubclass(type(value), _IMMUTABLE) or _any_of(value, _CONSTANTS)


def _is_named_tuple(value: Any) -> bool:
    return type(value).__bases__ == (tuple,) and hasattr(type(value), "_fields")


def _is_ufunc(value: Any) -> bool:
    return type(value).__name__ in ("ufunc", "_lru_cache_wrapper", "_ArrayFunctionDispatcher")


def _is_trained(value: Any) -> bool:
    """A torch tensor that an optimiser may be given."""
    tensor: Any = getattr(sys.modules.get("torch"), "Tensor", None)
    if not isinstance(tensor, type) or not issubclass(type(value), tensor):
        return False
    return bool(value.requires_grad)  # type: ignore[attr-defined]


def _any_of(value: Any, table: Mapping[str, set[str]]) -> bool:
    """Whether a class of the table is among the value's classes."""
    for base in type(value).__mro__:
        module = base.__module__
        if isinstance(module, str) and base.__name__ in table.get(module.partition(".")[0], ()):
            return True
    return False


# rows --------------------------------------------------------------------------------------

_THING = (
    "(x|y|df|data|images?|inputs?|features?|labels?|targets?|set|ds|dataset|loader|dl|dataloader)"
)
_TRAINING = re.compile(rf"({_THING}_?)?(train|tr|training)(_?{_THING})?(_?{_THING})?\d?\Z", re.I)
_WHOLE = re.compile(r"(x|features|inputs|images|data|df|dataset|loader|dataloader)\Z", re.I)


def data_rows(namespace: Mapping[str, Any], names: Iterable[str]) -> int | None:
    """How many rows there are to train on, by the arrays, datasets and loaders among `names`
    that are named so (`X_train`, `train_loader`; else `X`, `df`); None when none says.

    The smallest of those that say different things.
    """
    there = [n for n in names if n in namespace and _holds_rows(namespace[n])]
    for pattern in (_TRAINING, _WHOLE):
        rows = [_rows(namespace[name]) for name in there if pattern.match(name)]
        known = [count for count in rows if count]
        if known:
            return min(known)
    return None


def _holds_rows(value: Any) -> bool:
    return issubclass(type(value), list) or kind_of(value) == "data"


def _rows(value: Any) -> int | None:
    """None when the value has no length, or its own code says so by raising."""
    try:
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and shape:
            return int(shape[0])
        inner = getattr(value, "dataset", None)  # a loader's length counts batches
        if inner is not None:
            return len(inner)
        if type(value).__name__ == "DMatrix":
            return int(value.num_row())
        return None if _counts_batches(value) else len(value)
    except Exception:
        return None


def _counts_batches(value: Any) -> bool:
    tops = {base.__module__.partition(".")[0] for base in type(value).__mro__}
    return "tensorflow" in tops or ("keras" in tops and not hasattr(value, "shape"))
