"""Hugging Face `Trainer`: each evaluation in `train` is a report, or each log where the
objective is logged only there.

No callback is added: the trainer's own list of callbacks is looked at when it has told them. A
training that is to end has `control.should_training_stop` set, as `EarlyStoppingCallback` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from .base import Adapter, View
from .fits import Fit, Fits
from .patches import Patches


class _Running:
    """The training that reports, and its trainer."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.trainer: Any = None


_RUNNING = _Running()


def _put_train(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def train(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("transformers", "accelerate", "trl")
            if started is None:
                return original(self, *args, **kwargs)
            running = _RUNNING
            running.fit, running.trainer = started, self
            try:
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.trainer = None
                started.over()
            started.end()
            return result

        return train

    patches.method(module.Trainer, "train", make)


def _put_events(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        evaluation = original.__name__ == "on_evaluate"

        def told(self: Any, args: Any, state: Any, control: Any, *rest: Any, **named: Any) -> Any:
            result = original(self, args, state, control, *rest, **named)
            fit, trainer = _RUNNING.fit, _RUNNING.trainer
            if fit is None or getattr(trainer, "callback_handler", None) is not self:
                return result
            figures = (rest[0] if rest else named.get("metrics" if evaluation else "logs")) or {}
            # An evaluation logs its figures before it is told as one.
            if not evaluation and any(str(key).startswith("eval_") for key in figures):
                return result
            if fit.report(_view, trainer, figures, evaluation):
                (control if result is None else result).should_training_stop = True
            return result

        return told

    for name in ("on_evaluate", "on_log"):
        patches.method(module.CallbackHandler, name, make)


def _view(trainer: Any, figures: Mapping[str, Any], evaluation: bool) -> View:
    logged = {k: float(v) for k, v in figures.items() if isinstance(v, Real)}
    return View(
        logged,
        [((trainer.eval_dataset,), logged)] if evaluation else (),
        model=lambda: trainer,
        evaluated=lambda found, as_dict: dict(found),
        owner=trainer,
    )


ADAPTER = Adapter(
    "Hugging Face Trainer",
    {
        "transformers.trainer": _put_train,
        "transformers.trainer_callback": _put_events,
    },
)
