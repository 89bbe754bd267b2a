#: framework: torch
#: style: textbook, model class in the cell, evaluate each epoch
#: objective: maximize val_acc
#: also: minimize val_loss
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_moons

X, y = make_moons(n_samples=400, noise=0.25, random_state=0)
X_train = torch.tensor(X[:300]).float()
y_train = torch.tensor(y[:300]).float()
X_val = torch.tensor(X[300:]).float()
y_val = torch.tensor(y[300:]).float()
# %%
torch.manual_seed(0)


class MLP(nn.Module):
    def __init__(self, hidden=32, p_drop=0.2):  #T 32; 0.2
        super().__init__()
        self.l1 = nn.Linear(2, hidden)
        self.l2 = nn.Linear(hidden, hidden)
        self.drop = nn.Dropout(p_drop)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        x = F.relu(self.l1(x))  #M relu
        x = self.drop(F.relu(self.l2(x)))  #M relu
        return self.out(x).squeeze(1)


model = MLP()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)  #T AdamW; 3e-3; 1e-2
bs = 32  #T 32

for epoch in range(1, 5):
    model.train()
    perm = torch.randperm(len(X_train))
    for i in range(0, len(X_train), bs):
        idx = perm[i : i + bs]
        loss = F.binary_cross_entropy_with_logits(model(X_train[idx]), y_train[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()

    model.eval()
    with torch.no_grad():
        logits = model(X_val)
        val_loss = F.binary_cross_entropy_with_logits(logits, y_val).item()
        val_acc = ((logits > 0) == y_val.bool()).float().mean().item()
    print(f"epoch {epoch}: val_loss {val_loss:.3f} val_acc {val_acc:.3f}")
