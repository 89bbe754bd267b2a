#: framework: lightgbm
#: style: folds, config dict, function earlier, trailing expression
#: objective: maximize roc_auc_score(y, oof)
#: also: maximize score
#: proposed: yes
#: reports: 3
# %%
import warnings

import lightgbm as lgb
import numpy as np
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")
X, y = make_classification(900, 15, n_informative=5, weights=[0.8], random_state=2023)
# %%
class CFG:
    n_folds = 3
    seed = 2023
    lgb_params = {
        "objective": "binary",
        "n_estimators": 60,  #M 60
        "learning_rate": 0.07,  #T 0.07
        "num_leaves": 20,  #T 20
        "max_depth": 6,  #T 6
        "min_child_samples": 15,  #T 15
        "subsample": 0.8,  #T 0.8
        "subsample_freq": 1,  #M 1
        "reg_alpha": 0.1,  #T 0.1
        "verbosity": -1,
        "n_jobs": 1,
        "random_state": seed,
    }
# %%
def train_fold(X_tr, y_tr, X_va, y_va):
    clf = lgb.LGBMClassifier(**CFG.lgb_params)
    clf.fit(X_tr, y_tr, eval_set=[(X_va, y_va)], eval_metric="auc", callbacks=[lgb.early_stopping(20, verbose=False)])  #M 20
    return clf
# %%
oof = np.zeros(len(y))
models = []
skf = StratifiedKFold(n_splits=CFG.n_folds, shuffle=True, random_state=CFG.seed)
for fold, (tr, va) in enumerate(skf.split(X, y)):
    clf = train_fold(X[tr], y[tr], X[va], y[va])
    oof[va] = clf.predict_proba(X[va])[:, 1]
    models.append(clf)
    print(f"Fold {fold}: AUC {roc_auc_score(y[va], oof[va]):.4f}")
score = roc_auc_score(y, oof)
score
