#: framework: sklearn
#: style: textbook, fit call, earlier imports, print of several metrics
#: objective: maximize accuracy_score(y_test, predictions)
#: also: maximize acc
#: also: maximize printed "Accuracy:"
#: proposed: yes
#: reports: none
# %%
import numpy as np
import matplotlib.pyplot as plt
from sklearn import datasets
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
# %%
iris = datasets.load_iris()
X, y = iris.data, iris.target
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
plt.scatter(X[:, 0], X[:, 1], c=y, s=20)
plt.show()
# %%
knn = KNeighborsClassifier(n_neighbors=5, metric="minkowski", p=2)  #T 5; 2; #M "minkowski"; KNeighborsClassifier
knn.fit(X_train, y_train)
predictions = knn.predict(X_test)
print("Accuracy:", accuracy_score(y_test, predictions))
print(confusion_matrix(y_test, predictions))
print(classification_report(y_test, predictions))
