#: framework: torch
#: style: class + Trainer class, decorators, dataclass config, seeds in each cell
#: objective: maximize trainer.history["val_acc"][-1]
#: also: maximize trainer.best
#: also: minimize trainer.history["val_loss"][-1]
#: also: maximize best
#: proposed: yes
#: reports: 3
# %%
import functools
import time
from collections import defaultdict
from dataclasses import dataclass, field
# %%
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
# %%
@dataclass
class Config:
    width: int = 40  #T 40
    depth: int = 2  #T 2
    act: str = "gelu"  #T "gelu"
    lr: float = 4e-3  #T 4e-3
    wd: float = 1e-3  #T 1e-3
    batch: int = 32  #T 32
    epochs: int = 3
    betas: tuple = field(default_factory=lambda: (0.9, 0.99))  #M 0.9; 0.99


config = Config()
config
# %%
def timed(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        begun = time.perf_counter()
        result = f(*args, **kwargs)
        inner.spent = time.perf_counter() - begun
        return result

    return inner
# %%
ACTS = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}
# %%
class Classifier(nn.Module):
    def __init__(self, n_in, n_out, config):
        super().__init__()
        dims = [n_in] + [config.width] * config.depth
        blocks = []
        for a, b in zip(dims, dims[1:]):
            blocks.append(nn.Sequential(nn.Linear(a, b), ACTS[config.act]()))
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(dims[-1], n_out)

    def forward(self, x):
        return self.head(self.blocks(x))
# %%
from sklearn.datasets import make_classification

X, y = make_classification(700, 14, n_informative=7, n_classes=3, random_state=4)
X, y = torch.tensor(X).float(), torch.tensor(y)
# %%
loaders = {
    "train": DataLoader(TensorDataset(X[:500], y[:500]), batch_size=config.batch, shuffle=True),
    "val": DataLoader(TensorDataset(X[500:], y[500:]), batch_size=200),
}
next(iter(loaders["val"]))[0].shape
# %%
class Trainer:
    def __init__(self, model, loaders, config):
        self.model, self.loaders, self.config = model, loaders, config
        self.opt = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=config.wd, betas=config.betas)  #T AdamW
        self.loss = nn.CrossEntropyLoss()  #M CrossEntropyLoss
        self.history = defaultdict(list)

    def epoch(self, split):
        training = split == "train"
        self.model.train(training)
        total, hits, n = 0.0, 0, 0
        for xb, yb in self.loaders[split]:
            with torch.set_grad_enabled(training):
                out = self.model(xb)
                loss = self.loss(out, yb)
            if training:
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
            total += loss.item() * len(xb)
            hits += (out.argmax(1) == yb).sum().item()
            n += len(xb)
        self.history[f"{split}_loss"].append(total / n)
        self.history[f"{split}_acc"].append(hits / n)

    @timed
    def run(self):
        for _ in range(self.config.epochs):
            self.epoch("train")
            self.epoch("val")
        return self.history

    @property
    def best(self):
        return max(self.history["val_acc"])
# %%
torch.manual_seed(17)
model = Classifier(14, 3, config)
print(model)
# %%
config.lr = 5e-3  #T 5e-3
trainer = Trainer(model, loaders, config)
# %% train
torch.manual_seed(17)
trainer.run()
best = trainer.best
print("best val acc", best)
# %%
{k: [round(v, 3) for v in vs] for k, vs in trainer.history.items()}
