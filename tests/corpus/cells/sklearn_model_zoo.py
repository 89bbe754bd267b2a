#: framework: sklearn
#: style: model zoo, comprehension, cross_val_score, trailing expression
#: objective: maximize max(results.values())
#: also: maximize max(r.mean() for r in results.values())
#: also: maximize score
#: proposed: no
#: reports: 4
# %%
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import scale

X, y = load_breast_cancer(return_X_y=True)
X = scale(X)
# %%
models = {
    "logreg": LogisticRegression(C=0.5, max_iter=500),  #T 0.5
    "knn": KNeighborsClassifier(n_neighbors=7, weights="distance"),  #T 7; "distance"
    "forest": RandomForestClassifier(n_estimators=20, max_depth=6, random_state=0),  #T 20; 6
    "boosting": GradientBoostingClassifier(n_estimators=10, learning_rate=0.3, max_depth=2, random_state=0),  #T 10; 0.3; 2
}
results = {}
for name, model in models.items():
    score = cross_val_score(model, X, y, cv=3).mean()
    results[name] = score
    print(f"{name:10s} {score:.4f}")
pd.Series(results).sort_values()
