#: framework: sklearn
#: style: model-zoo comparison, two experiments in one notebook, the second is tuned, dicts mutated across cells
#: objective: maximize score
#: also: maximize results["boosting"]
#: proposed: yes
#: reports: none
# %%
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
# %%
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
# %%
cancer = load_breast_cancer()
X = pd.DataFrame(cancer.data, columns=cancer.feature_names)
y = pd.Series(cancer.target)
X.describe().T.head()
# %%
SEED = 7
results = {}
fitted = []
# %%
def split(X, y, test_size=0.3):
    return train_test_split(X, y, test_size=test_size, random_state=SEED, stratify=y)
# %%
X_tr, X_va, y_tr, y_va = split(X, y)
mean, std = X_tr.mean(), X_tr.std()
X_tr = (X_tr - mean) / std
X_va = (X_va - mean) / std
# %%
def evaluate(name, model):
    model.fit(X_tr, y_tr)
    score = f1_score(y_va, model.predict(X_va))
    results[name] = score
    fitted.append(model)
    return score
# %%
for name, m in [
    ("logreg", LogisticRegression(max_iter=200)),
    ("knn", KNeighborsClassifier(5)),
    ("svc", SVC(C=1.0)),
    ("forest", RandomForestClassifier(20, random_state=SEED)),
]:
    print(name, evaluate(name, m))
# %%
pd.Series(results).sort_values(ascending=False)
# %%
# boosting looked promising last time: experiment 2
n_rounds = 25  #T 25
shrinkage = 0.2  #T 0.2
# %%
gb = GradientBoostingClassifier(
    n_estimators=n_rounds,
    learning_rate=shrinkage,
    max_depth=2,  #T 2
    subsample=0.7,  #T 0.7
    random_state=SEED,
)
# %% train
score = evaluate("boosting", gb)
print("boosting", score)
# %%
pd.DataFrame({"f1": results}).round(3)
# %%
len(fitted), max(results, key=results.get)
