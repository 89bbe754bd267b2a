#: framework: torch
#: style: dataclass config, script-like top-level loop, tqdm
#: objective: minimize val_loss
#: also: maximize val_acc
#: proposed: yes
#: reports: 3
# %%
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from sklearn.datasets import make_classification
from torch import nn
from tqdm.auto import tqdm


@dataclass
class TrainConfig:
    n_hidden: int = 64  #T 64
    n_blocks: int = 2  #T 2
    dropout: float = 0.1  #T 0.1
    lr: float = 1e-3  #T 1e-3
    weight_decay: float = 0.01  #T 0.01
    batch_size: int = 64  #T 64
    max_epochs: int = 3
    label_smoothing: float = 0.05  #T 0.05
    seed: int = 0


cfg = TrainConfig()
# %%
class Block(nn.Module):
    def __init__(self, dim, dropout):
        super().__init__()
        self.ln = nn.LayerNorm(dim)
        self.ff = nn.Sequential(
            nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim), nn.Dropout(dropout)  #M 4; 4@2; GELU
        )

    def forward(self, x):
        return x + self.ff(self.ln(x))


class ResNetMLP(nn.Module):
    def __init__(self, cfg, n_features, n_classes):
        super().__init__()
        self.embed = nn.Linear(n_features, cfg.n_hidden)
        self.blocks = nn.Sequential(*[Block(cfg.n_hidden, cfg.dropout) for _ in range(cfg.n_blocks)])
        self.head = nn.Linear(cfg.n_hidden, n_classes)

    def forward(self, x):
        return self.head(self.blocks(self.embed(x)))
# %%
X, y = make_classification(900, 16, n_informative=8, n_classes=3, random_state=cfg.seed)
X, y = torch.from_numpy(X).float(), torch.from_numpy(y).long()
Xt, yt, Xv, yv = X[:700], y[:700], X[700:], y[700:]

torch.manual_seed(cfg.seed)
model = ResNetMLP(cfg, X.shape[1], 3)
opt = torch.optim.AdamW(model.parameters(), lr=cfg.lr, weight_decay=cfg.weight_decay)  #T AdamW
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=cfg.max_epochs)  #M CosineAnnealingLR

pbar = tqdm(range(cfg.max_epochs), desc="training")
for epoch in pbar:
    model.train()
    for idx in torch.randperm(len(Xt)).split(cfg.batch_size):
        loss = F.cross_entropy(model(Xt[idx]), yt[idx], label_smoothing=cfg.label_smoothing)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #M 1.0
        opt.step()
    sched.step()
    model.eval()
    with torch.inference_mode():
        logits = model(Xv)
        val_loss = F.cross_entropy(logits, yv).item()
        val_acc = (logits.argmax(-1) == yv).float().mean().item()
    pbar.set_postfix(val_loss=val_loss, val_acc=val_acc)
