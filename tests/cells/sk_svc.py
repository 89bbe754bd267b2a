score = cross_val_score(SVC(C=100, gamma=0.01, kernel="rbf"), X, y, cv=3).mean()  # hpo: C = 0.1..1000 log; gamma = 1e-4..1 log
