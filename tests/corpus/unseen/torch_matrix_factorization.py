#: framework: torch
#: style: config dict, recommender, history dict, earlier cells
#: objective: minimize history["val_rmse"][-1]
#: also: minimize min(history["val_rmse"])
#: also: minimize printed "best val RMSE:"
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

rng = np.random.default_rng(11)
N_USERS, N_ITEMS = 120, 80
true_u = rng.normal(size=(N_USERS, 4))
true_i = rng.normal(size=(N_ITEMS, 4))
ratings = pd.DataFrame(
    {"user": rng.integers(0, N_USERS, 3000), "item": rng.integers(0, N_ITEMS, 3000)}
).drop_duplicates()
ratings["rating"] = np.clip(
    np.round(3 + (true_u[ratings.user] * true_i[ratings.item]).sum(1) * 0.7), 1, 5
)
train_df = ratings.sample(frac=0.8, random_state=11)
val_df = ratings.drop(train_df.index)

# %%
config = {
    "n_factors": 16,  #T 16
    "lr": 0.02,  #T 0.02
    "weight_decay": 1e-5,  #T 1e-5
    "batch_size": 128,  #T 128
    "epochs": 3,  #M 3
    "pct_start": 0.3,  #T 0.3
}


class RatingsDataset(Dataset):
    def __init__(self, df):
        self.users = torch.tensor(df["user"].values)
        self.items = torch.tensor(df["item"].values)
        self.ratings = torch.tensor(df["rating"].values, dtype=torch.float32)

    def __len__(self):
        return len(self.ratings)

    def __getitem__(self, i):
        return self.users[i], self.items[i], self.ratings[i]


class MF(nn.Module):
    def __init__(self, n_users, n_items, n_factors, mu):
        super().__init__()
        self.P = nn.Embedding(n_users, n_factors)
        self.Q = nn.Embedding(n_items, n_factors)
        self.bu = nn.Embedding(n_users, 1)
        self.bi = nn.Embedding(n_items, 1)
        self.mu = mu
        for emb in (self.P, self.Q):
            nn.init.normal_(emb.weight, std=0.1)  #T 0.1
        nn.init.zeros_(self.bu.weight)
        nn.init.zeros_(self.bi.weight)

    def forward(self, u, i):
        dot = (self.P(u) * self.Q(i)).sum(-1)
        return self.mu + dot + self.bu(u).squeeze(-1) + self.bi(i).squeeze(-1)


# %%
torch.manual_seed(11)
train_dl = DataLoader(RatingsDataset(train_df), batch_size=config["batch_size"], shuffle=True)
val_dl = DataLoader(RatingsDataset(val_df), batch_size=512)
model = MF(N_USERS, N_ITEMS, config["n_factors"], train_df["rating"].mean())

# %%
opt = torch.optim.Adam(  #T Adam
    model.parameters(), lr=config["lr"], weight_decay=config["weight_decay"]
)
sched = torch.optim.lr_scheduler.OneCycleLR(  #M OneCycleLR
    opt,
    max_lr=config["lr"],
    epochs=config["epochs"],
    steps_per_epoch=len(train_dl),
    pct_start=config["pct_start"],
)
mse = nn.MSELoss()  #M MSELoss
history = {"train_loss": [], "val_rmse": []}

for epoch in range(config["epochs"]):
    model.train()
    epoch_losses = []
    for u, i, r in train_dl:
        opt.zero_grad()
        loss = mse(model(u, i), r)
        loss.backward()
        opt.step()
        sched.step()
        epoch_losses.append(loss.item())
    history["train_loss"].append(np.mean(epoch_losses))

    model.eval()
    sq_err, n = 0.0, 0
    with torch.no_grad():
        for u, i, r in val_dl:
            sq_err += ((model(u, i).clamp(1, 5) - r) ** 2).sum().item()
            n += len(r)
    history["val_rmse"].append((sq_err / n) ** 0.5)

print("best val RMSE:", round(min(history["val_rmse"]), 4))
pd.DataFrame(history).round(4)
