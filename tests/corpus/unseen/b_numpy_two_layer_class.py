#: framework: numpy
#: style: Trainer class, nested loops
#: objective: maximize val_acc
#: also: maximize nn.accuracy(X_val, y_val)
#: also: maximize printed "val acc"
#: also: maximize acc
#: also: minimize loss
#: proposed: yes
#: reports: 6
# %%
import numpy as np
from sklearn.datasets import load_iris

rng = np.random.default_rng(6)
iris = load_iris()
perm = rng.permutation(len(iris.target))
X = (iris.data - iris.data.mean(0)) / iris.data.std(0)
X, y = X[perm] + 0.4 * rng.normal(size=X.shape), iris.target[perm]
X_train, y_train, X_val, y_val = X[:110], y[:110], X[110:], y[110:]


class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_out, init_scale=0.5):  #M 0.5
        self.W1 = rng.normal(scale=init_scale, size=(n_in, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.normal(scale=init_scale, size=(n_hidden, n_out))
        self.b2 = np.zeros(n_out)
        self.velocity = [np.zeros_like(p) for p in self.params()]

    def params(self):
        return [self.W1, self.b1, self.W2, self.b2]

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)  #M tanh
        scores = self.h @ self.W2 + self.b2
        scores -= scores.max(axis=1, keepdims=True)
        e = np.exp(scores)
        return e / e.sum(axis=1, keepdims=True)

    def step(self, X, y, lr, momentum, reg):
        p = self.forward(X)
        loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
        d = p.copy()
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        dh = (d @ self.W2.T) * (1 - self.h ** 2)
        grads = [X.T @ dh + reg * self.W1, dh.sum(0), self.h.T @ d + reg * self.W2, d.sum(0)]
        for w, v, g in zip(self.params(), self.velocity, grads):
            v *= momentum
            v -= lr * g
            w += v
        return loss

    def accuracy(self, X, y):
        return (self.forward(X).argmax(1) == y).mean()

    def train(self, X, y, X_val, y_val, lr=0.1, momentum=0.8, reg=1e-3, batch=20, epochs=6):  #T 0.1; 0.8; 1e-3; 20 #M 6
        for epoch in range(epochs):
            order = rng.permutation(len(y))
            for i in range(0, len(y), batch):
                rows = order[i:i + batch]
                loss = self.step(X[rows], y[rows], lr, momentum, reg)
            acc = self.accuracy(X_val, y_val)
            if epoch % 2 == 0:
                print(f"epoch {epoch}: loss {loss:.3f} val acc {acc:.3f}")
        return acc


nn = TwoLayerNet(4, n_hidden=12, n_out=3)  #T 12
val_acc = nn.train(X_train, y_train, X_val, y_val)
