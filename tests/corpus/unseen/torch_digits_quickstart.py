#: framework: torch
#: style: train function, test function, earlier cells, only printed
#: objective: maximize printed "Accuracy:"
#: also: minimize printed "Avg loss:"
#: also: maximize correct
#: also: minimize test_loss
#: proposed: yes
#: reports: 3
# %%
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
digits = load_digits()
images = torch.tensor(digits.images / 16.0, dtype=torch.float32).unsqueeze(1)
labels = torch.tensor(digits.target)
dataset = TensorDataset(images, labels)
train_set, test_set = random_split(
    dataset, [1400, len(dataset) - 1400], generator=torch.Generator().manual_seed(0)
)
batch_size = 64  #T 64
train_dataloader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
test_dataloader = DataLoader(test_set, batch_size=batch_size)
device = "cuda" if torch.cuda.is_available() else "cpu"


# %%
class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=3, padding=1),  #T 8 #M 3; 1@2
            nn.ReLU(),  #T ReLU
            nn.MaxPool2d(2),  #M MaxPool2d; 2
            nn.Conv2d(8, 16, kernel_size=3, padding=1),  #T 16 #M 8; 3; 1
            nn.ReLU(),  #M ReLU
            nn.MaxPool2d(2),  #M MaxPool2d; 2
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 2 * 2, 64),  #T 64 #M 16
            nn.ReLU(),  #M ReLU
            nn.Linear(64, 10),  #M 64
        )

    def forward(self, x):
        return self.classifier(self.features(x))


model = ConvNet().to(device)

# %%
loss_fn = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)  #T SGD; 0.05; 0.9


def train(dataloader, model, loss_fn, optimizer):
    size = len(dataloader.dataset)
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        X, y = X.to(device), y.to(device)
        pred = model(X)
        loss = loss_fn(pred, y)

        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        if batch % 10 == 0:
            loss, current = loss.item(), (batch + 1) * len(X)
            print(f"loss: {loss:>7f}  [{current:>5d}/{size:>5d}]")


def test(dataloader, model, loss_fn):
    size = len(dataloader.dataset)
    num_batches = len(dataloader)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in dataloader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= num_batches
    correct /= size
    print(f"Test Error: \n Accuracy: {(100 * correct):>0.1f}%, Avg loss: {test_loss:>8f} \n")


# %%
epochs = 3  #M 3
for t in range(epochs):
    print(f"Epoch {t + 1}\n-------------------------------")
    train(train_dataloader, model, loss_fn, optimizer)
    test(test_dataloader, model, loss_fn)
print("Done!")
