#: framework: torch
#: style: Trainer class, dataclass config, early stopping, earlier cells
#: objective: minimize trainer.best_loss
#: also: minimize best_loss
#: also: minimize val_loss
#: also: maximize val_acc
#: also: minimize trainer.history["val_loss"][-1]
#: also: maximize trainer.history["val_acc"][-1]
#: proposed: yes
#: reports: 3
# %%
import copy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_moons
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
X, y = make_moons(n_samples=800, noise=0.25, random_state=7)
X = torch.from_numpy(X.astype(np.float32))
y = torch.from_numpy(y)
n_train = 600


# %%
@dataclass
class Config:
    hidden_dim: int = 48  #T 48
    n_layers: int = 2  #T 2
    dropout: float = 0.1  #T 0.1
    lr: float = 3e-3  #T 3e-3
    weight_decay: float = 1e-4  #T 1e-4
    batch_size: int = 32  #T 32
    max_epochs: int = 3  #M 3
    patience: int = 5  #M 5
    grad_clip: float = 1.0  #M 1.0
    seed: int = 7


class MLP(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        layers, width = [], 2
        for _ in range(cfg.n_layers):
            layers += [nn.Linear(width, cfg.hidden_dim), nn.GELU(), nn.Dropout(cfg.dropout)]  #T GELU
            width = cfg.hidden_dim
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        return self.head(self.body(x))


# %%
class Trainer:
    def __init__(self, model, cfg):
        self.model = model
        self.cfg = cfg
        self.optimizer = torch.optim.AdamW(  #T AdamW
            model.parameters(), lr=cfg.lr, weight_decay=cfg.weight_decay
        )
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(  #T CosineAnnealingLR
            self.optimizer, T_max=cfg.max_epochs
        )
        self.best_loss = float("inf")
        self.best_state = None
        self.history = {"train_loss": [], "val_loss": [], "val_acc": []}

    def _run_epoch(self, loader):
        self.model.train()
        total, n = 0.0, 0
        for xb, yb in loader:
            loss = F.cross_entropy(self.model(xb), yb)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.cfg.grad_clip)
            self.optimizer.step()
            total += loss.item() * len(xb)
            n += len(xb)
        return total / n

    @torch.no_grad()
    def _validate(self, loader):
        self.model.eval()
        total, hits, n = 0.0, 0, 0
        for xb, yb in loader:
            out = self.model(xb)
            total += F.cross_entropy(out, yb, reduction="sum").item()
            hits += (out.argmax(-1) == yb).sum().item()
            n += len(xb)
        return total / n, hits / n

    def fit(self, train_loader, val_loader):
        bad = 0
        for epoch in range(1, self.cfg.max_epochs + 1):
            train_loss = self._run_epoch(train_loader)
            val_loss, val_acc = self._validate(val_loader)
            self.scheduler.step()
            for key, value in zip(self.history, (train_loss, val_loss, val_acc)):
                self.history[key].append(value)
            print(f"epoch {epoch}: train={train_loss:.4f} val={val_loss:.4f} acc={val_acc:.4f}")
            if val_loss < self.best_loss:
                self.best_loss = val_loss
                self.best_state = copy.deepcopy(self.model.state_dict())
                bad = 0
            else:
                bad += 1
                if bad >= self.cfg.patience:
                    print("early stop")
                    break
        self.model.load_state_dict(self.best_state)
        return self


# %%
cfg = Config()
torch.manual_seed(cfg.seed)
train_loader = DataLoader(
    TensorDataset(X[:n_train], y[:n_train]), batch_size=cfg.batch_size, shuffle=True
)
val_loader = DataLoader(TensorDataset(X[n_train:], y[n_train:]), batch_size=256)
trainer = Trainer(MLP(cfg), cfg).fit(train_loader, val_loader)
print("best val loss:", trainer.best_loss)
