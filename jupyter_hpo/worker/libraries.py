"""The settings of numeric and drawing libraries that are global to a process, set back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any


def undo() -> list[Callable[[], object]]:
    """One function for each library loaded here, that sets it back to how it is now. Nothing
    is imported. Random states are set by each trial itself."""
    found: list[Callable[[], object]] = []
    for name, make in (
        ("numpy", _numpy),
        ("torch", _torch),
        ("matplotlib", _matplotlib),
        ("sklearn", _sklearn),
        ("decimal", _decimal),
    ):
        module: Any = sys.modules.get(name)
        if module is not None:
            found.append(make(module))
    return found


def _numpy(numpy: Any) -> Callable[[], object]:
    errors, printing = numpy.geterr(), numpy.get_printoptions()
    printing.pop("override_repr", None)

    def back() -> None:
        numpy.seterr(**errors)
        numpy.set_printoptions(**printing)

    return back


def _torch(torch: Any) -> Callable[[], object]:
    cudnn = torch.backends.cudnn
    settings: list[tuple[Callable[[], Any], Callable[[Any], object]]] = [
        (torch.get_default_dtype, torch.set_default_dtype),
        (torch.get_num_threads, torch.set_num_threads),
        (torch.is_grad_enabled, torch.set_grad_enabled),
        # None is how it is when nobody has set one.
        (torch.get_default_device, lambda device: torch.set_default_device(None)),
        (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
        (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
        (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    ]
    settings += [
        (partial(getattr, cudnn, name), partial(setattr, cudnn, name))
        for name in ("enabled", "benchmark", "deterministic")
    ]
    before = [read() for read, _ in settings]

    def back() -> None:
        # Only what has changed: some of them import half of torch when they are called.
        for (read, write), value in zip(settings, before, strict=True):
            if read() != value:
                write(value)

    return back


def _matplotlib(matplotlib: Any) -> Callable[[], object]:
    backend, settings = matplotlib.get_backend(), dict(matplotlib.rcParams)

    def back() -> None:
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")
        if matplotlib.get_backend() != backend:
            matplotlib.use(backend)
        now = dict(matplotlib.rcParams)
        if now != settings:
            changed = {n: v for n, v in settings.items() if n != "backend" and now.get(n) != v}
            matplotlib.rcParams.update(changed)

    return back


def _sklearn(sklearn: Any) -> Callable[[], object]:
    settings = sklearn.get_config()
    return lambda: sklearn.set_config(**settings)


def _decimal(decimal: Any) -> Callable[[], object]:
    context = decimal.getcontext().copy()
    return lambda: decimal.setcontext(context.copy())
