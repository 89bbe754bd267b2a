#: framework: xgboost
#: style: fit call, only printed metric
#: objective: maximize auc
#: also: maximize roc_auc_score(y_valid, proba)
#: proposed: yes
#: reports: 60
# %%
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

X, y = make_classification(n_samples=800, n_features=20, n_informative=6, random_state=7)
X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.25, random_state=7)
# %%
model = XGBClassifier(
    n_estimators=60,  #T 60
    learning_rate=0.1,  #T 0.1
    max_depth=4,  #T 4
    subsample=0.8,  #T 0.8
    colsample_bytree=0.8,  #T 0.8
    reg_lambda=1.0,  #T 1.0
    min_child_weight=1,  #T 1
    objective="binary:logistic",
    eval_metric="auc",
    tree_method="hist",
    random_state=42,
    n_jobs=1,
)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], verbose=False)
proba = model.predict_proba(X_valid)[:, 1]
auc = roc_auc_score(y_valid, proba)
print(f"Validation AUC: {auc:.4f}")
