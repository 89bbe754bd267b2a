#: framework: torch
#: style: argparse Namespace, train function, scheduler
#: objective: maximize best_acc
#: also: maximize acc
#: proposed: yes
#: reports: 3
# %%
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=64)  #T 64
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--lr", type=float, default=0.05)  #T 0.05
parser.add_argument("--momentum", type=float, default=0.9)  #T 0.9
parser.add_argument("--gamma", type=float, default=0.7)  #T 0.7
parser.add_argument("--hidden", type=int, default=48)  #T 48
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--log-interval", type=int, default=10)
args = parser.parse_args([])
torch.manual_seed(args.seed)
# %%
d = load_digits()
x, t = torch.tensor(d.images, dtype=torch.float32)[:, None] / 16, torch.tensor(d.target)
train_loader = DataLoader(TensorDataset(x[:800], t[:800]), batch_size=args.batch_size, shuffle=True)
test_loader = DataLoader(TensorDataset(x[800:1200], t[800:1200]), batch_size=400)
# %%
class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)  #T 8; #M 3
        self.fc1 = nn.Linear(8 * 4 * 4, hidden)  #M 8
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  #M relu
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))  #M relu
        return F.log_softmax(self.fc2(x), dim=1)
# %%
def train(args, model, train_loader, optimizer, epoch):
    model.train()
    for batch_idx, (data, target) in enumerate(train_loader):
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        if batch_idx % args.log_interval == 0:
            print("Train Epoch: {} [{}/{}]\tLoss: {:.6f}".format(
                epoch, batch_idx * len(data), len(train_loader.dataset), loss.item()))


def test(model, test_loader):
    model.eval()
    correct = 0
    with torch.no_grad():
        for data, target in test_loader:
            correct += (model(data).argmax(1) == target).sum().item()
    return correct / len(test_loader.dataset)
# %%
model = Net(args.hidden)
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=args.momentum)  #T SGD
scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)  #M StepLR; 1
best_acc = 0
for epoch in range(1, args.epochs + 1):
    train(args, model, train_loader, optimizer, epoch)
    acc = test(model, test_loader)
    print("Test accuracy: {:.3f}".format(acc))
    if acc > best_acc:
        best_acc = acc
    scheduler.step()
