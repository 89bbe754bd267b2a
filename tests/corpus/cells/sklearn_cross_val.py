#: framework: sklearn
#: style: GridSearch-free cross_val_score, only printed metric
#: objective: maximize scores.mean()
#: also: maximize printed "Accuracy:"
#: also: maximize np.mean(scores)
#: proposed: yes
#: reports: 5
# %%
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)

clf = make_pipeline(StandardScaler(), SVC(kernel="rbf", C=10, gamma=0.01))  #T "rbf"; 10; 0.01; #M SVC; StandardScaler
scores = cross_val_score(clf, X, y, cv=5, scoring="accuracy")
print("Accuracy: %0.3f (+/- %0.3f)" % (scores.mean(), scores.std() * 2))
