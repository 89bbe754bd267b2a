#: framework: sklearn
#: style: pipeline, ColumnTransformer, cross-validation, earlier cells
#: objective: maximize scores.mean()
#: also: maximize np.mean(scores)
#: also: maximize printed "Accuracy:"
#: proposed: yes
#: reports: 5
# %%
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

np.random.seed(0)
n = 400
passengers = pd.DataFrame(
    {
        "age": np.where(np.random.rand(n) < 0.15, np.nan, np.random.normal(30, 13, n)),
        "fare": np.random.exponential(32, n),
        "pclass": np.random.choice([1, 2, 3], n, p=[0.25, 0.2, 0.55]),
        "sex": np.random.choice(["male", "female"], n),
        "embarked": np.random.choice(["S", "C", "Q", None], n, p=[0.7, 0.18, 0.1, 0.02]),
    }
)
logit = 1.8 * (passengers.sex == "female") - 0.8 * (passengers.pclass - 2) + 0.01 * passengers.fare - 1
survived = (np.random.rand(n) < 1 / (1 + np.exp(-logit))).astype(int)

# %%
numeric_features = ["age", "fare"]
categorical_features = ["pclass", "sex", "embarked"]

numeric_transformer = Pipeline(
    steps=[
        ("imputer", SimpleImputer(strategy="median")),  #T "median"
        ("scaler", StandardScaler()),  #T StandardScaler
    ]
)
categorical_transformer = Pipeline(
    steps=[
        ("imputer", SimpleImputer(strategy="most_frequent")),  #M "most_frequent"
        ("onehot", OneHotEncoder(handle_unknown="ignore")),  #M OneHotEncoder
    ]
)
preprocessor = ColumnTransformer(
    transformers=[
        ("num", numeric_transformer, numeric_features),
        ("cat", categorical_transformer, categorical_features),
    ]
)

# %%
clf = Pipeline(
    steps=[
        ("preprocessor", preprocessor),
        (
            "classifier",
            RandomForestClassifier(  #M RandomForestClassifier
                n_estimators=30,  #T 30
                max_depth=6,  #T 6
                min_samples_leaf=3,  #T 3
                max_features="sqrt",  #T "sqrt"
                class_weight="balanced",  #M "balanced"
                random_state=0,
            ),
        ),
    ]
)
cv = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
scores = cross_val_score(clf, passengers, survived, cv=cv, scoring="accuracy")
print("Accuracy: %0.3f (+/- %0.3f)" % (scores.mean(), scores.std() * 2))
