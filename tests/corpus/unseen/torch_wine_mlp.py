#: framework: torch
#: style: top-level loop, one cell, mini-batches by hand
#: objective: maximize val_acc
#: also: minimize val_loss
#: proposed: yes
#: reports: 12
# %%
import numpy as np
import torch
import torch.nn as nn
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 42
np.random.seed(SEED)
torch.manual_seed(SEED)

X, y = load_wine(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(
    X, y, test_size=0.25, stratify=y, random_state=SEED
)
scaler = StandardScaler()  #M StandardScaler
X_train = torch.tensor(scaler.fit_transform(X_train), dtype=torch.float32)
X_val = torch.tensor(scaler.transform(X_val), dtype=torch.float32)
y_train = torch.tensor(y_train)
y_val = torch.tensor(y_val)

EPOCHS = 12  #M 12
BATCH_SIZE = 16  #T 16
LEARNING_RATE = 5e-3  #T 5e-3

model = nn.Sequential(
    nn.Linear(13, 32),  #T 32
    nn.BatchNorm1d(32),  #M BatchNorm1d; 32
    nn.ReLU(),  #T ReLU
    nn.Dropout(0.3),  #T 0.3
    nn.Linear(32, 16),  #T 16 #M 32
    nn.ReLU(),  #M ReLU
    nn.Linear(16, 3),  #M 16
)
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)  #T 0.05 #M CrossEntropyLoss
optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=1e-2)  #T AdamW; 1e-2

for epoch in range(EPOCHS):
    model.train()
    perm = torch.randperm(len(X_train))
    running = 0.0
    for i in range(0, len(perm) - 1, BATCH_SIZE):
        idx = perm[i : i + BATCH_SIZE]
        if len(idx) < 2:
            continue
        optimizer.zero_grad()
        loss = criterion(model(X_train[idx]), y_train[idx])
        loss.backward()
        optimizer.step()
        running += loss.item() * len(idx)

    model.eval()
    with torch.no_grad():
        logits = model(X_val)
        val_loss = criterion(logits, y_val).item()
        val_acc = (logits.argmax(dim=1) == y_val).float().mean().item()

    if (epoch + 1) % 4 == 0:
        print(
            f"[{epoch + 1:3d}/{EPOCHS}] train {running / len(X_train):.4f}  "
            f"val {val_loss:.4f}  acc {val_acc:.3f}"
        )
