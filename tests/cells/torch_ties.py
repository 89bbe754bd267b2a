import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(
    nn.Linear(8, 32),  # hpo: [1] = 8..64 log as width
    nn.Tanh(),  # hpo: Tanh | ReLU | GELU as act
    nn.Dropout(0.1),  # hpo: 0.0..0.5
    nn.Linear(32, 2),  # hpo: [0] = width
)
optimizer = torch.optim.Adam(
    model.parameters(), lr=1e-2, weight_decay=0
)  # hpo: Adam | SGD | RMSprop as opt; lr = 1e-4..1e-1 log; weight_decay = 1e-6..1e-2 log
criterion = nn.CrossEntropyLoss()
val_losses = []
for epoch in range(3):
    out = model(X_t)
    loss = criterion(out, y_t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    val_losses.append(loss.item())
