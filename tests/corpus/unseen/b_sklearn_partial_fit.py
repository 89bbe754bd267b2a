#: framework: sklearn
#: style: top-level loop, partial fit
#: objective: maximize holdout_acc
#: also: maximize curve[-1]
#: also: maximize max(curve)
#: proposed: yes
#: reports: 4
# %%
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import SGDClassifier
from sklearn.preprocessing import StandardScaler

X, y = make_classification(
    n_samples=1500, n_features=30, n_informative=8, n_redundant=4, flip_y=0.05, random_state=31
)
X_fit, y_fit = X[:1200], y[:1200]
X_hold, y_hold = X[1200:], y[1200:]
scaler = StandardScaler().fit(X_fit)  #M StandardScaler
X_fit, X_hold = scaler.transform(X_fit), scaler.transform(X_hold)

rng = np.random.RandomState(31)
chunk = 100  #T 100
clf = SGDClassifier(
    loss="hinge",  #T "hinge"
    penalty="elasticnet",  #T "elasticnet"
    alpha=1e-3,  #T 1e-3
    l1_ratio=0.2,  #T 0.2
    learning_rate="invscaling",  #T "invscaling"
    eta0=0.05,  #T 0.05
    random_state=31,
)
curve = []
for sweep in range(4):  #M 4
    idx = rng.permutation(len(X_fit))
    for start in range(0, len(idx), chunk):
        part = idx[start:start + chunk]
        clf.partial_fit(X_fit[part], y_fit[part], classes=[0, 1])
    holdout_acc = clf.score(X_hold, y_hold)
    curve.append(holdout_acc)
    print(f"sweep {sweep}: holdout accuracy {holdout_acc:.3f}")
