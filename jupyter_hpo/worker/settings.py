"""The notebook's settings of Python and its libraries, so that a trial computes as it would.

Default dtype, error handling, printing, warnings' filters: what an earlier cell set for the
process, and what no object carries. Random states stand in `randomness`; matplotlib's are left,
as no trial shows anything.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from typing import Any

Filter = tuple[str, str | None, int, str, str | None, int, int]
"""action, message pattern and flags, category as module:name, module pattern and flags, line."""


@dataclass(frozen=True)
class Settings:
    """Plain values, so that reading them imports no library; None: it was not loaded."""

    recursion_limit: int
    filters: tuple[Filter, ...]
    numpy: dict[str, dict[str, Any]] | None = None
    torch: dict[str, Any] | None = None
    sklearn: dict[str, Any] | None = None
    pandas: dict[str, Any] | None = None


def capture() -> Settings:
    """As they are in this process."""
    return Settings(
        sys.getrecursionlimit(),
        tuple(_plain(entry) for entry in warnings.filters),
        _numpy(sys.modules.get("numpy")),
        _torch(sys.modules.get("torch")),
        _sklearn(sys.modules.get("sklearn")),
        _pandas(sys.modules.get("pandas")),
    )


def apply(settings: Settings) -> None:
    """Make them this process's, for the libraries that are loaded here."""
    sys.setrecursionlimit(settings.recursion_limit)
    entries = [_entry(plain) for plain in settings.filters]
    warnings.resetwarnings()  # and what was shown already
    warnings.filters[:] = [entry for entry in entries if entry is not None]  # type: ignore[index]
    numpy: Any = sys.modules.get("numpy")
    if settings.numpy is not None and hasattr(numpy, "seterr"):
        numpy.seterr(**settings.numpy["errors"])
        numpy.set_printoptions(**settings.numpy["printing"])
    torch: Any = sys.modules.get("torch")
    if settings.torch is not None and hasattr(torch, "set_default_dtype"):
        torch.set_default_dtype(getattr(torch, settings.torch["dtype"]))
        torch.set_float32_matmul_precision(settings.torch["precision"])
        torch.set_grad_enabled(settings.torch["gradients"])
        mode, warn_only = settings.torch["deterministic"]
        if mode != torch.are_deterministic_algorithms_enabled():
            torch.use_deterministic_algorithms(mode, warn_only=warn_only)
        for name, value in settings.torch["cudnn"].items():
            setattr(torch.backends.cudnn, name, value)
    sklearn: Any = sys.modules.get("sklearn")
    if settings.sklearn is not None and hasattr(sklearn, "set_config"):
        sklearn.set_config(**settings.sklearn)
    pandas: Any = sys.modules.get("pandas")
    if settings.pandas is not None and hasattr(pandas, "set_option"):
        for name, value in settings.pandas.items():
            pandas.set_option(name, value)


def _plain(entry: Any) -> Filter:
    action, message, category, module, line = entry
    return (
        action,
        message.pattern if hasattr(message, "pattern") else message,
        message.flags if hasattr(message, "flags") else 0,
        f"{category.__module__}:{category.__qualname__}",
        module.pattern if hasattr(module, "pattern") else module,
        module.flags if hasattr(module, "flags") else 0,
        line,
    )


def _entry(plain: Filter) -> Any:
    """The filter again; None when its category is of a module that isn't loaded here."""
    import re

    action, message, flags, category, module, module_flags, line = plain
    where, _, name = category.partition(":")
    kind = getattr(sys.modules.get(where), name, None)
    if not (isinstance(kind, type) and issubclass(kind, Warning)):
        return None
    return (
        action,
        None if message is None else re.compile(message, flags),
        kind,
        None if module is None else re.compile(module, module_flags),
        line,
    )


def _numpy(numpy: Any) -> dict[str, dict[str, Any]] | None:
    if not hasattr(numpy, "get_printoptions"):
        return None
    printing = {n: v for n, v in numpy.get_printoptions().items() if not callable(v)}
    printing.pop("override_repr", None)
    printing.pop("formatter", None)
    return {"errors": numpy.geterr(), "printing": printing}


def _torch(torch: Any) -> dict[str, Any] | None:
    if not hasattr(torch, "get_default_dtype") or not hasattr(torch, "backends"):
        return None
    cudnn = torch.backends.cudnn
    return {
        "dtype": str(torch.get_default_dtype()).partition(".")[2],
        "precision": torch.get_float32_matmul_precision(),
        "gradients": torch.is_grad_enabled(),
        "deterministic": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "cudnn": {n: getattr(cudnn, n) for n in ("enabled", "benchmark", "deterministic")},
    }


def _sklearn(sklearn: Any) -> dict[str, Any] | None:
    if not hasattr(sklearn, "get_config"):
        return None
    plain = (bool, int, float, str, type(None))
    return {n: v for n, v in sklearn.get_config().items() if isinstance(v, plain)}


def _pandas(pandas: Any) -> dict[str, Any] | None:
    """What an earlier cell set otherwise than pandas does."""
    if not hasattr(pandas, "describe_option"):
        return None
    config = sys.modules.get("pandas._config.config")
    registered: dict[str, Any] = getattr(config, "_registered_options", {})
    plain = (bool, int, float, str, type(None))
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of options that will go
        for name, option in registered.items():
            value = pandas.get_option(name)
            if isinstance(value, plain) and value != option.defval:
                found[name] = value
    return found
