#: framework: sklearn
#: style: ensemble, fit call, evaluation function earlier
#: objective: maximize metrics["f1"]
#: also: maximize metrics["accuracy"]
#: also: maximize metrics["roc_auc"]
#: proposed: yes
#: reports: none
# %%
from sklearn.datasets import make_moons
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

X, y = make_moons(500, noise=0.3, random_state=42)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)


def evaluate(model, X, y, threshold=0.5):  #M 0.5
    p = model.predict_proba(X)[:, 1]
    pred = (p >= threshold).astype(int)
    return {"accuracy": accuracy_score(y, pred), "f1": f1_score(y, pred), "roc_auc": roc_auc_score(y, p)}
# %%
voting_clf = VotingClassifier(
    estimators=[
        ("lr", LogisticRegression(C=2.0)),  #T 2.0
        ("tree", DecisionTreeClassifier(max_depth=4, min_samples_leaf=5, random_state=42)),  #T 4; 5
        ("svc", SVC(C=1.5, gamma=0.8, probability=True, random_state=42)),  #T 1.5; 0.8
    ],
    voting="soft",  #T "soft"
)
voting_clf.fit(X_train, y_train)
metrics = evaluate(voting_clf, X_test, y_test)
metrics
