#: framework: torch
#: style: global in function, train function, only printed metric
#: objective: minimize best_rmse
#: also: minimize rmse
#: also: minimize printed "Best RMSE"
#: proposed: yes
#: reports: 5
# %%
import torch
import torch.nn as nn
from sklearn.datasets import load_diabetes

torch.manual_seed(0)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X, dtype=torch.float32)
y = torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32)[:, None]
Xtr, ytr, Xva, yva = X[:350], y[:350], X[350:], y[350:]

lr = 0.01  #T 0.01
l1_lambda = 1e-4  #T 1e-4
hidden = 30  #T 30

model = nn.Sequential(nn.Linear(10, hidden), nn.ReLU(), nn.Linear(hidden, 1))  #M ReLU
opt = torch.optim.Adagrad(model.parameters(), lr=lr)  #T Adagrad
best_rmse = float("inf")


def run_epoch(epoch):
    global best_rmse
    opt.zero_grad()
    mse = nn.functional.mse_loss(model(Xtr), ytr)
    penalty = sum(p.abs().sum() for p in model.parameters())
    (mse + l1_lambda * penalty).backward()
    opt.step()
    with torch.no_grad():
        rmse = nn.functional.mse_loss(model(Xva), yva).sqrt().item()
    best_rmse = min(best_rmse, rmse)
    return rmse


for epoch in range(5):
    rmse = run_epoch(epoch)
print("Best RMSE", best_rmse)
