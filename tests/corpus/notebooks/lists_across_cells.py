#: framework: numpy
#: style: lists and dicts mutated across cells, augmented assignment, functions that append to globals, seed once at the top
#: objective: minimize log["val"][-1]
#: also: minimize val_err
#: proposed: yes
#: reports: 20
# %%
import numpy as np

np.random.seed(13)
# %%
log = {"train": [], "val": []}
snapshots = []
notes = ["start"]
# %%
x = np.random.uniform(-3, 3, 160)
noise = np.random.normal(0, 0.2, 160)
target = np.sin(x) + noise
# %%
notes.append("data made")
notes += ["%d points" % len(x)]
print(notes)
# %%
n_features = 25  #T 25
gamma = 0.8  #T 0.8
# %%
omega = np.random.normal(0, gamma, n_features)
phase = np.random.uniform(0, 2 * np.pi, n_features)
# %%
def features(x):
    return np.sqrt(2 / n_features) * np.cos(np.outer(x, omega) + phase)
# %%
Phi = features(x)
Phi_train, Phi_val = Phi[:120], Phi[120:]
t_train, t_val = target[:120], target[120:]
# %%
theta = np.zeros(n_features)
velocity = np.zeros_like(theta)
# %%
def record(theta):
    log["train"].append(float(np.mean((Phi_train @ theta - t_train) ** 2)))
    log["val"].append(float(np.mean((Phi_val @ theta - t_val) ** 2)))
    return log["val"][-1]
# %%
record(theta)
# %%
lr = 0.2  #T 0.2
beta = 0.8  #T 0.8
lam = 1e-4  #T 1e-4
notes[0] = "training"
# %% train
for step in range(20):
    batch = np.random.choice(120, 30, replace=False)  #T 30
    residual = Phi_train[batch] @ theta - t_train[batch]
    velocity *= beta
    velocity -= lr * (2 * Phi_train[batch].T @ residual / len(batch) + lam * theta)
    theta += velocity
    val_err = record(theta)
    if step % 10 == 0:
        snapshots.append(theta.copy())
# %%
len(log["val"]), len(snapshots), notes
# %%
print(np.round(log["val"][-3:], 4))
