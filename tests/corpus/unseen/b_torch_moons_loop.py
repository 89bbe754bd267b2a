#: framework: torch
#: style: top-level loop
#: objective: maximize val_acc
#: also: minimize val_loss
#: also: maximize best_acc
#: proposed: yes
#: reports: 3
# %%
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
points, labels = make_moons(n_samples=600, noise=0.25, random_state=7)
Xtr, Xva, ytr, yva = train_test_split(points, labels, test_size=0.25, random_state=7)
Xtr, Xva = torch.tensor(Xtr).float(), torch.tensor(Xva).float()
ytr, yva = torch.tensor(ytr), torch.tensor(yva)
train_dl = DataLoader(TensorDataset(Xtr, ytr), batch_size=32, shuffle=True)  #T 32

net = nn.Sequential(
    nn.Linear(2, 24),  #T 24
    nn.ReLU(),  #T ReLU
    nn.Dropout(p=0.1),  #T 0.1
    nn.Linear(24, 16),  #T 16 #M 24
    nn.ReLU(),  #M ReLU
    nn.Linear(16, 2),  #M 16
)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)  #T SGD; 0.1; 0.9 #M True
best_acc = 0.0

for epoch in range(3):  #M 3
    net.train()
    for xb, yb in train_dl:
        opt.zero_grad()
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        logits = net(Xva)
        val_loss = F.cross_entropy(logits, yva).item()
        val_acc = (logits.argmax(1) == yva).float().mean().item()
    best_acc = max(best_acc, val_acc)
    print(f"epoch {epoch + 1}: val loss {val_loss:.4f}, val acc {val_acc:.3f}")
