#: framework: sklearn
#: style: fit call, trailing expression
#: objective: maximize accuracy_score(y_test, y_pred)
#: proposed: yes
#: reports: none
# %%
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

data = load_breast_cancer(as_frame=True)
df = data.frame
df.head()
# %%
X = df.drop(columns="target")
y = df["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42, stratify=y)
# %%
rf = RandomForestClassifier(n_estimators=50, max_depth=5, min_samples_split=4, random_state=42, n_jobs=1)  #T 50; 5; 4; #M RandomForestClassifier
rf.fit(X_train, y_train)
y_pred = rf.predict(X_test)
accuracy_score(y_test, y_pred)
