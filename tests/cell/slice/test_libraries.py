"""Sessions as people write them, run with the libraries: a trial gives what *Restart and run
all* gives, also where the cell was run before and where cells ran again."""

from __future__ import annotations

from typing import Any

import pytest

TORCH = [
    """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(3)
""",
    """
X = torch.randn(32, 4)
y = (X[:, 0] > 0).long()
loader = DataLoader(TensorDataset(X, y), batch_size=8, shuffle=True)
""",
    """
hidden = 6
class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), nn.Dropout(0.2))
        self.head = nn.Linear(hidden, 2)
    def forward(self, x):
        return self.head(self.body(x))
model = Net(hidden)
""",
    """
def train_one(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
""",
]
TORCH_TRAINING = """
losses = []
for epoch in range(2):
    losses.append(train_one(model, loader, optimizer, criterion))
model.eval()
with torch.no_grad():
    out = (losses, model(X).sum().item())
"""
NUMPY = [
    """
import numpy as np
np.random.seed(1)
X = np.random.rand(30, 3)
y = X @ np.array([1.0, 2.0, 3.0])
""",
    """
X = X - X.mean(axis=0)
X /= X.std(axis=0)
""",
    """
def batches(n):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), n):
        yield order[start : start + n]
w = np.zeros(3)
lr = 0.1
""",
]
NUMPY_TRAINING = """
for epoch in range(3):
    for batch in batches(10):
        w -= lr * 2 * X[batch].T @ (X[batch] @ w - y[batch]) / len(batch)
out = (w.tolist(), float(((X @ w - y) ** 2).mean()))
"""
SKLEARN = [
    """
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
X, y = make_classification(n_samples=80, random_state=0)
""",
    """
np.random.seed(5)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
""",
    """
settings = {"alpha": 0.001, "max_iter": 5, "tol": None}
clf = SGDClassifier(**settings)
""",
]
SKLEARN_TRAINING = """
clf.fit(X_train, y_train)
out = (clf.coef_.tolist(), clf.score(X_test, y_test))
"""
PANDAS = [
    """
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
df = pd.DataFrame({"a": rng.normal(size=40), "b": rng.normal(size=40)})
df.loc[3, "a"] = None
""",
    """
df["c"] = df["a"] * 2
df.fillna(0.5, inplace=True)
df = df.rename(columns={"b": "target"})
features = ["a", "c"]
""",
    """
power = 2
features.append("d")
df["d"] = df["a"].abs() ** power
""",
]
PANDAS_TRAINING = """
train = df[features].values
w = np.linalg.lstsq(train, df["target"].values, rcond=None)[0]
df["prediction"] = train @ w
noise = rng.normal()
out = (w.tolist(), float((df["prediction"] - df["target"]).abs().mean()), noise)
"""
SESSIONS = {
    "torch": (TORCH, TORCH_TRAINING, ("hidden = «6»", "9")),
    "torch, the learning rate": (TORCH, TORCH_TRAINING, ("lr=«0.1»", "0.3")),
    "torch, in the training cell": (TORCH, TORCH_TRAINING, ("range(«2»)", "3")),
    "numpy": (NUMPY, NUMPY_TRAINING, ("lr = «0.1»", "0.2")),
    "numpy, the data": (NUMPY, NUMPY_TRAINING, ("rand(«30», 3)", "50")),
    "sklearn": (SKLEARN, SKLEARN_TRAINING, ('"alpha": «0.001»', "0.1")),
    "sklearn, the split": (SKLEARN, SKLEARN_TRAINING, ("test_size=«0.25»", "0.5")),
    "pandas": (PANDAS, PANDAS_TRAINING, ("power = «2»", "3")),
    "pandas, early": (PANDAS, PANDAS_TRAINING, (".fillna(«0.5»", "1.5")),
}
HISTORIES: dict[str, Any] = {
    "in order": lambda n: list(range(n)),
    "trained before": lambda n: [*range(n), -1, -1],
    "run again": lambda n: [*range(n), n - 1, -1, 1, n - 1],
    "a cell twice": lambda n: [*range(n), 1, 1, 2],
}


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("name", SESSIONS)
def test_a_trial_is_restart_and_run_all(session: Any, name: str, history: str) -> None:
    cells, training, (text, other) = SESSIONS[name]
    one = session(cells, training, HISTORIES[history](len(cells)))
    place = one.place(text)
    found = one.trace().rerun([place])
    assert one.trial(found)["out"] == one.run_all()["out"]
    assert one.trial(found, (place, other))["out"] == one.run_all((place, other))["out"]


@pytest.mark.parametrize("name", SESSIONS)
def test_with_recorded_random_states(session: Any, name: str) -> None:
    cells, training, (text, _) = SESSIONS[name]
    one = session(cells, training, seeded=True)
    found = one.trace().rerun([one.place(text)])
    assert one.trial(found)["out"] == one.run_all()["out"]


def test_what_stays(session: Any) -> None:
    one = session(TORCH, TORCH_TRAINING, seeded=True)
    assert one.lines("lr=«0.1»") == [
        "model = Net(hidden)",
        "criterion = nn.CrossEntropyLoss()",
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)",
    ]
    assert one.lines("batch_size=«8»")[:2] == [
        "loader = DataLoader(TensorDataset(X, y), batch_size=8, shuffle=True)",
        "model = Net(hidden)",
    ]
    one = session(SKLEARN, SKLEARN_TRAINING, seeded=True)
    assert one.lines('"alpha": «0.001»') == [
        'settings = {"alpha": 0.001, "max_iter": 5, "tol": None}',
        "clf = SGDClassifier(**settings)",
    ]
