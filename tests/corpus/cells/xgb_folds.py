#: framework: xgboost
#: style: folds, fit call in a loop, only printed metric
#: objective: minimize np.mean(rmses)
#: also: minimize printed "mean RMSE"
#: also: minimize rmse
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold
from xgboost import XGBRegressor

rng = np.random.default_rng(0)
df = pd.DataFrame(rng.normal(size=(400, 6)), columns=list("abcdef"))
df["target"] = df.a * 2 + df.b**2 - df.c * df.d + rng.normal(0, 0.3, 400)
features = [c for c in df.columns if c != "target"]
# %%
rmses = []
for train_index, test_index in KFold(n_splits=4, shuffle=True, random_state=1).split(df):
    reg = XGBRegressor(n_estimators=50, max_depth=3, learning_rate=0.15, min_child_weight=2, random_state=0, n_jobs=1)  #T 50; 3; 0.15; 2
    reg.fit(df[features].iloc[train_index], df.target.iloc[train_index])
    pred = reg.predict(df[features].iloc[test_index])
    rmse = np.sqrt(mean_squared_error(df.target.iloc[test_index], pred))
    rmses.append(rmse)
    print("fold RMSE", round(rmse, 4))
print("mean RMSE", np.mean(rmses))
