"""scikit-learn: each fold of `cross_val_score` and `cross_validate`, and the iterations of the
estimators that measure themselves: MLP*, HistGradientBoosting* (with early stopping, or
verbose), GradientBoosting*.

A fold's report is the objective over the folds so far, and over this one alone; its trial ends
after a fold. An estimator ends its fit by its own early stop. Loops over `partial_fit` or
`warm_start` are loops of the cell and report as such.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from types import FrameType, SimpleNamespace
from typing import Any

from .base import Adapter, View
from .fits import Fit, Fits
from .patches import Patches

FOLDS = ("cross_validate", "cross_val_score")


class _Running:
    """The fit of an estimator that reports."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.estimator: Any = None


class _Folds:
    """The folds under way. frame: of `cross_validate`; scores: of each test by its name."""

    def __init__(self) -> None:
        self.fit: Fit | None = None
        self.frame: FrameType | None = None
        self.scores: dict[str, list[float]] = {}


_RUNNING = _Running()


# --------------------------------------------------------------------------------- folds
def _put_folds(module: Any, patches: Patches, fits: Fits) -> None:
    folds = _Folds()

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def _fit_and_score(*args: Any, **kwargs: Any) -> Any:
            frame = _caller("cross_validate")
            if frame is None:
                return original(*args, **kwargs)
            if frame is not folds.frame:  # the first fold
                if folds.fit is not None:
                    folds.fit.over()
                folds.frame, folds.scores = frame, {}
                folds.fit = fits.begin("sklearn", "joblib", frame=_outermost(frame))
            result = original(*args, **kwargs)
            if folds.fit is not None and isinstance(result, Mapping):
                _add(folds.scores, result.get("test_scores"))
                single = _outermost(frame).f_code.co_name == "cross_val_score"
                last = {name: values[-1:] for name, values in folds.scores.items()}
                if folds.fit.report(_folds_view, folds.scores, single, fold=(last, single)):
                    stopped, folds.fit, folds.frame = folds.fit, None, None
                    stopped.end()
            return result

        return _fit_and_score

    patches.method(module, "_fit_and_score", make)


def _caller(name: str) -> FrameType | None:
    """The frame of scikit-learn's function `name` below which this runs on its own thread."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == name and "sklearn" in frame.f_code.co_filename:
            return frame
        frame = frame.f_back
    return None


def _outermost(frame: FrameType) -> FrameType:
    """The frame of the function that the person called: `cross_val_score` calls the other."""
    at: FrameType | None = frame.f_back
    while at is not None and "sklearn" in at.f_code.co_filename:
        if at.f_code.co_name in FOLDS:
            return at
        at = at.f_back
    return frame


def _add(scores: dict[str, list[float]], found: Any) -> None:
    named: Mapping[str, Any] = found if isinstance(found, Mapping) else {"score": found}
    for name, value in named.items():
        scores.setdefault(name, []).append(float(value))


def _folds_view(scores: Mapping[str, list[float]], single: bool) -> View:
    numpy: Any = sys.modules["numpy"]

    def result() -> Any:
        made = {f"test_{name}": numpy.array(values) for name, values in scores.items()}
        return made["test_score"] if single else made

    return View({f"test_{n}": v[-1] for n, v in scores.items()}, result=result)


# ---------------------------------------------------------------------------- estimators
def _fit_of(fits: Fits) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
            started = fits.begin("sklearn")
            if started is None:
                return original(self, *args, **kwargs)
            running = _RUNNING
            running.fit, running.estimator = started, self
            try:
                # Where it is given by its place, its place is taken.
                if "monitor" in inspect.signature(original).parameters and len(args) < 4:
                    kwargs["monitor"] = _Monitor(started, kwargs.get("monitor"))
                result = original(self, *args, **kwargs)
            finally:
                running.fit = running.estimator = None
                started.over()
            started.end()
            return result

        return fit

    return make


def _live(estimator: Any) -> View:
    return View(result=lambda: estimator, model=lambda: estimator, owner=estimator)


def _put_mlp(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def _update_no_improvement_count(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            fit = _RUNNING.fit
            if fit is not None and _RUNNING.estimator is self and fit.report(_live, self):
                # Its own early stop, without the words about a score that doesn't improve.
                self._optimizer.trigger_stopping = lambda msg, verbose: True
                self._no_improvement_count = self.n_iter_no_change + 1

        return _update_no_improvement_count

    owner = module.BaseMultilayerPerceptron
    patches.method(owner, "fit", _fit_of(fits))
    patches.method(owner, "_update_no_improvement_count", make)


def _put_hist(module: Any, patches: Patches, fits: Fits) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def check(self: Any, *args: Any, **kwargs: Any) -> bool:
            ended = bool(original(self, *args, **kwargs))
            fit = _RUNNING.fit
            if fit is None or _RUNNING.estimator is not self:
                return ended
            if len(self.train_score_) < 2:  # before the first iteration
                return ended
            return fit.report(_live, self) or ended

        return check

    owner = module.BaseHistGradientBoosting
    patches.method(owner, "fit", _fit_of(fits))
    for name in ("_check_early_stopping_loss", "_check_early_stopping_scorer"):
        patches.method(owner, name, make)


def _put_boosting(module: Any, patches: Patches, fits: Fits) -> None:
    patches.method(module.BaseGradientBoosting, "fit", _fit_of(fits))


class _Monitor:
    """`monitor` of GradientBoosting*.fit: called after each stage; a true value ends the fit."""

    def __init__(self, fit: Fit, own: Callable[..., Any] | None) -> None:
        self.fit, self.own = fit, own

    def __call__(self, stage: int, estimator: Any, variables: Any) -> bool:
        ended = bool(self.own(stage, estimator, variables)) if self.own is not None else False
        return self.fit.report(self._view, stage, estimator) or ended

    def _view(self, stage: int, estimator: Any) -> View:
        so_far = SimpleNamespace(n_estimators_=stage + 1)
        for name in ("train_score_", "oob_scores_", "oob_improvement_"):
            values = getattr(estimator, name, None)
            if values is not None:  # made for all stages at the start
                setattr(so_far, name, values[: stage + 1])
        if hasattr(so_far, "oob_scores_"):
            so_far.oob_score_ = so_far.oob_scores_[-1]
        return View(result=lambda: so_far, model=lambda: so_far, owner=estimator)


ADAPTER = Adapter(
    "scikit-learn",
    {
        "sklearn.model_selection._validation": _put_folds,
        "sklearn.neural_network._multilayer_perceptron": _put_mlp,
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting": _put_hist,
        "sklearn.ensemble._gb": _put_boosting,
    },
)
