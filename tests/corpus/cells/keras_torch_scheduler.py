#: framework: keras-torch
#: style: textbook, fit call, keras LearningRateScheduler, Sequential list
#: objective: maximize history.history["val_accuracy"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: maximize max(history.history["val_accuracy"])
#: also: minimize min(history.history["val_loss"])
#: also: maximize model.evaluate(X_val, y_val)[1]
#: proposed: yes
#: reports: 3
# %%
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(42)
digits = load_digits()
X = digits.data.astype("float32") / 16
y = digits.target
X_train, y_train = X[:600], y[:600]
X_val, y_val = X[600:900], y[600:900]
# %%
def scheduler(epoch, lr):
    if epoch < 1:  #M 1
        return lr
    return lr * 0.9  #T 0.9


model = keras.Sequential([
    keras.Input(shape=(64,)),
    layers.Dense(64, activation="relu"),  #T 64; #M "relu"
    layers.Dropout(0.3),  #T 0.3
    layers.Dense(32, activation="relu"),  #T 32; #M "relu"
    layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),  #T Adam; 0.001
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
callback = keras.callbacks.LearningRateScheduler(scheduler)
history = model.fit(
    X_train,
    y_train,
    epochs=3,
    batch_size=32,  #T 32
    validation_data=(X_val, y_val),
    callbacks=[callback],
    verbose=0,
)
history.history["val_accuracy"]
