#: framework: xgboost
#: style: config dict, fit call, earlier cells
#: objective: minimize booster.best_score
#: also: minimize evals_result["valid"]["logloss"][-1]
#: also: minimize min(evals_result["valid"]["logloss"])
#: also: maximize evals_result["valid"]["auc"][-1]
#: also: minimize valid_logloss
#: proposed: yes
#: reports: 40
# %%
import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

X, y = load_breast_cancer(return_X_y=True)
rng = np.random.default_rng(17)
X = X + rng.normal(scale=X.std(axis=0), size=X.shape)
X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.3, stratify=y, random_state=17)

# %%
dtrain = xgb.DMatrix(X_tr, label=y_tr)
dvalid = xgb.DMatrix(X_va, label=y_va)

# %%
params = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "eta": 0.08,  #T 0.08
    "max_depth": 4,  #T 4
    "min_child_weight": 3,  #T 3
    "subsample": 0.8,  #T 0.8
    "colsample_bytree": 0.6,  #T 0.6
    "lambda": 2.0,  #T 2.0
    "tree_method": "hist",  #M "hist"
    "nthread": 1,
    "seed": 17,
}
evals_result = {}
booster = xgb.train(
    params,
    dtrain,
    num_boost_round=40,  #T 40
    evals=[(dtrain, "train"), (dvalid, "valid")],
    early_stopping_rounds=15,  #M 15
    evals_result=evals_result,
    verbose_eval=False,
)
valid_logloss = booster.best_score
print(f"best iteration {booster.best_iteration}, logloss {valid_logloss:.4f}")
