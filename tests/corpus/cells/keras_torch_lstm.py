#: framework: keras-torch
#: style: fit call, function earlier, only printed metric
#: objective: minimize min(history.history["val_loss"])
#: also: minimize history.history["val_loss"][-1]
#: also: minimize printed "best val loss"
#: proposed: yes
#: reports: 2
# %%
import os
os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import keras
from keras.layers import LSTM, Bidirectional, Dense, Dropout, Input
from keras.models import Sequential

keras.utils.set_random_seed(42)
# %%
n_steps = 12  #T 12
data = np.sin(np.linspace(0, 30, 260)) + np.random.normal(0, 0.05, 260)


def split_sequence(sequence, n_steps):
    X, y = [], []
    for i in range(len(sequence) - n_steps):
        X.append(sequence[i:i + n_steps])
        y.append(sequence[i + n_steps])
    return np.array(X)[..., None], np.array(y)


X, y = split_sequence(data, n_steps)
X.shape
# %%
model = Sequential()
model.add(Input(shape=(n_steps, 1)))
model.add(LSTM(16, return_sequences=False))  #T 16; #M LSTM
model.add(Dropout(0.2))  #T 0.2
model.add(Dense(1))
opt = keras.optimizers.Adam(learning_rate=0.01, clipnorm=1.0)  #T Adam; 0.01; #M 1.0
model.compile(optimizer=opt, loss="mean_squared_error")  #M "mean_squared_error"
# %%
history = model.fit(X, y, epochs=2, batch_size=32, validation_split=0.25, verbose=0, shuffle=False)  #T 32
print("best val loss", min(history.history["val_loss"]))
