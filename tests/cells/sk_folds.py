from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

scores = []
alpha = 1.0
for train, val in KFold(n_splits=3).split(X):
    for degree in (1, 2):
        features = np.hstack([X**d for d in range(1, degree + 1)])
        model = Ridge(alpha=alpha)
        model.fit(features[train], y[train])
    scores.append(model.score(features[val], y[val]))
mean_score = float(np.mean(scores))
