#: framework: numpy
#: style: classes of layers from scratch, seed set once at the top, global counters, del, with, try
#: objective: maximize val_acc
#: proposed: yes
#: reports: 5
# %%
import numpy as np
np.random.seed(1)
# %%
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)
        self.b = np.zeros(n_out)

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.gW, self.gb = self.x.T @ g, g.sum(0)
        return g @ self.W.T

    def step(self, lr, l2):
        self.W -= lr * (self.gW + l2 * self.W)
        self.b -= lr * self.gb
# %%
class ReLU:
    def __call__(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, g):
        return g * self.mask

    def step(self, lr, l2):
        pass
# %%
class Net:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, g):
        for layer in reversed(self.layers):
            g = layer.backward(g)

    def step(self, lr, l2=0.0):  #M 0.0
        for layer in self.layers:
            layer.step(lr, l2)
# %%
from sklearn.datasets import load_digits

X, y = load_digits(return_X_y=True)
tmp = np.random.permutation(len(X))
X, y = X[tmp] / 16, y[tmp]
del tmp
# %%
try:
    cut = int(0.7 * len(X))
except NameError:
    cut = 1000
X_train, X_val, y_train, y_val = X[:cut], X[cut:], y[:cut], y[cut:]
# %%
def softmax_grad(logits, y):
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)
# %%
hidden = 30  #T 30
net = Net(Linear(64, hidden), ReLU(), Linear(hidden, 10))
# %%
n_updates = 0


def train_epoch(lr, batch_size, l2):
    global n_updates
    losses = []
    order = np.random.permutation(len(X_train))
    for i in range(0, len(order), batch_size):
        idx = order[i : i + batch_size]
        loss, g = softmax_grad(net.forward(X_train[idx]), y_train[idx])
        net.backward(g)
        net.step(lr, l2)
        n_updates += 1
        losses.append(loss)
    return np.mean(losses)
# %%
with np.errstate(all="ignore"):
    baseline = (net.forward(X_val).argmax(1) == y_val).mean()
print("untrained", baseline)
# %% train
lr, batch, decay = 0.4, 64, 0.9  #T 0.4; 64; 0.9
for epoch in range(5):
    train_loss = train_epoch(lr * decay**epoch, batch, l2=1e-4)  #T 1e-4
    val_acc = (net.forward(X_val).argmax(1) == y_val).mean()
    print(f"{epoch} {train_loss:.4f} {val_acc:.4f}")
# %%
n_updates, val_acc - baseline
