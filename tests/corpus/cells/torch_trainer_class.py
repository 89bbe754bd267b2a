#: framework: torch
#: style: Trainer class of their own, fit call
#: objective: minimize trainer.best_val_loss
#: also: minimize trainer.val_losses[-1]
#: also: minimize min(trainer.val_losses)
#: proposed: yes
#: reports: 4
# %%
import copy

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(7)
g = torch.Generator().manual_seed(7)
X = torch.randn(600, 10, generator=g)
y = (X[:, :3].sum(1, keepdim=True) ** 2 + 0.1 * torch.randn(600, 1, generator=g)) / 3
# %%
class RegressionNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_layers=2):  #T 2
        super().__init__()
        layers = [nn.Linear(n_in, n_hidden), nn.ELU()]  #M ELU
        for _ in range(n_layers - 1):
            layers += [nn.Linear(n_hidden, n_hidden), nn.ELU()]  #M ELU
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(n_hidden, 1)

    def forward(self, x):
        return self.head(self.body(x))


class Trainer:
    def __init__(self, model, lr=1e-3, weight_decay=0.0, patience=3):  #M 1e-3; 3; 0.0
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)  #T Adam
        self.criterion = nn.SmoothL1Loss()  #M SmoothL1Loss
        self.patience = patience
        self.val_losses = []
        self.best_val_loss = float("inf")

    def _run(self, loader, train):
        self.model.train(train)
        losses = []
        with torch.set_grad_enabled(train):
            for xb, yb in loader:
                loss = self.criterion(self.model(xb), yb)
                if train:
                    self.optimizer.zero_grad()
                    loss.backward()
                    self.optimizer.step()
                losses.append(loss.item())
        return np.mean(losses)

    def fit(self, train_loader, val_loader, epochs):
        bad = 0
        for epoch in range(epochs):
            train_loss = self._run(train_loader, True)
            val_loss = self._run(val_loader, False)
            self.val_losses.append(val_loss)
            if val_loss < self.best_val_loss:
                self.best_val_loss = val_loss
                self.best_state = copy.deepcopy(self.model.state_dict())
                bad = 0
            else:
                bad += 1
                if bad >= self.patience:
                    break
            print(f"{epoch:3d} {train_loss:.4f} {val_loss:.4f}")
        self.model.load_state_dict(self.best_state)
        return self
# %%
dataset = TensorDataset(X, y)
train_set, val_set = random_split(dataset, [480, 120], generator=torch.Generator().manual_seed(0))
train_loader = DataLoader(train_set, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(1))  #T 32
val_loader = DataLoader(val_set, batch_size=120)

net = RegressionNet(10, 64)  #T 64
trainer = Trainer(net, lr=2e-3, weight_decay=1e-5)  #T 2e-3; 1e-5
trainer.fit(train_loader, val_loader, epochs=4)
