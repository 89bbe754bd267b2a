#: framework: lightgbm
#: style: cross-validation, train function, config dict
#: objective: minimize cv_rmse
#: also: minimize oof_rmse
#: also: minimize fold_rmse
#: also: minimize np.mean(rmses)
#: also: minimize rmse
#: proposed: yes
#: reports: 3
# %%
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold

rng = np.random.default_rng(55)
train = pd.DataFrame(rng.normal(size=(600, 8)), columns=[f"f{i}" for i in range(8)])
train["shop"] = pd.Categorical(rng.integers(0, 6, len(train)))
train["y"] = train.f0 * train.f1 + np.sin(2 * train.f2) + 0.5 * train.shop.cat.codes + rng.normal(scale=0.3, size=len(train))
FEATURES = [c for c in train.columns if c != "y"]

LGB_PARAMS = {
    "learning_rate": 0.05,  #T 0.05
    "num_leaves": 15,  #T 15
    "min_child_samples": 12,  #T 12
    "feature_fraction": 0.8,  #T 0.8
    "bagging_fraction": 0.9,  #T 0.9
    "bagging_freq": 1,  #M 1
    "reg_lambda": 0.5,  #T 0.5
    "n_estimators": 80,  #T 80
    "random_state": 55,
    "n_jobs": 1,
    "verbosity": -1,
}


def run_cv(params, n_folds=3):  #M 3
    oof = np.zeros(len(train))
    for fold, (a, b) in enumerate(KFold(n_folds, shuffle=True, random_state=1).split(train)):
        model = lgb.LGBMRegressor(**params)  #M LGBMRegressor
        model.fit(
            train.loc[a, FEATURES], train.loc[a, "y"],
            eval_set=[(train.loc[b, FEATURES], train.loc[b, "y"])],
            callbacks=[lgb.early_stopping(10, verbose=False)],  #M 10
        )
        oof[b] = model.predict(train.loc[b, FEATURES])
        fold_rmse = mean_squared_error(train.loc[b, "y"], oof[b]) ** 0.5
        print(f"fold {fold} rmse={fold_rmse:.4f} trees={model.best_iteration_}")
    return oof


oof = run_cv(LGB_PARAMS)
cv_rmse = mean_squared_error(train["y"], oof) ** 0.5
print("OOF rmse:", cv_rmse)
