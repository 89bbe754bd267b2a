#: framework: torch
#: style: cross-validation, config dict, train function
#: objective: maximize mean_f1
#: also: maximize np.mean(fold_scores)
#: also: maximize f1
#: also: maximize fold_f1
#: proposed: yes
#: reports: 4
# %%
import numpy as np
import torch
from sklearn.datasets import load_wine
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

config = {
    "seed": 21,
    "folds": 4,  #M 4
    "hidden": [32, 16],  #T 32; 16
    "dropout": 0.3,  #T 0.3
    "optimizer": {"name": "adam", "lr": 8e-3, "weight_decay": 1e-3},  #T "adam"; 8e-3; 1e-3
    "steps": 40,  #M 40
}

wine = load_wine()
X, y = wine.data.astype("float32"), wine.target


def make_net(n_features, n_classes):
    sizes = [n_features, *config["hidden"]]
    blocks = []
    for a, b in zip(sizes, sizes[1:]):
        blocks += [torch.nn.Linear(a, b), torch.nn.LeakyReLU(0.1), torch.nn.Dropout(config["dropout"])]  #T LeakyReLU #M 0.1
    return torch.nn.Sequential(*blocks, torch.nn.Linear(sizes[-1], n_classes))


def make_optimizer(params):
    settings = config["optimizer"]
    cls = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[settings["name"]]  #M Adam; SGD
    return cls(params, lr=settings["lr"], weight_decay=settings["weight_decay"])


def fit_fold(train_idx, test_idx):
    scaler = StandardScaler().fit(X[train_idx])  #M StandardScaler
    xt = torch.from_numpy(scaler.transform(X[train_idx])).float()
    xv = torch.from_numpy(scaler.transform(X[test_idx])).float()
    yt = torch.from_numpy(y[train_idx])
    net = make_net(X.shape[1], 3)
    optimizer = make_optimizer(net.parameters())
    net.train()
    for _ in range(config["steps"]):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(xt), yt).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        return f1_score(y[test_idx], net(xv).argmax(1).numpy(), average="macro")


torch.manual_seed(config["seed"])
kfold = StratifiedKFold(n_splits=config["folds"], shuffle=True, random_state=config["seed"])
fold_scores = []
for fold, (train_idx, test_idx) in enumerate(kfold.split(X, y)):
    fold_f1 = fit_fold(train_idx, test_idx)
    fold_scores.append(fold_f1)
    print(f"fold {fold}: f1 = {fold_f1:.3f}")
mean_f1 = np.mean(fold_scores)
print("mean f1:", mean_f1, "+-", np.std(fold_scores))
