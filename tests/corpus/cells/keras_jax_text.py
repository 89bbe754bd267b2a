#: framework: keras-jax
#: style: fit call, earlier top-level values, trailing expression
#: objective: maximize score[1]
#: also: maximize model.evaluate(x_val, y_val)[1]
#: also: maximize hist.history["val_accuracy"][-1]
#: also: minimize hist.history["val_loss"][-1]
#: proposed: yes
#: reports: 2
# %%
import os

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(1)
# %%
max_features = 200
maxlen = 16
embedding_dims = 20  #T 20
filters = 32  #T 32
kernel_size = 3  #T 3
hidden_dims = 24  #T 24
batch_size = 32  #T 32
epochs = 2
# %%
x = rng.integers(1, max_features, size=(400, maxlen))
y = (x < 60).sum(axis=1) > 4
x_train, y_train, x_val, y_val = x[:300], y[:300].astype("int32"), x[300:], y[300:].astype("int32")
# %%
keras.utils.set_random_seed(812)
model = keras.Sequential([
    layers.Embedding(max_features, embedding_dims),
    layers.Dropout(0.2),  #T 0.2
    layers.Conv1D(filters, kernel_size, activation="relu"),  #M "relu"
    layers.GlobalMaxPooling1D(),  #M GlobalMaxPooling1D
    layers.Dense(hidden_dims, activation="relu"),  #M "relu"
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])  #T "adam"
hist = model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
score = model.evaluate(x_val, y_val, verbose=0)
score
