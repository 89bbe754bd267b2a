#: framework: torch
#: style: star imports, script-like top-level loop, comprehension, trailing expression
#: objective: minimize losses[-1]
#: also: minimize loss
#: also: minimize loss.item()
#: proposed: yes
#: reports: 25
# %%
from numpy import *
from torch import nn, optim
import torch

random.seed(5)
torch.manual_seed(5)
# %%
points = random.uniform(-2, 2, (150, 2))
target = array([[sin(a) * cos(b)] for a, b in points])
P, T = torch.tensor(points).float(), torch.tensor(target).float()
widths = [20, 20]  #T 20; 20
sizes = [2] + widths + [1]
net = nn.Sequential(*[m for i, o in zip(sizes[:-1], sizes[1:]) for m in (nn.Linear(i, o), nn.Sigmoid())][:-1])  #M Sigmoid
optimiser = optim.Adam(net.parameters(), lr=0.03, weight_decay=1e-6)  #T Adam; 0.03; 1e-6
losses = []
for step in range(25):
    optimiser.zero_grad()
    loss = ((net(P) - T) ** 2).mean()
    loss.backward()
    optimiser.step()
    losses += [loss.item()]
losses[-1]
