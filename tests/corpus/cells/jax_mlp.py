#: framework: jax
#: style: script-like top-level loop, functions earlier, jit decorator, only printed metric
#: objective: maximize acc
#: also: maximize printed "val acc"
#: proposed: yes
#: reports: 4
# %%
import jax
import jax.numpy as jnp
import numpy as np
from sklearn.datasets import load_digits

data = load_digits()
X = data.data.astype(np.float32) / 16.0
Y = np.eye(10, dtype=np.float32)[data.target]
X_train, Y_train, X_val, Y_val = X[:800], Y[:800], X[800:1100], Y[800:1100]
# %%
layer_sizes = [64, 32, 10]  #T 32
step_size = 0.1  #T 0.1
batch_size = 100  #T 100
num_epochs = 4


def init_params(key, sizes, scale=0.1):  #T 0.1
    keys = jax.random.split(key, len(sizes) - 1)
    return [
        (scale * jax.random.normal(k, (m, n)), jnp.zeros(n))
        for k, m, n in zip(keys, sizes[:-1], sizes[1:])
    ]


def predict(params, x):
    for w, b in params[:-1]:
        x = jax.nn.relu(x @ w + b)  #M relu
    w, b = params[-1]
    return jax.nn.log_softmax(x @ w + b)


def loss_fn(params, x, y):
    return -jnp.mean(jnp.sum(predict(params, x) * y, axis=1))


@jax.jit
def update(params, x, y, lr):
    grads = jax.grad(loss_fn)(params, x, y)
    return [(w - lr * dw, b - lr * db) for (w, b), (dw, db) in zip(params, grads)]
# %%
params = init_params(jax.random.PRNGKey(0), layer_sizes)
for epoch in range(num_epochs):
    for i in range(0, len(X_train), batch_size):
        params = update(params, X_train[i : i + batch_size], Y_train[i : i + batch_size], step_size)
    acc = jnp.mean(jnp.argmax(predict(params, X_val), 1) == jnp.argmax(Y_val, 1))
    print(f"epoch {epoch}, val acc {acc:.3f}")
