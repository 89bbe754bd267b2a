"""LightGBM: each boosting round that is measured is a report; of `lgb.cv` too.

`lgb.train` and `lgb.cv` get a callback of ours after the person's own; a fit that is to end has
it raise LightGBM's EarlyStopException, as its `early_stopping` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .base import Adapter, View, arguments_of
from .fits import Fit, Fits
from .patches import Patches

LAST = 1 << 20
"""Our callback's order: the person's have come before."""


class _Running:
    """estimator: of the scikit-learn interface whose fit reports, and what it was given."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.estimator: Any = None
        self.given: Mapping[str, Any] = {}


_RUNNING = _Running()


class Fitted:
    """A booster or an estimator as it would be if its fit ended now."""

    def __init__(self, history: Mapping[str, Mapping[str, Sequence[float]]], round_: int) -> None:
        self.evals_result_ = _copied(history)
        self.best_score = {n: {k: v[-1] for k, v in f.items()} for n, f in history.items()}
        self.best_score_ = self.best_score
        self.best_iteration = self.best_iteration_ = round_


class _Rounds:
    """The callback of one fit. given: the arguments of `lgb.train`, or (folds) of `lgb.cv`."""

    before_iteration = False

    def __init__(
        self, fit: Fit, stop: type[Exception], given: Mapping[str, Any], folds: bool
    ) -> None:
        self.order = LAST
        self.fit, self.stop, self.given, self.folds = fit, stop, given, folds
        self.history: dict[str, dict[str, list[float]]] = {}
        self.deviations: dict[str, list[float]] = {}

    def __call__(self, env: Any) -> None:
        results = env.evaluation_result_list or []
        for name, key, value, *rest in results:
            self.history.setdefault(name, {}).setdefault(key, []).append(float(value))
            if self.folds and len(rest) > 1:  # whether higher is better, and the deviation
                self.deviations.setdefault(f"{name} {key}", []).append(float(rest[1]))
        if self.fit.report(self._view, env.iteration):
            raise self.stop(env.iteration, results)

    def _view(self, iteration: int) -> View:
        now = {n: {k: v[-1] for k, v in figs.items()} for n, figs in self.history.items()}
        logged = {f"{name} {key}": v for name, figs in now.items() for key, v in figs.items()}
        running = _RUNNING
        if running.estimator is not None:
            objects: list[tuple[Any, ...]] = [(pair, pair[0]) for pair in _eval_set(running.given)]
        else:
            sets = self.given.get("valid_sets") or ()
            objects = [(one,) for one in (sets if isinstance(sets, list | tuple) else [sets])]
        # Training data that is among the sets is measured first, wherever it stands.
        train = self.given.get("train_set")
        objects.sort(key=lambda made: made[0] is not train)
        fitted = Fitted(self.history, iteration + 1)
        return View(
            logged,
            list(zip(objects, now.values(), strict=False)),
            self._table if self.folds else (lambda: fitted),
            lambda: fitted,
            lambda: _copied(self.history),
            None,
            "Classifier" in type(running.estimator).__name__,
            running.estimator,
        )

    def _table(self) -> dict[str, list[float]]:
        """What `lgb.cv` would return."""
        found: dict[str, list[float]] = {}
        for name, figures in self.history.items():
            for key, values in figures.items():
                found[f"{name} {key}-mean"] = list(values)
                found[f"{name} {key}-stdv"] = list(self.deviations.get(f"{name} {key}", ()))
        return found


def _put_engine(module: Any, patches: Patches, fits: Fits) -> None:
    stop = module.callback.EarlyStopException
    for name in ("train", "cv"):
        patches.function(
            module,
            name,
            lambda original: _with_rounds(original, stop, fits),
            ("lightgbm", "lightgbm.sklearn"),
        )


def _with_rounds(
    original: Callable[..., Any], stop: type[Exception], fits: Fits
) -> Callable[..., Any]:
    running, folds = _RUNNING, original.__name__ == "cv"

    def train(*args: Any, **kwargs: Any) -> Any:
        inner = running.estimator is not None
        started = running.fit if inner else fits.begin("lightgbm")
        if started is None:
            return original(*args, **kwargs)
        try:
            try:
                bound = inspect.signature(original).bind(*args, **kwargs)
            except TypeError:  # it says itself what is wrong
                return original(*args, **kwargs)
            given = dict(bound.arguments)
            own = list(given.get("callbacks") or ())
            for i, one in enumerate(own):  # as LightGBM numbers them
                getattr(one, "__dict__", {}).setdefault("order", i - len(own))
            bound.arguments["callbacks"] = [*own, _Rounds(started, stop, given, folds)]
            result = original(*bound.args, **bound.kwargs)
        finally:
            if not inner:
                started.over()
        if not inner:
            started.end()
        return result

    return train


def _put_estimators(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        running = _RUNNING

        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("lightgbm")
            if started is None:
                return original(self, *args, **kwargs)
            running.fit, running.estimator = started, self
            try:
                running.given = arguments_of(original, self, *args, **kwargs)
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.estimator = None
                running.given = {}
                started.over()
            started.end()
            return result

        return fit

    for name in ("LGBMModel", "LGBMClassifier", "LGBMRegressor", "LGBMRanker"):
        owner = getattr(module, name, None)
        if owner is not None and "fit" in vars(owner):
            patches.method(owner, "fit", make)


def _eval_set(given: Mapping[str, Any]) -> list[Any]:
    """The (X, y) pairs of a `fit` call, in whichever of the two ways they were given."""
    pairs = given.get("eval_set")
    if pairs is None and given.get("eval_X") is not None:
        first, second = given["eval_X"], given["eval_y"]
        several = isinstance(first, tuple)
        pairs = list(zip(first, second, strict=False)) if several else [(first, second)]
    return [pairs] if isinstance(pairs, tuple) else list(pairs or ())


def _copied(history: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Any]:
    return {name: {k: list(v) for k, v in figs.items()} for name, figs in history.items()}


ADAPTER = Adapter(
    "LightGBM",
    {"lightgbm.engine": _put_engine, "lightgbm.sklearn": _put_estimators},
)
