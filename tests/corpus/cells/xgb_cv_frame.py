#: framework: xgboost
#: style: xgb.cv, keyword arguments, trailing expression
#: objective: maximize cv_results["test-auc-mean"].iloc[-1]
#: also: maximize cv_results["test-auc-mean"].max()
#: proposed: yes
#: reports: 20
# %%
import xgboost as xgb
from sklearn.datasets import load_breast_cancer

cancer = load_breast_cancer()
data_dmatrix = xgb.DMatrix(data=cancer.data, label=cancer.target)
# %%
params = dict(objective="binary:logistic", max_depth=4, learning_rate=0.2, reg_alpha=5, colsample_bytree=0.5, nthread=1)  #T 4; 0.2; 5; 0.5
cv_results = xgb.cv(
    dtrain=data_dmatrix,
    params=params,
    nfold=3,
    num_boost_round=20,  #M 20
    metrics="auc",
    as_pandas=True,
    seed=123,
)
cv_results.tail()
