#: framework: xgboost
#: style: config dict, fit call, trailing expression
#: objective: minimize evals_result["valid"]["rmse"][-1]
#: also: minimize bst.best_score
#: proposed: yes
#: reports: 40
# %%
import numpy as np
import xgboost as xgb
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

X, y = load_diabetes(return_X_y=True, as_frame=True)
X.describe()
# %%
X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.2, random_state=0)
dtrain = xgb.DMatrix(X_train, label=y_train)
dvalid = xgb.DMatrix(X_valid, label=y_valid)
# %%
param = {
    "max_depth": 3,  #T 3
    "eta": 0.1,  #T 0.1
    "gamma": 0.0,  #T 0.0
    "subsample": 0.9,  #T 0.9
    "colsample_bytree": 0.7,  #T 0.7
    "alpha": 0.01,  #T 0.01
    "objective": "reg:squarederror",
    "eval_metric": "rmse",
    "seed": 0,
    "nthread": 1,
}
num_round = 40  #M 40
evals_result = {}
bst = xgb.train(param, dtrain, num_round, evals=[(dtrain, "train"), (dvalid, "valid")],
                evals_result=evals_result, early_stopping_rounds=20, verbose_eval=False)  #M 20
bst.best_iteration, bst.best_score
