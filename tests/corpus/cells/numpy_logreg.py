#: framework: numpy
#: style: train function, function defaults, trailing expression
#: objective: maximize accuracy
#: also: minimize costs[-1]
#: proposed: yes
#: reports: 100
# %%
import numpy as np
from sklearn.datasets import load_breast_cancer

X, y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_train, y_train, X_test, y_test = X[:400], y[:400], X[400:], y[400:]
# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def fit(X, y, lr=0.1, n_iter=100, lam=0.01):  #M 0.1; 100; #T 0.01
    w = np.zeros(X.shape[1])
    b = 0.0
    costs = []
    for i in range(n_iter):
        p = sigmoid(X @ w + b)
        cost = -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))
        w -= lr * (X.T @ (p - y) / len(y) + lam * w)
        b -= lr * np.mean(p - y)
        costs.append(cost)
    return w, b, costs


def predict(X, w, b, threshold=0.5):  #M 0.5
    return (sigmoid(X @ w + b) > threshold).astype(int)
# %%
w, b, costs = fit(X_train, y_train, lr=0.3)  #T 0.3
accuracy = (predict(X_test, w, b) == y_test).mean()
accuracy
