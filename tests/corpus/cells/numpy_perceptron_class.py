#: framework: numpy
#: style: textbook, fit call, own class with fit, per-sample
#: objective: minimize ada.losses_[-1]
#: also: maximize accuracy
#: proposed: yes
#: reports: 15
# %%
import numpy as np
from sklearn.datasets import load_iris

iris = load_iris()
X = iris.data[:100, [0, 2]]
y = np.where(iris.target[:100] == 0, 0, 1)
X_std = (X - X.mean(axis=0)) / X.std(axis=0)
# %%
class AdalineSGD:
    """ADAptive LInear NEuron classifier."""

    def __init__(self, eta=0.01, n_iter=10, shuffle=True, random_state=None):  #M 0.01; 10; True
        self.eta = eta
        self.n_iter = n_iter
        self.shuffle = shuffle
        self.random_state = random_state

    def fit(self, X, y):
        rgen = np.random.RandomState(self.random_state)
        self.w_ = rgen.normal(loc=0.0, scale=0.01, size=X.shape[1])  #M 0.01
        self.b_ = 0.0
        self.losses_ = []
        for i in range(self.n_iter):
            if self.shuffle:
                r = rgen.permutation(len(y))
                X, y = X[r], y[r]
            losses = []
            for xi, target in zip(X, y):
                error = target - (xi @ self.w_ + self.b_)
                self.w_ += self.eta * 2.0 * xi * error
                self.b_ += self.eta * 2.0 * error
                losses.append(error**2)
            self.losses_.append(np.mean(losses))
        return self

    def predict(self, X):
        return np.where(X @ self.w_ + self.b_ >= 0.5, 1, 0)
# %%
ada = AdalineSGD(eta=0.005, n_iter=15, random_state=1)  #T 0.005; #M 15
ada.fit(X_std, y)
accuracy = (ada.predict(X_std) == y).mean()
print("accuracy", accuracy)
