from torch.utils.data import DataLoader, TensorDataset

class Net(nn.Module):
    def __init__(self, n_hidden=12):  # hpo: 4..32 log as n_hidden
        super().__init__()
        self.fc1 = nn.Linear(8, n_hidden)
        self.fc2 = nn.Linear(n_hidden, 2)
        self.drop = nn.Dropout(p=0.2)

    def forward(self, x):
        return self.fc2(self.drop(F.relu(self.fc1(x))))


def accuracy(net, loader):
    net.eval()
    correct = total = 0
    with torch.no_grad():
        for xb, yb in loader:
            correct += (net(xb).argmax(dim=1) == yb).sum().item()
            total += len(yb)
    return correct / total


torch.manual_seed(0)
batch_size = 32
train_loader = DataLoader(TensorDataset(X_t, y_t), batch_size=batch_size, shuffle=True)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
best_acc = 0.0
for epoch in range(2):
    net.train()
    running_loss = 0.0
    for i, (xb, yb) in enumerate(train_loader):
        opt.zero_grad()
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
        running_loss += loss.item()
        if i % 100 == 99:
            print(i, running_loss)
    acc = accuracy(net, train_loader)
    best_acc = max(best_acc, acc)
