import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
class Clip(TransformerMixin, BaseEstimator):
    def __init__(self, at=1.0): self.at = at
    def fit(self, X, y=None): return self
    def transform(self, X): return np.clip(X, -self.at, self.at)
X, y = load_digits(return_X_y=True)
pipe = make_pipeline(StandardScaler(), Clip(2.0), FunctionTransformer(lambda v: v * 2), LogisticRegression(max_iter=20)).fit(X, y)
forest = RandomForestClassifier(5, random_state=0).fit(X, y)
boost = HistGradientBoostingClassifier(max_iter=3).fit(X, y)
near = KNeighborsClassifier(algorithm="kd_tree").fit(X, y)
search = GridSearchCV(LogisticRegression(max_iter=5), {"C": [1, 2]}, cv=2)
folds = StratifiedKFold(3)
scores = [m.score(X, y) for m in (pipe, forest, boost, near)]
# %% trial
assert [m.score(X, y) for m in (pipe, forest, boost, near)] == scores
assert pipe.named_steps["clip"].at == 2.0 and isinstance(clone(pipe)[1], Clip)
pipe.set_params(clip__at=0.5).fit(X, y)
assert search.estimator.max_iter == 5 and folds.get_n_splits() == 3
x = 1
