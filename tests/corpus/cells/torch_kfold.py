#: framework: torch
#: style: folds, nested loops, model class earlier
#: objective: maximize np.mean(fold_scores)
#: also: maximize fold_scores[-1]
#: also: maximize mean_score
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from torch import nn

X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X).astype(np.float32)
# %%
class Net(nn.Module):
    def __init__(self, width=32):  #T 32
        super().__init__()
        self.seq = nn.Sequential(
            nn.Linear(13, width), nn.BatchNorm1d(width), nn.LeakyReLU(0.1), nn.Dropout(0.2), nn.Linear(width, 3)  #T 0.2; #M 0.1; LeakyReLU
        )

    def forward(self, x):
        return self.seq(x)
# %%
EPOCHS = 3
LR = 0.01  #T 0.01
BATCH = 16  #T 16
kf = StratifiedKFold(n_splits=3, shuffle=True, random_state=42)
fold_scores = []
for fold, (train_idx, val_idx) in enumerate(kf.split(X, y)):
    torch.manual_seed(fold)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, betas=(0.9, 0.999))  #T Adam; #M 0.9; 0.999
    loss_fn = nn.CrossEntropyLoss()  #M CrossEntropyLoss
    Xt, yt = torch.tensor(X[train_idx]), torch.tensor(y[train_idx])
    Xv, yv = torch.tensor(X[val_idx]), torch.tensor(y[val_idx])
    for epoch in range(EPOCHS):
        model.train()
        for b in torch.randperm(len(Xt)).split(BATCH):
            if len(b) < 2:
                continue
            optimizer.zero_grad()
            loss = loss_fn(model(Xt[b]), yt[b])
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            acc = (model(Xv).argmax(1) == yv).float().mean().item()
        if epoch % 2 == 0:
            print(f"fold {fold} epoch {epoch} acc {acc:.3f}")
    fold_scores.append(acc)
np.mean(fold_scores)
