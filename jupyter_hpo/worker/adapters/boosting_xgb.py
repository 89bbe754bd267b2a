"""XGBoost: each boosting round that is measured is a report; of `xgb.cv` too.

`xgb.train` and `xgb.cv`, which people import by name, stay as they are: their list of callbacks
is looked at when it has told its own of the round. A fit that is to end is ended by that list's
own word for it, the true value of `after_iteration`, and its callbacks are told of the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from .base import Adapter, Missing, View, arguments_of
from .fits import Fit, Fits
from .patches import Patches

Sets = list[tuple[tuple[Any, ...], Mapping[str, float]]]


class _Running:
    """The fit that reports, by the list of callbacks that it uses. estimator: of the
    scikit-learn interface, and what it was given."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.callbacks: Any = None
        self.estimator: Any = None
        self.given: Mapping[str, Any] = {}


_RUNNING = _Running()


class Fitted:
    """An estimator of the scikit-learn interface as it would be if its fit ended now."""

    def __init__(self, history: Mapping[str, Mapping[str, Sequence[float]]], booster: Any) -> None:
        self._history, self._booster = history, booster

    def evals_result(self) -> dict[str, dict[str, list[float]]]:
        return _copied(self._history)

    @property
    def evals_result_(self) -> dict[str, dict[str, list[float]]]:
        return _copied(self._history)

    def get_booster(self) -> Any:
        return self._booster

    @property
    def best_score(self) -> float:
        return float(self._booster.best_score)

    @property
    def best_iteration(self) -> int:
        return int(self._booster.best_iteration)


def _put_callbacks(module: Any, patches: Patches, fits: Fits) -> None:
    running = _RUNNING

    def make_before(original: Callable[..., Any]) -> Callable[..., Any]:
        def before_training(self: Any, model: Any) -> Any:
            if running.estimator is not None and running.fit is not None:
                running.callbacks = self
            elif (started := fits.begin("xgboost", frame=_train())) is not None:
                running.fit, running.callbacks = started, self
                running.estimator, running.given = None, {}
            return original(self, model)

        return before_training

    def make_iteration(original: Callable[..., Any]) -> Callable[..., Any]:
        def after_iteration(self: Any, model: Any, epoch: int, dtrain: Any, evals: Any) -> bool:
            ended = bool(original(self, model, epoch, dtrain, evals))
            if running.callbacks is not self or running.fit is None:
                return ended
            return running.fit.report(_view, running, self, model, evals) or ended

        return after_iteration

    def make_after(original: Callable[..., Any]) -> Callable[..., Any]:
        def after_training(self: Any, model: Any) -> Any:
            model = original(self, model)
            if running.callbacks is self and running.fit is not None:
                started, running.callbacks = running.fit, None
                if running.estimator is None:
                    running.fit = None
                    started.end()
            return model

        return after_training

    patches.method(module.CallbackContainer, "before_training", make_before)
    patches.method(module.CallbackContainer, "after_iteration", make_iteration)
    patches.method(module.CallbackContainer, "after_training", make_after)


def _train() -> FrameType:
    """The frame of `xgb.train` or `xgb.cv`: two above this function's caller's."""
    return sys._getframe(2)


def _put_estimators(module: Any, patches: Patches, fits: Fits) -> None:
    for name in ("XGBModel", "XGBClassifier", "XGBRanker"):
        owner = getattr(module, name, None)
        if owner is not None and "fit" in vars(owner):
            patches.method(owner, "fit", lambda original: _estimator_fit(original, fits))


def _estimator_fit(original: Callable[..., Any], fits: Fits) -> Callable[..., Any]:
    running = _RUNNING

    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        started = fits.begin("xgboost")
        if started is None:
            return original(self, *args, **kwargs)
        running.fit, running.estimator, running.callbacks = started, self, None
        try:
            running.given = arguments_of(original, self, *args, **kwargs)
            result = original(self, *args, **kwargs)
        finally:
            running.fit = running.estimator = running.callbacks = None
            running.given = {}
            started.over()
        started.end()
        return result

    return fit


def _view(running: _Running, callbacks: Any, model: Any, evals: Any) -> View:
    history = callbacks.history
    now = {
        name: {key: _number(values[-1]) for key, values in figures.items() if len(values)}
        for name, figures in history.items()
    }
    logged = {f"{name} {key}": value for name, figs in now.items() for key, value in figs.items()}
    objects: list[tuple[Any, ...]] = [(matrix,) for matrix, _ in evals or ()]
    if running.estimator is not None:
        objects = [(pair, pair[0]) for pair in running.given.get("eval_set") or ()]
    sets: Sets = list(zip(objects, now.values(), strict=False))
    if running.estimator is not None:
        fitted = Fitted(history, model)
        classifier = "Classifier" in type(running.estimator).__name__
        owner = running.estimator
        return View(logged, sets, lambda: fitted, lambda: fitted, None, None, classifier, owner)
    if getattr(callbacks, "is_cv", False):
        return View(logged, sets, lambda: _table(history))
    return View(logged, sets, lambda: model, None, lambda: _copied(history))


def _table(history: Mapping[str, Mapping[str, Sequence[Any]]]) -> Any:
    """What `xgb.cv` would return: a data frame, or a dictionary where pandas isn't loaded or the
    call says so."""
    columns = {}
    for name, figures in history.items():
        for key, values in figures.items():
            columns[f"{name}-{key}-mean"] = [_number(value) for value in values]
            columns[f"{name}-{key}-std"] = [
                value[1] if isinstance(value, tuple) else 0.0 for value in values
            ]
    pandas: Any = sys.modules.get("pandas")
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "cv":
        frame = frame.f_back
    if frame is None:
        raise Missing
    as_frame = pandas is not None and frame.f_locals.get("as_pandas", True)
    return pandas.DataFrame(columns) if as_frame else columns


def _number(value: Any) -> float:
    return float(value[0] if isinstance(value, tuple) else value)  # of folds: (mean, deviation)


def _copied(history: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Any]:
    return {name: {k: list(v) for k, v in figs.items()} for name, figs in history.items()}


ADAPTER = Adapter(
    "XGBoost",
    {"xgboost.callback": _put_callbacks, "xgboost.sklearn": _put_estimators},
)
