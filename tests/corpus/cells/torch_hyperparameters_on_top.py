#: framework: torch
#: style: textbook, script-like top-level loop, model class earlier, num_epochs/batch_size/learning_rate on top
#: objective: maximize accuracy
#: proposed: yes
#: reports: 3
# %%
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# %%
# Hyperparameters
input_size = 64
hidden_size = 50  #T 50
num_classes = 10
num_epochs = 3
batch_size = 64  #T 64
learning_rate = 0.001  #T 0.001
# %%
digits = load_digits()
X_train, X_val, y_train, y_val = train_test_split(
    digits.data / 16.0, digits.target, test_size=0.25, random_state=42
)
torch.manual_seed(1)
train_ds = TensorDataset(torch.FloatTensor(X_train), torch.LongTensor(y_train))
val_ds = TensorDataset(torch.FloatTensor(X_val), torch.LongTensor(y_val))
train_loader = DataLoader(train_ds, batch_size=batch_size, shuffle=True)
val_loader = DataLoader(val_ds, batch_size=256)
# %%
class NeuralNet(nn.Module):
    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.relu = nn.ReLU()  #M ReLU
        self.fc2 = nn.Linear(hidden_size, num_classes)

    def forward(self, x):
        out = self.relu(self.fc1(x))
        return self.fc2(out)


model = NeuralNet(input_size, hidden_size, num_classes).to(device)
model
# %%
criterion = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = optim.Adam(model.parameters(), lr=learning_rate)  #T Adam

total_step = len(train_loader)
for epoch in range(num_epochs):
    model.train()
    for i, (images, labels) in enumerate(train_loader):
        images = images.to(device)
        labels = labels.to(device)

        outputs = model(images)
        loss = criterion(outputs, labels)

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        if (i + 1) % 10 == 0:
            print(f"Epoch [{epoch+1}/{num_epochs}], Step [{i+1}/{total_step}], Loss: {loss.item():.4f}")

    model.eval()
    with torch.no_grad():
        correct, total = 0, 0
        for images, labels in val_loader:
            outputs = model(images.to(device))
            _, predicted = torch.max(outputs.data, 1)
            total += labels.size(0)
            correct += (predicted == labels.to(device)).sum().item()
        accuracy = 100 * correct / total
        print("Validation accuracy: {:.2f} %".format(accuracy))
