#: framework: xgboost
#: style: native API, config dict, evals, one cell
#: objective: minimize evals_result["valid"]["rmse"][-1]
#: also: minimize bst.best_score
#: also: minimize rmse
#: also: maximize r2
#: also: minimize printed "RMSE:"
#: also: minimize printed "valid-rmse:"
#: proposed: yes
#: reports: 40
# %%
import numpy as np
import xgboost as xgb
from sklearn.datasets import make_friedman1
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

X, y = make_friedman1(n_samples=700, n_features=10, noise=1.0, random_state=99)
X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.3, random_state=99)

dtrain = xgb.DMatrix(X_train, label=y_train)
dvalid = xgb.DMatrix(X_valid, label=y_valid)

param = {
    "objective": "reg:squarederror",
    "eval_metric": "rmse",
    "booster": "gbtree",  #M "gbtree"
    "eta": 0.1,  #T 0.1
    "max_depth": 4,  #T 4
    "min_child_weight": 2,  #T 2
    "subsample": 0.85,  #T 0.85
    "colsample_bytree": 0.8,  #T 0.8
    "lambda": 1.5,  #T 1.5
    "alpha": 0.01,  #T 0.01
    "seed": 99,
    "nthread": 1,
}
num_round = 40  #T 40
watchlist = [(dtrain, "train"), (dvalid, "valid")]
evals_result = {}

bst = xgb.train(
    param, dtrain, num_round, evals=watchlist, evals_result=evals_result, verbose_eval=20
)

preds = bst.predict(dvalid)
rmse = np.sqrt(mean_squared_error(y_valid, preds))
r2 = r2_score(y_valid, preds)
print("RMSE: %.4f" % rmse)
print("R2: %.4f" % r2)
