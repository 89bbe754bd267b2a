"""skorch: each epoch of `NeuralNet.fit` is a report.

No callback is added: the net's own list of callbacks is looked at when it has been told of the
epoch. A fit that is to end is ended as by skorch's `EarlyStopping`, with a KeyboardInterrupt
that `fit` catches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import Adapter, View
from .fits import Fit, Fits
from .patches import Patches


class _Running:
    """The fit that reports, and its net."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.net: Any = None


_RUNNING = _Running()


def _put(module: Any, patches: Patches, fits: Fits) -> None:
    def make_fit(original: Callable[..., Any]) -> Callable[..., Any]:
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("skorch")
            if started is None:
                return original(self, *args, **kwargs)
            running = _RUNNING
            running.fit, running.net = started, self
            try:
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.net = None
                started.over()
            started.end()
            return result

        return fit

    def make_notify(original: Callable[..., Any]) -> Callable[..., Any]:
        def notify(self: Any, method_name: str, **kwargs: Any) -> Any:
            running = _RUNNING
            if method_name != "on_epoch_end" or running.fit is None or self is not running.net:
                return original(self, method_name, **kwargs)
            try:
                result = original(self, method_name, **kwargs)
            except KeyboardInterrupt:  # the net's own early stop: this epoch counts, too
                running.fit.report(_view, self, kwargs.get("dataset_valid"))
                raise
            if running.fit.report(_view, self, kwargs.get("dataset_valid")):
                raise KeyboardInterrupt
            return result

        return notify

    for name in ("fit", "partial_fit"):
        patches.method(module.NeuralNet, name, make_fit)
    patches.method(module.NeuralNet, "notify", make_notify)


def _view(net: Any, validated: Any) -> View:
    row = net.history[-1]
    logged = {k: float(v) for k, v in row.items() if isinstance(v, int | float)}
    measured = {k[6:]: v for k, v in logged.items() if k.startswith("valid_")}
    return View(
        logged,
        [((validated,), measured)] if measured and validated is not None else (),
        result=lambda: net,
        model=lambda: net,
        classifier="Classifier" in type(net).__name__,
        owner=net,
    )


ADAPTER = Adapter("skorch", {"skorch.net": _put})
