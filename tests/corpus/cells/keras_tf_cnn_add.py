#: framework: keras-tensorflow
#: style: fit call, model.add, EarlyStopping, trailing expression
#: objective: maximize history.history["val_accuracy"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: maximize max(history.history["val_accuracy"])
#: also: minimize min(history.history["val_loss"])
#: proposed: yes
#: reports: 3
# %%
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
from sklearn.datasets import load_digits

tf.keras.utils.set_random_seed(0)
digits = load_digits()
x_train = digits.images[:600][..., np.newaxis] / 16.0
y_train = tf.keras.utils.to_categorical(digits.target[:600], 10)
x_test = digits.images[600:800][..., np.newaxis] / 16.0
y_test = tf.keras.utils.to_categorical(digits.target[600:800], 10)
# %%
model = Sequential()
model.add(Input(shape=(8, 8, 1)))
model.add(Conv2D(16, (3, 3), activation="relu", padding="same"))  #T 16; #M 3; 3; "relu"
model.add(MaxPooling2D((2, 2)))  #M 2; 2
model.add(Dropout(0.25))  #T 0.25
model.add(Flatten())
model.add(Dense(64, activation="relu"))  #T 64; #M "relu"
model.add(Dropout(0.5))  #T 0.5
model.add(Dense(10, activation="softmax"))
model.summary()
# %%
model.compile(loss="categorical_crossentropy", optimizer=Adam(learning_rate=1e-3), metrics=["accuracy"])  #T Adam; 1e-3
es = EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)  #M 2
history = model.fit(x_train, y_train, batch_size=64, epochs=3, verbose=0, validation_data=(x_test, y_test), callbacks=[es])  #T 64
pd.DataFrame(history.history)
