#: framework: numpy
#: style: async, script-like top-level loop, with
#: objective: minimize loss
#: proposed: yes
#: reports: 5
# %%
import asyncio
import contextlib

import numpy as np

rng = np.random.default_rng(4)
X = rng.normal(size=(120, 4))
y = X @ np.array([0.5, -1.0, 2.0, 0.0]) + rng.normal(0, 0.1, 120)


async def loader(batch_size):
    for i in range(0, len(X), batch_size):
        await asyncio.sleep(0)
        yield X[i : i + batch_size], y[i : i + batch_size]
# %%
lr, ridge = 0.05, 1e-3  #T 0.05; 1e-3
w = np.zeros(4)
with contextlib.suppress(FloatingPointError), np.errstate(over="raise"):
    for epoch in range(5):
        async for xb, yb in loader(batch_size=30):  #T 30
            w -= lr * (2 * xb.T @ (xb @ w - yb) / len(yb) + ridge * w)
        loss = float(np.mean((X @ w - y) ** 2))
