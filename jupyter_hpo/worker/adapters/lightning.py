"""Lightning (`lightning.pytorch`, `pytorch_lightning`): each validation of `Trainer.fit` is a
report, or each training epoch where the objective is logged only then.

No callback is added: the hooks of the trainer's own callbacks are looked at when they have
been called. A fit that is to end has `trainer.should_stop` set, as `EarlyStopping` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .base import Adapter, View, arguments_of
from .fits import Fit, Fits
from .patches import Patches

HOOKS = ("on_validation_end", "on_train_epoch_end")


class _Running:
    """The fit that reports and its trainer. epoch: of the last report by a validation."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.trainer: Any = None
        self.epoch = -1
        self.loaders: tuple[Any, ...] = ()


_RUNNING = _Running()


def _put_fit(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("lightning", "pytorch_lightning", "lightning_fabric")
            if started is None:
                return original(self, *args, **kwargs)
            running = _RUNNING
            running.fit, running.trainer, running.epoch = started, self, -1
            running.loaders = _loaders(arguments_of(original, self, *args, **kwargs))
            try:
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.trainer = None
                running.loaders = ()
                started.over()
            started.end()
            return result

        return fit

    patches.method(module.Trainer, "fit", make)


def _put_hooks(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def _call_callback_hooks(trainer: Any, hook_name: str, *args: Any, **kwargs: Any) -> None:
            original(trainer, hook_name, *args, **kwargs)
            running = _RUNNING
            if hook_name not in HOOKS or running.fit is None or trainer is not running.trainer:
                return
            # At the end of an epoch the checkpoints and early stops are called after the rest.
            if trainer.sanity_checking or kwargs.get("monitoring_callbacks") is False:
                return
            if hook_name == "on_train_epoch_end" and running.epoch == trainer.current_epoch:
                return
            before = running.fit.fits.step
            if running.fit.report(_view, running, trainer, hook_name == "on_validation_end"):
                trainer.should_stop = True
            if running.fit.fits.step > before:
                running.epoch = trainer.current_epoch

        return _call_callback_hooks

    patches.method(module, "_call_callback_hooks", make)


def _loaders(given: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a fit validates on: its loaders, or a data module, which may stand first too."""
    first = given.get("train_dataloaders")
    module = (first,) if hasattr(first, "val_dataloader") else ()
    return (*module, given.get("val_dataloaders"), given.get("datamodule"))


class SoFar:
    """A trainer at the end of a step: `callback_metrics` holds what the step has logged, and no
    figures of the epoch before."""

    def __init__(self, trainer: Any, metrics: Mapping[str, Any]) -> None:
        self._trainer = trainer
        self.callback_metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._trainer, name)


def _view(running: _Running, trainer: Any, validation: bool) -> View:
    metrics = dict(trainer.callback_metrics)
    if validation:
        results = trainer.fit_loop.epoch_loop.val_loop._results
        if results is not None:
            own = results.metrics(on_step=False)["callback"]
            metrics = {key: value for key, value in metrics.items() if key in own}
    logged = {
        str(key): float(value)
        for key, value in metrics.items()
        if getattr(value, "numel", lambda: 1)() == 1
    }
    return View(
        logged,
        [((*running.loaders, trainer.val_dataloaders), logged)],
        model=lambda: SoFar(trainer, metrics),
        evaluated=lambda figures, as_dict: [dict(figures)],
        owner=trainer,
    )


ADAPTER = Adapter(
    "Lightning",
    {
        f"{package}.trainer.{module}": put
        for package in ("lightning.pytorch", "pytorch_lightning")
        for module, put in (("trainer", _put_fit), ("call", _put_hooks))
    },
)
