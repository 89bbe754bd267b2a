#: framework: torch
#: style: pre-trained in an earlier cell, fine-tuned in the training cell, seed set once at the top, model changed in place
#: objective: minimize val_loss
#: also: minimize losses[-1]
#: proposed: yes
#: reports: 4
# %%
import copy

import torch
import torch.nn as nn
# %%
torch.manual_seed(77)
device = "cuda" if torch.cuda.is_available() else "cpu"
# %%
def make_task(n, angle):
    x = torch.rand(n, 2) * 4 - 2
    c, s = torch.cos(torch.tensor(angle)), torch.sin(torch.tensor(angle))
    rot = x @ torch.stack([torch.stack([c, -s]), torch.stack([s, c])])
    return x, (torch.sin(2 * rot[:, :1]) * rot[:, 1:])
# %%
source_x, source_y = make_task(300, 0.0)
target_x, target_y = make_task(120, 0.4)
# %%
trunk = nn.Sequential(nn.Linear(2, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh())  #M 40; 40; 40; Tanh; Tanh
head = nn.Linear(40, 1)
# %%
mse = nn.MSELoss()
opt = torch.optim.Adam([*trunk.parameters(), *head.parameters()], lr=0.01)  #M 0.01; Adam
for it in range(30):
    opt.zero_grad()
    pre_loss = mse(head(trunk(source_x)), source_y)
    pre_loss.backward()
    opt.step()
print("pre-trained to", pre_loss.item())
# %%
checkpoint = copy.deepcopy(trunk.state_dict())
# %%
for p in trunk[0].parameters():
    p.requires_grad_(False)
# %%
head = nn.Linear(40, 1)
nn.init.zeros_(head.bias);
# %%
n_train = 90
val_x, val_y = target_x[n_train:], target_y[n_train:]
# %%
losses = []
# %% train
lr_head, lr_trunk = 2e-2, 1e-3  #T 2e-2; 1e-3
optimizer = torch.optim.Adam([  #T Adam
    {"params": head.parameters(), "lr": lr_head},
    {"params": [p for p in trunk.parameters() if p.requires_grad], "lr": lr_trunk},
])
for epoch in range(4):
    for idx in torch.randperm(n_train).split(15):  #T 15
        optimizer.zero_grad()
        loss = mse(head(trunk(target_x[idx])), target_y[idx])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val_loss = mse(head(trunk(val_x)), val_y).item()
    losses.append(val_loss)
# %%
drift = sum((trunk.state_dict()[k] - v).abs().sum().item() for k, v in checkpoint.items())
drift
# %%
losses
