#: framework: lightgbm
#: style: fit call, keyword arguments, trailing expression
#: objective: maximize r2_score(y_te, model.predict(X_te))
#: also: maximize model.score(X_te, y_te)
#: proposed: yes
#: reports: 80
# %%
from lightgbm import LGBMRegressor
from sklearn.datasets import make_friedman1
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

X, y = make_friedman1(n_samples=600, noise=0.5, random_state=3)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, random_state=3)
model = LGBMRegressor(n_estimators=80, learning_rate=0.08, num_leaves=24, colsample_bytree=0.9, reg_lambda=0.5, random_state=3, verbose=-1, n_jobs=1)  #T 80; 0.08; 24; 0.9; 0.5
model.fit(X_tr, y_tr, eval_set=[(X_te, y_te)], eval_metric="l2")
r2_score(y_te, model.predict(X_te))
