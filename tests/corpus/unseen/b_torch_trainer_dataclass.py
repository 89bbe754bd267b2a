#: framework: torch
#: style: Trainer class, dataclass, earlier cells
#: objective: minimize val_rmse
#: also: minimize trainer.history[-1]["val_rmse"]
#: also: minimize min(h["val_rmse"] for h in trainer.history)
#: also: minimize trainer.best
#: proposed: yes
#: reports: 3
# %%
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.datasets import load_diabetes
from torch import nn

# %%
raw = load_diabetes()
features = torch.as_tensor(raw.data, dtype=torch.float32) * 20
target = torch.as_tensor(raw.target, dtype=torch.float32)
target = (target - target.mean()) / target.std()
order = torch.as_tensor(np.random.default_rng(0).permutation(len(features)))
fit_idx, val_idx = order[:340], order[340:]

# %%
@dataclass
class Config:
    width: int = 48  #T 48
    depth: int = 2  #T 2
    dropout: float = 0.2  #T 0.2
    learning_rate: float = 3e-3  #T 3e-3
    weight_decay: float = 1e-4  #T 1e-4
    batch_size: int = 32  #T 32
    epochs: int = 3  #M 3
    grad_clip: float = 1.0  #M 1.0
    seed: int = 13


def build(cfg, n_in):
    layers = []
    for _ in range(cfg.depth):
        layers += [nn.Linear(n_in, cfg.width), nn.GELU(), nn.Dropout(cfg.dropout)]  #T GELU
        n_in = cfg.width
    layers.append(nn.Linear(n_in, 1))
    return nn.Sequential(*layers)


# %%
class Trainer:
    def __init__(self, cfg):
        torch.manual_seed(cfg.seed)
        self.cfg = cfg
        self.model = build(cfg, features.shape[1])
        self.optim = torch.optim.AdamW(  #T AdamW
            self.model.parameters(), lr=cfg.learning_rate, weight_decay=cfg.weight_decay
        )
        self.loss_fn = nn.SmoothL1Loss()  #M SmoothL1Loss
        self.history = []
        self.best = float("inf")

    def train_epoch(self):
        self.model.train()
        total = 0.0
        for chunk in fit_idx[torch.randperm(len(fit_idx))].split(self.cfg.batch_size):
            loss = self.loss_fn(self.model(features[chunk]).squeeze(1), target[chunk])
            self.optim.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.cfg.grad_clip)
            self.optim.step()
            total += loss.item() * len(chunk)
        return total / len(fit_idx)

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        error = self.model(features[val_idx]).squeeze(1) - target[val_idx]
        return error.pow(2).mean().sqrt().item()

    def run(self):
        for epoch in range(1, self.cfg.epochs + 1):
            train_loss = self.train_epoch()
            val_rmse = self.validate()
            self.best = min(self.best, val_rmse)
            self.history.append({"epoch": epoch, "train_loss": train_loss, "val_rmse": val_rmse})
            print(f"[{epoch:02d}] train={train_loss:.4f} val_rmse={val_rmse:.4f}")
        return self.best


# %%
cfg = Config()
trainer = Trainer(cfg)
trainer.run()
