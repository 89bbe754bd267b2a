#: framework: jax
#: style: train function, nested loops, lambda, trailing expression
#: objective: minimize val_losses[-1]
#: also: minimize min(val_losses)
#: proposed: yes
#: reports: 20
# %%
import jax
import jax.numpy as jnp
from jax import grad, jit, random

key = random.PRNGKey(0)
k1, k2, k3 = random.split(key, 3)
x = random.normal(k1, (200, 5))
w_true = jnp.array([1.0, -2.0, 0.0, 0.5, 0.0])
y = x @ w_true + 0.1 * random.normal(k2, (200,))
x_tr, y_tr, x_va, y_va = x[:150], y[:150], x[150:], y[150:]
# %%
def train(lr=0.05, beta=0.9, l1=1e-3, steps=20):  #T 0.05; 0.9; 1e-3
    mse = lambda w, x, y: jnp.mean((x @ w - y) ** 2)
    objective = lambda w: mse(w, x_tr, y_tr) + l1 * jnp.abs(w).sum()
    g = jit(grad(objective))
    w, v, val_losses = jnp.zeros(5), jnp.zeros(5), []
    for step in range(steps):
        v = beta * v - lr * g(w)
        w = w + v
        val_losses.append(float(mse(w, x_va, y_va)))
    return w, val_losses


w, val_losses = train()
val_losses[-1]
