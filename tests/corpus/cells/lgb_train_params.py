#: framework: lightgbm
#: style: config dict, fit call, early stopping, trailing expression
#: objective: minimize rmse
#: also: minimize mean_squared_error(y_val, preds) ** 0.5
#: also: minimize model.best_score["valid_0"]["rmse"]
#: proposed: yes
#: reports: 60
# %%
import lightgbm as lgb
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_squared_error

X, y = load_diabetes(return_X_y=True)
rng = np.random.RandomState(0)
idx = rng.permutation(len(X))
tr, va = idx[:350], idx[350:]
X_train, y_train, X_val, y_val = X[tr], y[tr], X[va], y[va]
# %%
params = {
    "objective": "regression",
    "metric": "rmse",
    "boosting_type": "gbdt",  #M "gbdt"
    "num_leaves": 15,  #T 15
    "learning_rate": 0.05,  #T 0.05
    "feature_fraction": 0.9,  #T 0.9
    "bagging_fraction": 0.8,  #T 0.8
    "bagging_freq": 5,  #M 5
    "min_data_in_leaf": 10,  #T 10
    "lambda_l2": 0.1,  #T 0.1
    "verbose": -1,
    "seed": 42,
    "num_threads": 1,
}
dtrain = lgb.Dataset(X_train, label=y_train)
dval = lgb.Dataset(X_val, label=y_val, reference=dtrain)
model = lgb.train(
    params,
    dtrain,
    num_boost_round=60,  #M 60
    valid_sets=[dval],
    callbacks=[lgb.early_stopping(30, verbose=False), lgb.log_evaluation(0)],  #M 30
)
preds = model.predict(X_val, num_iteration=model.best_iteration)
rmse = mean_squared_error(y_val, preds) ** 0.5
rmse
