#: framework: torch
#: style: textbook, per-sample SGD, nested loops
#: objective: minimize avg_loss
#: also: minimize running_loss
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
x_data = np.linspace(-1, 1, 40).astype("float32").reshape(-1, 1)
y_data = 3 * x_data**2 + 0.1 * np.random.randn(40, 1).astype("float32")

net = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))  #T 10; #M Tanh; 10@2
opt = torch.optim.SGD(net.parameters(), lr=0.05)  #T SGD; 0.05
mse = nn.MSELoss()  #M MSELoss

for epoch in range(3):
    running_loss = 0.0
    for i in range(len(x_data)):
        xi = torch.from_numpy(x_data[i])
        yi = torch.from_numpy(y_data[i])
        opt.zero_grad()
        loss = mse(net(xi), yi)
        loss.backward()
        opt.step()
        running_loss += loss.item()
    avg_loss = running_loss / len(x_data)
    print("epoch", epoch, "loss", avg_loss)
