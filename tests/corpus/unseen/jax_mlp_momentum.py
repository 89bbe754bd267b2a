#: framework: jax
#: style: pure functions, top-level loop, timing
#: objective: maximize test_acc
#: also: maximize printed "Test set accuracy"
#: proposed: yes
#: reports: 3
#: clock: start_time, epoch_time
# %%
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit, random, vmap
from jax.scipy.special import logsumexp
from sklearn.datasets import load_digits


def random_layer_params(m, n, key, scale=1e-1):  #M 1e-1
    w_key, b_key = random.split(key)
    return scale * random.normal(w_key, (n, m)), scale * random.normal(b_key, (n,))


def init_network_params(sizes, key):
    keys = random.split(key, len(sizes))
    return [random_layer_params(m, n, k) for m, n, k in zip(sizes[:-1], sizes[1:], keys)]


layer_sizes = [64, 64, 32, 10]  #T 64@2; 32
step_size = 0.05  #T 0.05
momentum = 0.8  #T 0.8
num_epochs = 3  #M 3
batch_size = 32  #T 32
l2 = 1e-4  #T 1e-4

digits = load_digits()
images = (digits.data / 16.0).astype(np.float32)
labels = np.eye(10, dtype=np.float32)[digits.target]
train_images, test_images = images[:1000], images[1000:1500]
train_labels, test_labels = labels[:1000], labels[1000:1500]


def predict(params, image):
    activations = image
    for w, b in params[:-1]:
        activations = jax.nn.relu(jnp.dot(w, activations) + b)  #M relu
    final_w, final_b = params[-1]
    logits = jnp.dot(final_w, activations) + final_b
    return logits - logsumexp(logits)


batched_predict = vmap(predict, in_axes=(None, 0))


def loss(params, x, y):
    penalty = sum(jnp.sum(w**2) for w, _ in params)
    return -jnp.mean(jnp.sum(batched_predict(params, x) * y, axis=1)) + l2 * penalty


@jit
def accuracy(params, x, y):
    return jnp.mean(jnp.argmax(batched_predict(params, x), axis=1) == jnp.argmax(y, axis=1))


@jit
def update(params, velocity, x, y):
    grads = grad(loss)(params, x, y)
    velocity = jax.tree.map(lambda v, g: momentum * v - step_size * g, velocity, grads)
    return jax.tree.map(lambda p, v: p + v, params, velocity), velocity


params = init_network_params(layer_sizes, random.PRNGKey(0))
velocity = jax.tree.map(jnp.zeros_like, params)
shuffler = np.random.default_rng(0)

for epoch in range(num_epochs):
    start_time = time.time()
    perm = shuffler.permutation(len(train_images))
    for i in range(0, len(perm) - batch_size + 1, batch_size):
        idx = perm[i : i + batch_size]
        params, velocity = update(params, velocity, train_images[idx], train_labels[idx])
    epoch_time = time.time() - start_time

    train_acc = accuracy(params, train_images, train_labels)
    test_acc = accuracy(params, test_images, test_labels)
    print(f"Epoch {epoch} in {epoch_time:0.2f} sec")
    print(f"Training set accuracy {train_acc}")
    print(f"Test set accuracy {test_acc}")
