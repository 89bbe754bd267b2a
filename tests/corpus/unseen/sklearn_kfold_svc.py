#: framework: sklearn
#: style: cross-validation by hand, top-level loop, constants
#: objective: maximize np.mean(fold_scores)
#: also: maximize f1
#: also: maximize printed "CV macro F1:"
#: proposed: yes
#: reports: 4
# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

N_FOLDS = 4
N_COMPONENTS = 25  #T 25
C = 5.0  #T 5.0
GAMMA = 0.05  #T 0.05
RANDOM_STATE = 33

X, y = load_digits(return_X_y=True)
X, y = X[:600], y[:600]
skf = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=RANDOM_STATE)

fold_scores = []
for fold, (train_idx, valid_idx) in enumerate(skf.split(X, y), 1):
    scaler = MinMaxScaler()  #T MinMaxScaler
    X_tr = scaler.fit_transform(X[train_idx])
    X_va = scaler.transform(X[valid_idx])

    pca = PCA(n_components=N_COMPONENTS, whiten=False, random_state=RANDOM_STATE)  #T False
    X_tr = pca.fit_transform(X_tr)
    X_va = pca.transform(X_va)

    svc = SVC(C=C, kernel="rbf", gamma=GAMMA)  #T "rbf" #M SVC
    svc.fit(X_tr, y[train_idx])
    f1 = f1_score(y[valid_idx], svc.predict(X_va), average="macro")
    fold_scores.append(f1)
    print(f"fold {fold}: F1 = {f1:.4f}")

print(f"CV macro F1: {np.mean(fold_scores):.4f} +- {np.std(fold_scores):.4f}")
