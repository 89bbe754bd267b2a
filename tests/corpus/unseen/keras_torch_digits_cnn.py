#: framework: keras-torch
#: style: build function, fit call, trailing expression, earlier cells
#: objective: maximize max(history.history["val_accuracy"])
#: also: maximize history.history["val_accuracy"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: minimize min(history.history["val_loss"])
#: proposed: yes
#: reports: 2
# %%
# KERAS_BACKEND=torch
import keras
import numpy as np
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2024)
digits = load_digits()
x = (digits.images[..., np.newaxis] / 16).astype("float32")
y = keras.utils.to_categorical(digits.target, 10)
x_train, x_val = x[:700], x[700:1000]
y_train, y_val = y[:700], y[700:1000]


# %%
def build_cnn(filters=16, dense_units=64, dropout=0.25, learning_rate=1e-3):  #T 64; 0.25; 1e-3 #M 16
    inputs = keras.Input(shape=(8, 8, 1))
    h = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)  #M 3; "same" #T "relu"
    h = keras.layers.MaxPooling2D()(h)  #M MaxPooling2D
    h = keras.layers.Conv2D(filters * 2, 3, padding="same", activation="relu")(h)  #M 2; 3; "same"; "relu"
    h = keras.layers.GlobalAveragePooling2D()(h)  #M GlobalAveragePooling2D
    h = keras.layers.Dense(dense_units, activation="relu")(h)  #M "relu"
    h = keras.layers.Dropout(dropout)(h)
    outputs = keras.layers.Dense(10, activation="softmax")(h)
    net = keras.Model(inputs, outputs)
    net.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),  #T Adam
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return net


# %%
model = build_cnn(filters=8)  #T 8
history = model.fit(
    x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=64, verbose=2  #T 64 #M 2
)
max(history.history["val_accuracy"])
