#: framework: torch
#: style: script-like top-level loop, preallocated arrays, trailing expression, data augmentation
#: objective: minimize val_curve[-1]
#: also: minimize val_curve.min()
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from sklearn.datasets import load_digits

digits = load_digits()


class NoisyDigits(Dataset):
    def __init__(self, images, targets, noise=0.1, flip_p=0.0):  #M 0.1; 0.0
        self.images, self.targets = images, targets
        self.noise, self.flip_p = noise, flip_p
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        img = self.images[i] / 16.0 + self.noise * self.rng.standard_normal((8, 8))
        if self.rng.random() < self.flip_p:
            img = img[:, ::-1].copy()
        return torch.tensor(img, dtype=torch.float32).flatten(), int(self.targets[i])


train_ds = NoisyDigits(digits.images[:400], digits.target[:400], noise=0.15)  #T 0.15
val_ds = NoisyDigits(digits.images[400:600], digits.target[400:600], noise=0.0)
# %%
torch.manual_seed(0)
epochs = 4
train_dl = DataLoader(train_ds, batch_size=50, shuffle=True)  #T 50
val_dl = DataLoader(val_ds, batch_size=200)
model = nn.Sequential(
    nn.Linear(64, 100),  #T 100
    nn.Mish(),  #M Mish
    nn.Linear(100, 10),  #M 100
)
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  #T SGD; 0.9; #M 0.1
sched = torch.optim.lr_scheduler.OneCycleLR(  #M OneCycleLR
    opt, max_lr=0.3, total_steps=epochs * len(train_dl), pct_start=0.3  #T 0.3; #M 0.3
)
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)  #T 0.1; #M CrossEntropyLoss
train_curve = np.zeros(epochs)
val_curve = np.zeros(epochs)
for e in range(epochs):
    model.train()
    for xb, yb in train_dl:
        loss = loss_fn(model(xb), yb)
        loss.backward()
        opt.step()
        sched.step()
        opt.zero_grad()
        train_curve[e] += loss.item() / len(train_dl)
    model.eval()
    with torch.no_grad():
        for xb, yb in val_dl:
            val_curve[e] = loss_fn(model(xb), yb).item()
train_curve, val_curve
