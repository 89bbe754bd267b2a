#: framework: sklearn
#: style: exploratory, pandas and plots between, seeds nowhere but random_state, evaluation afterwards
#: objective: maximize val_acc
#: proposed: yes
#: reports: none
# %%
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
%matplotlib inline
# %%
rng = np.random.default_rng(2024)
n = 600
train = pd.DataFrame({
    "Pclass": rng.choice([1, 2, 3], n, p=[0.25, 0.2, 0.55]),
    "Sex": rng.choice(["male", "female"], n, p=[0.65, 0.35]),
    "Age": np.round(rng.gamma(6, 5, n), 1),
    "SibSp": rng.poisson(0.5, n),
    "Fare": np.round(rng.lognormal(3, 0.9, n), 2),
    "Embarked": rng.choice(["S", "C", "Q"], n, p=[0.7, 0.2, 0.1]),
})
train.loc[rng.random(n) < 0.2, "Age"] = np.nan
train.loc[rng.random(n) < 0.01, "Embarked"] = np.nan
logit = 1.5 * (train.Sex == "female") - 0.7 * train.Pclass + 0.01 * train.Fare + rng.normal(0, 0.8, n)
train["Survived"] = (logit > -0.7).astype(int)
# %%
train.head()
# %%
train.info()
# %%
train.isnull().sum()
# %%
train.groupby(["Sex", "Pclass"])["Survived"].mean().unstack()
# %%
fig, ax = plt.subplots(1, 2, figsize=(10, 4))
train["Age"].hist(bins=20, ax=ax[0])
train["Fare"].hist(bins=30, ax=ax[1])
plt.show()
# %%
train["Age"] = train["Age"].fillna(train["Age"].median())
train["Embarked"] = train["Embarked"].fillna(train["Embarked"].mode()[0])
# %%
train["FamilySize"] = train["SibSp"] + 1
train["IsAlone"] = 0
train.loc[train["FamilySize"] == 1, "IsAlone"] = 1
train["FareBin"] = pd.qcut(train["Fare"], 4, labels=False)  #M 4
# %%
train["Sex"] = train["Sex"].map({"male": 0, "female": 1})
train = pd.get_dummies(train, columns=["Embarked"], drop_first=True)
train.columns
# %%
features = [c for c in train.columns if c not in ("Survived", "Fare", "SibSp")]
X = train[features]
y = train["Survived"]
print(X.shape, y.mean())
# %%
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split

X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=42)
# %% train
model = RandomForestClassifier(n_estimators=30, max_depth=6, min_samples_leaf=3, max_features="sqrt", random_state=42, n_jobs=1)  #T 30; 6; 3; "sqrt"; #M RandomForestClassifier
model.fit(X_train, y_train)
val_acc = accuracy_score(y_val, model.predict(X_val))
print(f"validation accuracy {val_acc:.4f}")
# %%
confusion_matrix(y_val, model.predict(X_val))
# %%
importances = pd.Series(model.feature_importances_, index=features).sort_values()
importances.plot.barh()
plt.show()
