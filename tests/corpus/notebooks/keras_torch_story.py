#: framework: keras-torch
#: style: fit call, scaler fitted in place, model builder function, evaluation afterwards
#: objective: minimize history.history["val_loss"][-1]
#: also: minimize min(history.history["val_loss"])
#: also: minimize history.history["val_mae"][-1]
#: proposed: yes
#: reports: 3
# %%
import os

os.environ["KERAS_BACKEND"] = "torch"
# %%
import keras
import numpy as np
import pandas as pd
from keras import layers
# %%
keras.utils.set_random_seed(31)
# %%
t = np.arange(500)
energy = pd.DataFrame({
    "hour": t % 24,
    "temp": 15 + 8 * np.sin(2 * np.pi * t / 24) + np.random.normal(0, 1.5, 500),
    "wind": np.random.weibull(2, 500) * 5,
})
energy["load"] = 40 + 3 * np.abs(energy.temp - 18) + 5 * np.cos(2 * np.pi * energy.hour / 24) + np.random.normal(0, 1, 500)
energy.tail()
# %%
energy.corr()["load"]
# %%
energy["sin_h"] = np.sin(2 * np.pi * energy.hour / 24)
energy["cos_h"] = np.cos(2 * np.pi * energy.hour / 24)
energy.drop(columns="hour", inplace=True)
# %%
from sklearn.preprocessing import StandardScaler

X = energy.drop(columns="load").to_numpy("float32")
y = energy[["load"]].to_numpy("float32")
x_scaler, y_scaler = StandardScaler(), StandardScaler()
# %%
split = 400
X_train, X_val = x_scaler.fit_transform(X[:split]), x_scaler.transform(X[split:])
y_train, y_val = y_scaler.fit_transform(y[:split]), y_scaler.transform(y[split:])
# %%
def make_model(hidden=(32, 16), activation="relu", l2=0.0):  #M 32; 16; "relu"; 0.0
    model = keras.Sequential([keras.Input((X_train.shape[1],))])
    for units in hidden:
        model.add(layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L2(l2)))
        model.add(layers.Dropout(0.1))  #T 0.1
    model.add(layers.Dense(1))
    return model
# %%
learning_rate = 3e-3  #T 3e-3
batch_size = 40  #T 40
# %%
model = make_model(hidden=(48, 24), activation="tanh", l2=1e-5)  #T 48; 24; "tanh"; 1e-5
model.compile(keras.optimizers.Nadam(learning_rate), loss="mse", metrics=["mae"])  #T Nadam; #M "mse"
model.count_params()
# %% train
history = model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=3, batch_size=batch_size, verbose=0)
# %%
pd.DataFrame(history.history).round(4)
# %%
pred = y_scaler.inverse_transform(model.predict(X_val, verbose=0))
float(np.abs(pred - y[split:]).mean())
