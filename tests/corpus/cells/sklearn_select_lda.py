#: framework: sklearn
#: style: pipeline, cross_validate, namespace config, trailing expression
#: objective: maximize cv["test_f1_macro"].mean()
#: also: maximize cv["test_accuracy"].mean()
#: proposed: yes
#: reports: 5
# %%
from types import SimpleNamespace

from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline

opt = SimpleNamespace(
    k_best=30,  #T 30
    shrinkage=0.1,  #T 0.1
    n_splits=5,
    seed=0,
)
X, y = load_digits(return_X_y=True)
X, y = X[:700], y[:700]
# %%
pipe = Pipeline([
    ("select", SelectKBest(f_classif, k=opt.k_best)),  #M f_classif
    ("lda", LinearDiscriminantAnalysis(solver="lsqr", shrinkage=opt.shrinkage)),  #M "lsqr"; LinearDiscriminantAnalysis
])
skf = StratifiedKFold(n_splits=opt.n_splits, shuffle=True, random_state=opt.seed)
cv = cross_validate(pipe, X, y, cv=skf, scoring=["accuracy", "f1_macro"])
cv["test_f1_macro"].mean()
