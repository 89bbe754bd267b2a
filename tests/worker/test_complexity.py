"""What a fitted model counts as."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_hpo.worker.complexity import complexity, most_complex
from jupyter_hpo.worker.figures import Meter

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] + 0.3 * RNG.normal(size=60) > 0).astype(int)
STUMP = DecisionTreeClassifier(max_depth=1)  # two leaves
LINEAR = LogisticRegression()  # four coefficients


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (STUMP, 2),
        (RandomForestClassifier(3, max_depth=1, random_state=0), 6),
        (GradientBoostingClassifier(n_estimators=5, max_depth=1), 10),
        (AdaBoostClassifier(n_estimators=3), 6),
        (HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=2), 4),
        (LINEAR, 4),
        (Lasso(alpha=1e3), 0),
        (MLPClassifier((3,), max_iter=2, tol=10, n_iter_no_change=1), 4 * 3 + 3 + 3 + 1),
        (make_pipeline(StandardScaler(), LINEAR), 4),
        (GridSearchCV(STUMP, {"max_depth": [1]}, cv=2), 2),
        (make_pipeline(StandardScaler(), GridSearchCV(STUMP, {"max_depth": [1]}, cv=2)), 2),
        (VotingClassifier([("a", STUMP), ("b", LINEAR)]), 6),
        (StackingClassifier([("a", STUMP), ("b", STUMP)], LogisticRegression(), cv=2), 4 + 2),
        (OneVsRestClassifier(LINEAR), 4),
        (CalibratedClassifierCV(STUMP, cv=2), 4),
        (TransformedTargetRegressor(LinearRegression()), 4),
        (KNeighborsClassifier(), None),
        (make_pipeline(StandardScaler(), "passthrough"), None),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else str(value),
)
def test_a_fitted_model_is_counted(model, expected):
    fresh = clone(model)
    assert complexity(fresh) is None
    assert complexity(fresh.fit(X, Y)) == expected


def test_support_vectors_are_counted():
    fitted = SVC().fit(X, Y)
    assert complexity(fitted) == len(fitted.support_vectors_) > 2


def test_leaves_of_boosted_trees_are_counted():
    xgboost, lightgbm = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    trees = xgboost.XGBClassifier(n_estimators=3, max_depth=1, n_jobs=1).fit(X, Y)
    assert complexity(trees) == complexity(trees.get_booster()) == 6
    other = lightgbm.LGBMClassifier(n_estimators=3, num_leaves=2, n_jobs=1, verbose=-1).fit(X, Y)
    assert complexity(other) == complexity(other.booster_) == 6
    linear = xgboost.XGBRegressor(booster="gblinear", n_estimators=2, n_jobs=1).fit(X, X[:, 0])
    assert 1 <= complexity(linear) <= 4


def test_the_most_complex_model_is_the_trial_s():
    small, large = clone(STUMP).fit(X, Y), LogisticRegression().fit(X, Y)
    names = {"a": small, "b": large, "same": large, "c": LogisticRegression(), "d": 3}
    assert most_complex(names, None) == 4
    assert most_complex(names, 90) == 90
    assert most_complex({"x": 1}, None) is None
    assert Meter().read(names)["complexity"] == 4.0


def test_a_model_that_misbehaves_counts_as_none():
    class Odd(LogisticRegression):
        @property
        def coef_(self):
            raise RuntimeError("no")

    assert complexity(Odd()) is None
    recursive = make_pipeline(StandardScaler())
    recursive.steps.append(("itself", recursive))
    assert complexity(recursive) is None


def test_looking_imports_nothing():
    check = (
        "from jupyter_hpo.worker.complexity import most_complex; most_complex({'x': 1}, None);"
        "import sys; print([m for m in ('sklearn', 'torch', 'xgboost') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
