#: framework: lightgbm
#: style: cross-validation by hand, out of fold, function, earlier cells
#: objective: maximize cv_auc
#: also: maximize roc_auc_score(y, oof)
#: also: maximize auc
#: also: maximize np.mean(aucs)
#: also: maximize printed "CV AUC:"
#: proposed: yes
#: reports: 3
# %%
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

X, y = make_classification(
    n_samples=800, n_features=15, n_informative=6, weights=[0.75], flip_y=0.05, random_state=3
)
train = pd.DataFrame(X, columns=[f"var_{i}" for i in range(15)])
train["target"] = y
FEATURES = [c for c in train.columns if c != "target"]


# %%
def run_cv(train, features, params, n_splits=3):
    y = train["target"]
    oof = np.zeros(len(train))
    aucs = []
    folds = StratifiedKFold(n_splits=n_splits, shuffle=True, random_state=3)
    for n_fold, (trn_idx, val_idx) in enumerate(folds.split(train[features], y)):
        model = lgb.LGBMClassifier(**params)  #M LGBMClassifier
        model.fit(
            train[features].iloc[trn_idx],
            y.iloc[trn_idx],
            eval_set=[(train[features].iloc[val_idx], y.iloc[val_idx])],
            eval_metric="auc",
            callbacks=[lgb.early_stopping(20, verbose=False)],  #M 20
        )
        oof[val_idx] = model.predict_proba(train[features].iloc[val_idx])[:, 1]
        auc = roc_auc_score(y.iloc[val_idx], oof[val_idx])
        aucs.append(auc)
        print(f"Fold {n_fold + 1} AUC : {auc:.5f}")
    return oof, aucs


# %%
params = dict(
    n_estimators=50,  #T 50
    learning_rate=0.08,  #T 0.08
    num_leaves=15,  #T 15
    max_depth=-1,  #T -1
    min_child_samples=20,  #T 20
    subsample=0.9,  #T 0.9
    subsample_freq=1,  #M 1
    colsample_bytree=0.7,  #T 0.7
    reg_alpha=0.1,  #T 0.1
    reg_lambda=0.5,  #T 0.5
    random_state=3,
    n_jobs=1,
    verbose=-1,
)
oof, aucs = run_cv(train, FEATURES, params)
cv_auc = roc_auc_score(train["target"], oof)
print(f"CV AUC: {cv_auc:.5f}")
