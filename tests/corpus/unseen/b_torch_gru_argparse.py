#: framework: torch
#: style: argparse, nested loops
#: objective: minimize valid_mse
#: also: minimize best
#: proposed: yes
#: reports: 3
# %%
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser(description="one-step-ahead forecast")
parser.add_argument("--hidden-size", type=int, default=24)  #T 24
parser.add_argument("--num-layers", type=int, default=1)  #T 1
parser.add_argument("--window", type=int, default=16)  #T 16
parser.add_argument("--lr", type=float, default=0.01)  #T 0.01
parser.add_argument("--batch-size", type=int, default=50)  #T 50
parser.add_argument("--clip", type=float, default=0.5)  #T 0.5
parser.add_argument("--epochs", type=int, default=3)  #M 3
parser.add_argument("--seed", type=int, default=5)
args = parser.parse_args([])

torch.manual_seed(args.seed)
t = torch.arange(0, 700, dtype=torch.float32)
series = torch.sin(t / 9) + 0.5 * torch.sin(t / 23) + 0.1 * torch.randn(len(t))
windows = series.unfold(0, args.window + 1, 1)
inputs, targets = windows[:, :-1].unsqueeze(-1), windows[:, -1]
split = int(0.8 * len(inputs))


class Forecaster(nn.Module):
    def __init__(self, hidden, layers):
        super().__init__()
        self.rnn = nn.GRU(1, hidden, num_layers=layers, batch_first=True)  #M GRU
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.out(states[:, -1]).squeeze(-1)


net = Forecaster(args.hidden_size, args.num_layers)
mse = nn.MSELoss()
optimizer = torch.optim.RMSprop(net.parameters(), lr=args.lr, alpha=0.95)  #T RMSprop #M 0.95
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=1)  #M 0.3; 1; ReduceLROnPlateau
best = float("inf")
for epoch in range(args.epochs):
    net.train()
    perm = torch.randperm(split)
    for start in range(0, split, args.batch_size):
        batch = perm[start : start + args.batch_size]
        optimizer.zero_grad()
        loss = mse(net(inputs[batch]), targets[batch])
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), args.clip)
        optimizer.step()
    net.eval()
    with torch.no_grad():
        valid_mse = mse(net(inputs[split:]), targets[split:]).item()
    plateau.step(valid_mse)
    if valid_mse < best:
        best = valid_mse
        best_state = {k: v.clone() for k, v in net.state_dict().items()}
    print(epoch, round(loss.item(), 4), round(valid_mse, 4))
