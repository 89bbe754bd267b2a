#: framework: sklearn
#: style: pipeline, cross-validation, earlier cells
#: objective: maximize scores.mean()
#: also: maximize np.mean(scores)
#: also: maximize printed "ROC AUC:"
#: proposed: yes
#: reports: 5
# %%
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

rng = np.random.default_rng(2024)

# %%
size = 500
df = pd.DataFrame({
    "age": rng.integers(18, 80, size).astype(float),
    "income": rng.lognormal(10, 0.6, size),
    "visits": rng.poisson(3, size),
    "plan": rng.choice(["basic", "plus", "pro"], size, p=[0.6, 0.3, 0.1]),
    "region": rng.choice(list("NSEW"), size),
})
logit = -0.03 * (df.age - 45) + 0.4 * df.visits + (df.plan == "basic") - 1.8
df["churn"] = (rng.random(size) < 1 / (1 + np.exp(-logit))).astype(int)
df.loc[rng.choice(size, 40, replace=False), "age"] = np.nan

# %%
num_cols = ["age", "income", "visits"]
cat_cols = ["plan", "region"]
numeric = make_pipeline(
    SimpleImputer(strategy="median"),  #T "median"
    PolynomialFeatures(degree=2, include_bias=False),  #T 2 #M False
    StandardScaler(),  #M StandardScaler
)
prep = ColumnTransformer([
    ("num", numeric, num_cols),
    ("cat", OneHotEncoder(handle_unknown="ignore"), cat_cols),
])

# %%
pipe = Pipeline([
    ("prep", prep),
    ("clf", LogisticRegression(C=0.5, class_weight="balanced", solver="liblinear", max_iter=500)),  #T 0.5; "balanced" #M "liblinear"; 500; LogisticRegression
])
cv = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)  #M 5
scores = cross_val_score(pipe, df[num_cols + cat_cols], df["churn"], cv=cv, scoring="roc_auc")
print(f"ROC AUC: {scores.mean():.3f} +/- {scores.std():.3f}")
