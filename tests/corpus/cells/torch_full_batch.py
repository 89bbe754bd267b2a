#: framework: torch
#: style: textbook, script-like top-level loop, full batch
#: objective: minimize loss.item()
#: also: minimize loss
#: also: minimize losses[-1]
#: proposed: yes
#: reports: 40
# %%
import torch
import torch.nn as nn
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

iris = load_iris()
X = torch.tensor(StandardScaler().fit_transform(iris.data), dtype=torch.float32)
y = torch.tensor(iris.target)
X.shape, y.shape
# %%
torch.manual_seed(42)

model = nn.Sequential(
    nn.Linear(4, 16),  #T 16
    nn.ReLU(),  #M ReLU
    nn.Linear(16, 3),  #M 16
)
criterion = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  #T SGD; 0.1

losses = []
for epoch in range(40):
    optimizer.zero_grad()
    out = model(X)
    loss = criterion(out, y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if (epoch + 1) % 10 == 0:
        print(f"Epoch {epoch + 1}/40, loss = {loss.item():.4f}")
