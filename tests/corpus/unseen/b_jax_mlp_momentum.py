#: framework: jax
#: style: top-level loop, nested loops, earlier cells
#: objective: minimize test_loss
#: also: minimize losses[-1]
#: also: minimize float(losses[-1])
#: also: minimize min(losses)
#: proposed: yes
#: reports: 3
# %%
import jax
import jax.numpy as jnp
import numpy as np

key = jax.random.PRNGKey(12)
rng = np.random.default_rng(12)

# %%
x = rng.uniform(-2, 2, size=(500, 2)).astype("float32")
z = (np.sin(x[:, 0] * 2) * x[:, 1] + 0.1 * rng.normal(size=500)).astype("float32")
x_train, z_train = x[:400], z[:400]
x_test, z_test = x[400:], z[400:]

# %%
layer_sizes = [2, 32, 32, 1]  #T 32; 32@2
step_size = 0.05  #T 0.05
momentum = 0.9  #T 0.9
l2_penalty = 1e-4  #T 1e-4
batch_size = 40  #T 40
num_epochs = 3  #M 3

def init_params(key, sizes):
    keys = jax.random.split(key, len(sizes) - 1)
    return [
        (jax.random.normal(k, (m, n)) * jnp.sqrt(2.0 / m), jnp.zeros(n))  #M 2.0
        for k, m, n in zip(keys, sizes[:-1], sizes[1:])
    ]

def predict(params, inputs):
    for w, b in params[:-1]:
        inputs = jax.nn.relu(inputs @ w + b)  #T relu
    w, b = params[-1]
    return (inputs @ w + b)[:, 0]

def mse(params, inputs, targets):
    return jnp.mean((predict(params, inputs) - targets) ** 2)

def objective(params, inputs, targets):
    penalty = sum(jnp.sum(w ** 2) for w, _ in params)
    return mse(params, inputs, targets) + l2_penalty * penalty

@jax.jit
def update(params, velocity, inputs, targets):
    grads = jax.grad(objective)(params, inputs, targets)
    velocity = jax.tree_util.tree_map(lambda v, g: momentum * v - step_size * g, velocity, grads)
    params = jax.tree_util.tree_map(lambda p, v: p + v, params, velocity)
    return params, velocity

# %%
params = init_params(key, layer_sizes)
velocity = jax.tree_util.tree_map(jnp.zeros_like, params)
shuffler = np.random.default_rng(0)
losses = []
for epoch in range(num_epochs):
    order = shuffler.permutation(len(x_train))
    for i in range(0, len(order), batch_size):
        batch = order[i:i + batch_size]
        params, velocity = update(params, velocity, x_train[batch], z_train[batch])
    test_loss = float(mse(params, x_test, z_test))
    losses.append(test_loss)
    print(f"epoch {epoch}  test loss {test_loss:.4f}")
