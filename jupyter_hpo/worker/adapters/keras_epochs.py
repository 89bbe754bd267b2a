"""Keras 3, with whichever backend, and `tf.keras`, which is the same classes: each epoch of
`Model.fit` is a report.

No callback is added: the callback list of the fit that reports is looked at when it has told
its own callbacks of the epoch. So history, printing and the person's callbacks stay as they
are. A fit that is to end has `stop_training` set, as `EarlyStopping` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .base import Adapter, View, arguments_of
from .fits import Fit, Fits
from .patches import Patches


class _Running:
    """The fit that reports, its model, and how long its history's lists were."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.model: Any = None
        self.given: Mapping[str, Any] = {}
        self.before: dict[str, int] = {}


_RUNNING = _Running()


def _put_fit(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("keras", "tf_keras")
            if started is None:
                return original(self, *args, **kwargs)
            running = _RUNNING
            running.fit, running.model, running.before = started, self, {}
            try:
                running.given = arguments_of(original, self, *args, **kwargs)
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.model = None
                running.given = {}
                started.over()
            started.end()
            return result

        return fit

    patches.method(module.Model, "fit", make)


def _put_epochs(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def on_epoch_end(self: Any, epoch: int, logs: Any = None) -> None:
            original(self, epoch, logs)
            running = _RUNNING
            fit: Fit | None = running.fit
            ours = getattr(self, "_model", None) is running.model
            if fit is not None and ours and fit.report(_view, running):
                running.model.stop_training = True

        return on_epoch_end

    patches.method(module.CallbackList, "on_epoch_end", make)


def _view(running: _Running) -> View:
    before, history = running.before, running.model.history.history
    # A figure that isn't measured in every epoch (validation_freq) counts in its own only.
    logged = {key: v[-1] for key, v in history.items() if len(v) > before.get(key, 0)}
    running.before = {key: len(values) for key, values in history.items()}
    model, given = running.model, running.given
    # What is logged of the training data is an average over the epoch, not what `evaluate`
    # would find at its end.
    measured = {k[4:]: v for k, v in logged.items() if k.startswith("val_")}
    sets = [(_parts(given.get("validation_data")), measured)] if measured else []

    def evaluated(figures: Mapping[str, float], as_dict: bool) -> Any:
        if as_dict:
            return dict(figures)
        flat = getattr(model, "_flatten_metrics_in_order", None)
        return flat(dict(figures)) if flat is not None else list(figures.values())

    return View(
        logged=logged,
        sets=sets,
        result=lambda: model.history,
        model=lambda: model,
        evaluated=evaluated,
        owner=model,
    )


def _parts(data: Any) -> tuple[Any, ...]:
    """A data set, and what stands first in a tuple of inputs and targets."""
    if isinstance(data, tuple | list) and len(data):
        return data, data[0]
    return (data,)


ADAPTER = Adapter(
    "Keras",
    {
        "keras.src.models.model": _put_fit,
        "keras.src.callbacks.callback_list": _put_epochs,
    },
)
