import numpy as np

rng = np.random.default_rng(0)
learning_rate, l2 = 0.1, 1e-3
w = np.zeros(X.shape[1]); b = 0.0
for step in range(50):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    grad = X.T @ (p - y) / len(y) + l2 * w
    w = w - learning_rate * grad
    b -= learning_rate * np.mean(p - y)
    loss = -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9))
