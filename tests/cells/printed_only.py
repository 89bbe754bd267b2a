from sklearn.neighbors import KNeighborsClassifier

knn = KNeighborsClassifier(n_neighbors=5, weights="uniform")
knn.fit(X[:150], y[:150])
print("accuracy:", knn.score(X[150:], y[150:]))
