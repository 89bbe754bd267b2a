#: framework: torch
#: style: while loop, early stopping, walrus
#: objective: minimize best
#: also: minimize val_loss
#: proposed: yes
#: reports: 30
# %%
import torch
import torch.nn as nn

torch.manual_seed(11)
x = torch.linspace(-3, 3, 200).unsqueeze(1)
y = torch.sin(2 * x) + 0.1 * torch.randn_like(x)
perm = torch.randperm(200)
xt, yt, xv, yv = x[perm[:150]], y[perm[:150]], x[perm[150:]], y[perm[150:]]

hidden, lr, momentum, patience = 24, 0.02, 0.9, 5  #T 24; 0.02; 0.9; #M 5
net = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))  #M Tanh; Tanh
opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum, nesterov=True)  #T SGD; True
loss_fn = nn.MSELoss()  #M MSELoss
best, wait, epoch = float("inf"), 0, 0
while wait < patience and epoch < 30:
    opt.zero_grad()
    loss_fn(net(xt), yt).backward()
    opt.step()
    with torch.no_grad():
        if (val_loss := loss_fn(net(xv), yv).item()) < best - 1e-4:
            best, wait = val_loss, 0
        else:
            wait += 1
    epoch += 1
print(f"stopped after {epoch} epochs, best {best:.4f}")
