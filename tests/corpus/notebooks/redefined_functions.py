#: framework: torch
#: style: re-defined functions, seed set once at the top, script-like top-level loop
#: objective: minimize val_loss
#: proposed: yes
#: reports: 4
# %%
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_diabetes
# %%
torch.manual_seed(2021)
# %%
data = load_diabetes()
X = torch.tensor(data.data, dtype=torch.float32)
y = torch.tensor(data.target, dtype=torch.float32).unsqueeze(1)
y = (y - y.mean()) / y.std()
# %%
perm = torch.randperm(len(X))
train_idx, val_idx = perm[:340], perm[340:]
X_train, y_train = X[train_idx], y[train_idx]
X_val, y_val = X[val_idx], y[val_idx]
# %%
def make_net():
    return nn.Linear(10, 1)
# %%
net = make_net()
net
# %%
def train_step(net, opt):
    opt.zero_grad()
    loss = F.mse_loss(net(X_train), y_train)
    loss.backward()
    opt.step()
    return loss.item()
# %%
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(5):
    print(i, train_step(net, opt))
# %%
# underfits: try something bigger
width = 32  #T 32


def make_net():
    return nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, 1))  #T 0.1; #M ReLU
# %%
batch_size = 34  #T 34


def train_step(net, opt):
    net.train()
    total = 0.0
    for idx in torch.randperm(len(X_train)).split(batch_size):
        opt.zero_grad()
        loss = F.mse_loss(net(X_train[idx]), y_train[idx])
        loss.backward()
        opt.step()
        total += loss.item() * len(idx)
    return total / len(X_train)
# %%
net = make_net()
opt = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=1e-4)  #T Adam; 0.01; 1e-4
# %% train
for epoch in range(4):
    train_loss = train_step(net, opt)
    net.eval()
    with torch.no_grad():
        val_loss = F.mse_loss(net(X_val), y_val).item()
    print(f"{epoch}: train {train_loss:.4f} val {val_loss:.4f}")
# %%
with torch.no_grad():
    r = torch.corrcoef(torch.stack([net(X_val).squeeze(), y_val.squeeze()]))[0, 1]
r.item()
