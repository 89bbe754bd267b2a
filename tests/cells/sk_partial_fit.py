from sklearn.linear_model import SGDClassifier

clf = SGDClassifier(alpha=1e-4, penalty="l2", random_state=0)
for epoch in range(4):
    clf.partial_fit(X[:150], y[:150], classes=[0, 1])
    val_acc = clf.score(X[150:], y[150:])
del epoch
