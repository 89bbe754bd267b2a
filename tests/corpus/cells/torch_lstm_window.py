#: framework: torch
#: style: script-like top-level loop, function earlier, only printed metric, positional arguments
#: objective: minimize val_loss
#: also: minimize printed "val RMSE"
#: also: minimize rmse
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import torch
import torch.nn as nn
import matplotlib.pyplot as plt

t = np.arange(0, 400)
series = np.sin(0.1 * t) + 0.3 * np.sin(0.37 * t) + np.random.RandomState(0).normal(0, 0.05, len(t))
plt.plot(t, series)
plt.title("series");
# %%
window = 20  #T 20


def create_sequences(data, seq_length):
    xs, ys = [], []
    for i in range(len(data) - seq_length):
        xs.append(data[i : i + seq_length])
        ys.append(data[i + seq_length])
    return np.array(xs), np.array(ys)


xs, ys = create_sequences(series.astype(np.float32), window)
split = int(0.8 * len(xs))
X_train = torch.from_numpy(xs[:split]).unsqueeze(-1)
y_train = torch.from_numpy(ys[:split]).unsqueeze(-1)
X_val = torch.from_numpy(xs[split:]).unsqueeze(-1)
y_val = torch.from_numpy(ys[split:]).unsqueeze(-1)
# %%
class LSTMModel(nn.Module):
    def __init__(self, input_dim, hidden_dim, num_layers, output_dim):
        super().__init__()
        self.lstm = nn.LSTM(input_dim, hidden_dim, num_layers, batch_first=True)  #M LSTM
        self.fc = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(out[:, -1, :])
# %%
torch.manual_seed(42)
model = LSTMModel(1, 16, 1, 1)  #T 16; 1@2
criterion = nn.MSELoss()  #M MSELoss
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.005)  #T RMSprop; 0.005
batch = 32  #T 32
for epoch in range(3):
    model.train()
    for i in range(0, len(X_train), batch):
        pred = model(X_train[i : i + batch])
        loss = criterion(pred, y_train[i : i + batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)  #T 0.5
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = criterion(model(X_val), y_val)
    print("Epoch %d train %.4f val RMSE %.4f" % (epoch, loss.item(), val_loss.item() ** 0.5))
