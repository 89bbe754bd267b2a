#: framework: torch
#: style: time series, regression, metric after the loop, earlier cells
#: objective: minimize rmse
#: also: minimize printed "Test RMSE:"
#: also: minimize mae
#: also: minimize printed "MAE:"
#: proposed: yes
#: reports: none
# %%
import numpy as np
import torch
import torch.nn as nn
from sklearn.preprocessing import MinMaxScaler

rng = np.random.default_rng(1)
t = np.arange(0, 400)
series = np.sin(2 * np.pi * t / 25) + 0.5 * np.sin(2 * np.pi * t / 7) + 0.1 * rng.normal(size=t.size)

scaler = MinMaxScaler(feature_range=(-1, 1))  #M MinMaxScaler
series = scaler.fit_transform(series.reshape(-1, 1)).astype(np.float32)


def create_sequences(data, seq_length):
    xs, ys = [], []
    for i in range(len(data) - seq_length):
        xs.append(data[i : i + seq_length])
        ys.append(data[i + seq_length])
    return torch.tensor(np.array(xs)), torch.tensor(np.array(ys))


seq_length = 20  #T 20
X, y = create_sequences(series, seq_length)
train_size = int(len(X) * 0.8)
X_train, y_train = X[:train_size], y[:train_size]
X_test, y_test = X[train_size:], y[train_size:]


# %%
class LSTMForecaster(nn.Module):
    def __init__(self, input_size=1, hidden_size=32, num_layers=1, dropout=0.0):  #T 32; 1@2 #M 0.0
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=dropout)  #T LSTM
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(out[:, -1, :])


# %%
torch.manual_seed(1)
num_epochs = 15  #M 15
learning_rate = 0.01  #T 0.01

model = LSTMForecaster()
criterion = nn.MSELoss()  #M MSELoss
optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)  #T Adam

for epoch in range(num_epochs):
    model.train()
    outputs = model(X_train)
    optimizer.zero_grad()
    loss = criterion(outputs, y_train)
    loss.backward()
    optimizer.step()
    if epoch % 5 == 0:
        print("Epoch: %d, loss: %1.5f" % (epoch, loss.item()))

model.eval()
with torch.no_grad():
    pred = scaler.inverse_transform(model(X_test).numpy())
actual = scaler.inverse_transform(y_test.numpy())
rmse = np.sqrt(np.mean((pred - actual) ** 2))
mae = np.mean(np.abs(pred - actual))
print(f"Test RMSE: {rmse:.4f}  MAE: {mae:.4f}")
