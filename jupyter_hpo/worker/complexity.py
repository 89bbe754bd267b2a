"""How complex a fitted model is, as one number: what it has learned, counted.

Of networks the parameters; of trees the leaves; of linear models the coefficients that are not
zero; of support vector machines the support vectors. Numbers of one kind of model compare with
each other, not with those of another kind.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

TOO_MANY_TREES = 5_000
"""Trees of XGBoost beyond which the leaves are not counted: it would take seconds."""
DEEP = 6
"""How far models are looked for inside of others."""
_LEAVES = re.compile(r"^num_leaves=(\d+)", re.MULTILINE)


def most_complex(namespace: Mapping[str, Any], n_params: int | None) -> int | None:
    """The complexity of the most complex model among the values; None where there is none that is
    fitted. n_params: of the largest network, counted already. Imports nothing, never raises; some
    milliseconds for a model of a thousand trees."""
    sklearn: Any = sys.modules.get("sklearn.base")
    kinds = tuple(
        kind
        for kind in (
            getattr(sklearn, "BaseEstimator", None),
            getattr(sys.modules.get("xgboost"), "Booster", None),
            getattr(sys.modules.get("lightgbm"), "Booster", None),
        )
        if isinstance(kind, type)
    )
    found = [n_params] if n_params is not None else []
    seen: set[int] = set()
    for value in list(namespace.values()) if kinds else ():
        if isinstance(value, kinds) and id(value) not in seen:
            seen.add(id(value))
            count = complexity(value)
            if count is not None:
                found.append(count)
    return max(found, default=None)


def complexity(model: Any, depth: int = 0) -> int | None:
    """Of one model of scikit-learn, XGBoost or LightGBM; None when it is not fitted, or nothing
    can be counted. Searches and pipelines count as the model in them, ensembles as all of
    theirs."""
    try:
        return _count(model, depth)
    except Exception:  # a model of the person's own whose attributes mean something else
        return None


def _count(model: Any, depth: int) -> int | None:
    if depth > DEEP:
        return None
    inner = _inside(model)
    if inner is not None:
        return complexity(inner, depth + 1)
    for count in (_boosted, _leaves, _support_vectors, _weights, _coefficients):
        found = count(model)
        if found is not None:
            return found
    parts = [complexity(part, depth + 1) for part in _members(model)]
    counted = [part for part in parts if part is not None]
    return sum(counted) if counted else None


def _inside(model: Any) -> Any:
    """The model that a search, a pipeline or a wrapper has fitted."""
    for name in ("best_estimator_", "regressor_", "estimator_", "final_estimator_"):
        if name == "final_estimator_" and hasattr(model, "estimators_"):
            continue  # stacked models: all of them count
        found = getattr(model, name, None)
        if hasattr(found, "get_params") and name != "estimator_":
            return found
        if hasattr(found, "predict") and not hasattr(model, "estimators_"):
            return found
    steps = getattr(model, "steps", None)
    if isinstance(steps, list) and steps:
        last = steps[-1][1]
        return last if hasattr(last, "predict") else None
    return None


def _members(model: Any) -> Iterator[Any]:
    """The fitted models of an ensemble."""
    for name in ("estimators_", "calibrated_classifiers_", "final_estimator_"):
        found: Any = getattr(model, name, None)
        if found is not None and hasattr(found, "ravel"):
            # Boosted trees, one column for each class.
            found = found.ravel().tolist()
        if isinstance(found, list | tuple):
            yield from found
        elif hasattr(found, "predict"):
            yield found
    if not hasattr(model, "estimators_") and hasattr(getattr(model, "estimator", None), "predict"):
        yield model.estimator  # of a calibrated classifier's folds


def _leaves(model: Any) -> int | None:
    if hasattr(model, "tree_"):
        return int(model.tree_.n_leaves)
    predictors = getattr(model, "_predictors", None)  # HistGradientBoosting
    if isinstance(predictors, list):
        return sum(int(tree.get_n_leaf_nodes()) for each in predictors for tree in each)
    return None


def _boosted(model: Any) -> int | None:
    """Leaves of XGBoost's and LightGBM's trees, coefficients of their linear boosters."""
    booster = model
    if hasattr(model, "get_booster"):
        booster = model.get_booster()
    elif hasattr(model, "booster_"):
        booster = model.booster_
    if hasattr(booster, "get_dump"):
        if booster.num_boosted_rounds() > TOO_MANY_TREES:
            return None
        trees: list[str] = booster.get_dump()
        if any("leaf=" in tree for tree in trees):
            return sum(tree.count("leaf=") for tree in trees)
        words = [word for tree in trees for word in tree.split("weight:")[-1].split()]
        return sum(float(word) != 0 for word in words)
    if hasattr(booster, "model_to_string"):
        return sum(map(int, _LEAVES.findall(booster.model_to_string())))
    return None


def _support_vectors(model: Any) -> int | None:
    found = getattr(model, "support_vectors_", None)
    return int(found.shape[0]) if found is not None and hasattr(model, "support_") else None


def _weights(model: Any) -> int | None:
    """Of a network of scikit-learn's."""
    layers = getattr(model, "coefs_", None)
    if not isinstance(layers, list):
        return None
    return sum(int(part.size) for part in [*layers, *model.intercepts_])


def _coefficients(model: Any) -> int | None:
    """Not zero, of a linear model."""
    found = getattr(model, "coef_", None)
    if found is None or not hasattr(model, "predict"):
        return None
    if hasattr(found, "count_nonzero"):  # sparse
        return int(found.count_nonzero())
    return int((found != 0).sum())
