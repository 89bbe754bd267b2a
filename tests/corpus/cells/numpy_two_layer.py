#: framework: numpy
#: style: textbook, script-like top-level loop, config on top, print every n
#: objective: minimize loss
#: also: maximize acc
#: proposed: yes
#: reports: 60
# %%
import numpy as np

np.random.seed(0)
N, D, K = 50, 2, 3
X = np.zeros((N * K, D))
y = np.zeros(N * K, dtype="uint8")
for j in range(K):
    ix = range(N * j, N * (j + 1))
    r = np.linspace(0.0, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + np.random.randn(N) * 0.2
    X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[ix] = j
# %%
h = 40  # size of hidden layer  #T 40
W = 0.01 * np.random.randn(D, h)  #M 0.01
b = np.zeros((1, h))
W2 = 0.01 * np.random.randn(h, K)  #M 0.01
b2 = np.zeros((1, K))
step_size = 1e-0  #T 1e-0
reg = 1e-3  # regularization strength  #T 1e-3

num_examples = X.shape[0]
for i in range(60):
    hidden_layer = np.maximum(0, np.dot(X, W) + b)
    scores = np.dot(hidden_layer, W2) + b2
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    data_loss = np.sum(-np.log(probs[range(num_examples), y])) / num_examples
    reg_loss = 0.5 * reg * np.sum(W * W) + 0.5 * reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss
    if i % 20 == 0:
        print("iteration %d: loss %f" % (i, loss))
    dscores = probs
    dscores[range(num_examples), y] -= 1
    dscores /= num_examples
    dW2 = np.dot(hidden_layer.T, dscores) + reg * W2
    db2 = np.sum(dscores, axis=0, keepdims=True)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden_layer <= 0] = 0
    dW = np.dot(X.T, dhidden) + reg * W
    db = np.sum(dhidden, axis=0, keepdims=True)
    W += -step_size * dW
    b += -step_size * db
    W2 += -step_size * dW2
    b2 += -step_size * db2
acc = np.mean(np.argmax(np.dot(np.maximum(0, np.dot(X, W) + b), W2) + b2, axis=1) == y)
