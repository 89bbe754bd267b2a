#: framework: numpy
#: style: network class, fit method, printed at the end, earlier cells
#: objective: maximize val_acc
#: also: maximize nn.val_history[-1]
#: also: maximize printed "Validation accuracy:"
#: also: maximize acc
#: also: maximize np.mean(nn.predict(X_val) == y_val)
#: proposed: yes
#: reports: 8
# %%
import numpy as np
from sklearn.datasets import load_iris

rng = np.random.RandomState(4)
iris = load_iris()
order = rng.permutation(150)
X = iris.data[order]
y = iris.target[order]
X_train, X_val = X[:110], X[110:]
y_train, y_val = y[:110], y[110:]
mu, sigma = X_train.mean(0), X_train.std(0)
X_train = (X_train - mu) / sigma
X_val = (X_val - mu) / sigma


# %%
class NeuralNetwork:
    def __init__(self, n_hidden=10, learning_rate=0.1, reg=1e-3, momentum=0.9, seed=0):  #T 1e-3; 0.9 #M 10; 0.1
        self.n_hidden = n_hidden
        self.lr = learning_rate
        self.reg = reg
        self.momentum = momentum
        self.rng = np.random.RandomState(seed)

    def _init(self, n_in, n_out):
        scale = np.sqrt(2.0 / n_in)  #M 2.0
        self.params = {
            "W1": self.rng.randn(n_in, self.n_hidden) * scale,
            "b1": np.zeros(self.n_hidden),
            "W2": self.rng.randn(self.n_hidden, n_out) * scale,
            "b2": np.zeros(n_out),
        }
        self.velocity = {k: np.zeros_like(v) for k, v in self.params.items()}

    def _forward(self, X):
        p = self.params
        h = np.maximum(0, X @ p["W1"] + p["b1"])
        z = h @ p["W2"] + p["b2"]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return h, e / e.sum(axis=1, keepdims=True)

    def _step(self, X, y):
        p, n = self.params, len(X)
        h, probs = self._forward(X)
        loss = -np.log(probs[np.arange(n), y] + 1e-12).mean()
        d = probs.copy()
        d[np.arange(n), y] -= 1
        d /= n
        dh = d @ p["W2"].T
        dh[h <= 0] = 0
        grads = {
            "W2": h.T @ d + self.reg * p["W2"],
            "b2": d.sum(0),
            "W1": X.T @ dh + self.reg * p["W1"],
            "b1": dh.sum(0),
        }
        for k in p:
            self.velocity[k] = self.momentum * self.velocity[k] - self.lr * grads[k]
            p[k] += self.velocity[k]
        return loss

    def fit(self, X, y, X_val, y_val, epochs=8, batch_size=16):  #T 16 #M 8
        self._init(X.shape[1], y.max() + 1)
        self.loss_history, self.val_history = [], []
        for epoch in range(epochs):
            idx = self.rng.permutation(len(X))
            losses = []
            for start in range(0, len(X), batch_size):
                batch = idx[start : start + batch_size]
                losses.append(self._step(X[batch], y[batch]))
            acc = np.mean(self.predict(X_val) == y_val)
            self.loss_history.append(np.mean(losses))
            self.val_history.append(acc)
        return self

    def predict(self, X):
        return self._forward(X)[1].argmax(axis=1)


# %%
nn = NeuralNetwork(n_hidden=12, learning_rate=0.05, seed=4)  #T 12; 0.05
nn.fit(X_train, y_train, X_val, y_val)
train_acc = np.mean(nn.predict(X_train) == y_train)
val_acc = np.mean(nn.predict(X_val) == y_val)
print("Training accuracy:", train_acc)
print("Validation accuracy:", val_acc)
