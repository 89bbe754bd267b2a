#: framework: sklearn
#: style: pipeline, earlier top-level values, fit call, trailing expression
#: objective: maximize clf.score(X_test, y_test)
#: proposed: yes
#: reports: none
# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(8)
n = 500
df = pd.DataFrame({
    "age": rng.integers(18, 80, n).astype(float),
    "fare": rng.gamma(2.0, 20.0, n),
    "sex": rng.choice(["male", "female"], n),
    "embarked": rng.choice(["S", "C", "Q"], n),
})
df.loc[rng.random(n) < 0.1, "age"] = np.nan
df["survived"] = ((df.sex == "female") * 1.2 + df.fare / 60 + rng.normal(0, 0.6, n) > 1.1).astype(int)
df.isna().sum()
# %%
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

numeric_features = ["age", "fare"]
categorical_features = ["sex", "embarked"]
numeric_transformer = Pipeline(steps=[
    ("imputer", SimpleImputer(strategy="median")),  #T "median"
    ("scaler", StandardScaler()),  #M StandardScaler
])
categorical_transformer = OneHotEncoder(handle_unknown="ignore")
preprocessor = ColumnTransformer(transformers=[
    ("num", numeric_transformer, numeric_features),
    ("cat", categorical_transformer, categorical_features),
])
# %%
max_depth = 7  #T 7
clf = Pipeline(steps=[
    ("preprocessor", preprocessor),
    ("classifier", ExtraTreesClassifier(n_estimators=40, max_depth=max_depth, max_features="sqrt", class_weight="balanced", random_state=0)),  #T 40; "sqrt"; #M ExtraTreesClassifier; "balanced"
])
X_train, X_test, y_train, y_test = train_test_split(df.drop("survived", axis=1), df["survived"], test_size=0.2, random_state=0)
clf.fit(X_train, y_train)
clf.score(X_test, y_test)
