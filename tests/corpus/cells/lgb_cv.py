#: framework: lightgbm
#: style: lgb.cv, config dict changed by item, only printed metric
#: objective: minimize cv["valid multi_logloss-mean"][-1]
#: also: minimize best
#: also: minimize min(cv["valid multi_logloss-mean"])
#: also: minimize printed "best logloss"
#: proposed: yes
#: reports: 25
# %%
import lightgbm as lgb
from sklearn.datasets import load_wine

wine = load_wine(as_frame=True)
wine.data.head()
# %%
params = {"objective": "multiclass", "num_class": 3, "metric": "multi_logloss", "verbosity": -1, "num_threads": 1, "seed": 1}
params["learning_rate"] = 0.1  #T 0.1
params["num_leaves"] = 7  #T 7
params["min_data_in_leaf"] = 8  #T 8
params["feature_fraction"] = 0.8  #T 0.8
# %%
cv = lgb.cv(params, lgb.Dataset(wine.data, wine.target), num_boost_round=25, nfold=4, stratified=True, seed=1)  #M 25
best = min(cv["valid multi_logloss-mean"])
print("best logloss", best, "after", len(cv["valid multi_logloss-mean"]), "rounds")
