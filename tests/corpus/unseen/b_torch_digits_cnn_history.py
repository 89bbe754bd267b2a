#: framework: torch
#: style: train function, earlier cells, trailing expression
#: objective: maximize max(history["val_acc"])
#: also: maximize history["val_acc"][-1]
#: also: maximize acc
#: also: maximize val_acc
#: proposed: yes
#: reports: 3
# %%
import torch
from sklearn.datasets import load_digits
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split

BATCH = 64  #T 64
LR = 2e-3  #T 2e-3
N_EPOCHS = 3  #M 3
device = "cuda" if torch.cuda.is_available() else "cpu"

# %%
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16.0
everything = TensorDataset(images, torch.tensor(digits.target))
train_set, val_set = random_split(
    everything, [1400, 397], generator=torch.Generator().manual_seed(0)
)

# %%
class SmallCNN(nn.Module):
    def __init__(self, channels=16, p_drop=0.25):  #T 16; 0.25
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, kernel_size=3, padding=1)  #M 3; 1@2
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels * 2, 3, padding=1)  #M 2; 3; 1
        self.pool = nn.MaxPool2d(2)  #M MaxPool2d
        self.drop = nn.Dropout(p_drop)
        self.head = nn.Linear(channels * 2 * 4 * 4, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))  #M relu
        x = self.pool(torch.relu(self.conv2(x)))  #M relu
        return self.head(self.drop(x.flatten(1)))


def accuracy(model, loader):
    model.eval()
    right = n = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x.to(device)).argmax(1).cpu() == y).sum().item()
            n += len(y)
    return right / n


def train(model, train_loader, val_loader, epochs, lr):
    history = {"loss": [], "val_acc": []}
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)  #T 0.05
    optimizer = optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.999))  #T Adam #M 0.9; 0.999
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)  #T 0.5 #M 2; StepLR
    for epoch in range(epochs):
        model.train()
        running = 0.0
        for x, y in train_loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            running += loss.item()
        scheduler.step()
        acc = accuracy(model, val_loader)
        history["loss"].append(running / len(train_loader))
        history["val_acc"].append(acc)
    return history


# %%
torch.manual_seed(1)
train_loader = DataLoader(train_set, batch_size=BATCH, shuffle=True)
val_loader = DataLoader(val_set, batch_size=256)
model = SmallCNN().to(device)
history = train(model, train_loader, val_loader, epochs=N_EPOCHS, lr=LR)
max(history["val_acc"])
