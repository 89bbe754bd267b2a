#: framework: torch
#: style: config dict changed in a later cell, seeds in each cell, train function
#: objective: maximize acc
#: also: maximize evaluate(model, val_loader)
#: proposed: yes
#: reports: 3
# %%
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
# %%
cfg = {
    "lr": 0.1,  #M 0.1
    "momentum": 0.9,  #T 0.9
    "hidden": [48, 24],  #T 48; 24
    "dropout": 0.0,  #M 0.0
    "batch_size": 64,  #T 64
    "epochs": 3,
    "seed": 5,
}
# %%
def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
# %%
from sklearn.datasets import load_digits

X, y = load_digits(return_X_y=True)
X.min(), X.max(), np.bincount(y)
# %%
set_seed(cfg["seed"])
order = np.random.permutation(len(X))
X, y = X[order].astype(np.float32) / 16, y[order]
# %%
train_ds = TensorDataset(torch.from_numpy(X[:900]), torch.from_numpy(y[:900]))
val_ds = TensorDataset(torch.from_numpy(X[900:1300]), torch.from_numpy(y[900:1300]))
len(train_ds), len(val_ds)
# %%
class MLP(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        layers, d = [], 64
        for h in cfg["hidden"]:
            layers += [nn.Linear(d, h), nn.ReLU(), nn.Dropout(cfg["dropout"])]  #M ReLU
            d = h
        self.net = nn.Sequential(*layers, nn.Linear(d, 10))

    def forward(self, x):
        return self.net(x)
# %%
def evaluate(model, loader):
    model.eval()
    hits = 0
    with torch.no_grad():
        for xb, yb in loader:
            hits += (model(xb).argmax(1) == yb).sum().item()
    return hits / len(loader.dataset)
# %%
# regularise a bit
cfg["dropout"] = 0.15  #T 0.15
cfg.update(lr=0.05)  #T 0.05
cfg
# %%
set_seed(cfg["seed"])
train_loader = DataLoader(train_ds, batch_size=cfg["batch_size"], shuffle=True)
val_loader = DataLoader(val_ds, batch_size=200)
# %%
set_seed(cfg["seed"])
model = MLP(cfg)
sum(p.numel() for p in model.parameters())
# %% train
set_seed(cfg["seed"])
optimizer = torch.optim.SGD(model.parameters(), lr=cfg["lr"], momentum=cfg["momentum"])  #T SGD
loss_fn = nn.CrossEntropyLoss()  #M CrossEntropyLoss
for epoch in range(cfg["epochs"]):
    model.train()
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        optimizer.step()
    acc = evaluate(model, val_loader)
    print("epoch", epoch, "acc", round(acc, 4))
# %%
evaluate(model, train_loader)
