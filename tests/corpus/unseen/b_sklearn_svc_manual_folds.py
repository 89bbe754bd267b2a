#: framework: sklearn
#: style: cross-validation, trailing expression, nested loops
#: objective: maximize np.mean(accs)
#: also: maximize acc
#: also: maximize accs[-1]
#: proposed: yes
#: reports: 5
# %%
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import KFold
from sklearn.svm import SVC

X, y = load_digits(return_X_y=True)
X, y = X[:700], y[:700]

n_components = 20  #T 20
C, gamma = 3.0, 0.002  #T 3.0; 0.002
accs = []

for tr, te in KFold(n_splits=5, shuffle=True, random_state=4).split(X):  #M 5
    pca = PCA(n_components=n_components, whiten=False, random_state=4).fit(X[tr])  #M False; PCA
    svm = SVC(C=C, gamma=gamma, kernel="rbf")  #T "rbf" #M SVC
    svm.fit(pca.transform(X[tr]), y[tr])
    acc = balanced_accuracy_score(y[te], svm.predict(pca.transform(X[te])))
    accs.append(acc)

np.mean(accs)
