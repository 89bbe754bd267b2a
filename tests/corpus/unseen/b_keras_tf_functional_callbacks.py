#: framework: keras-tensorflow
#: style: fit call, earlier cells, callbacks
#: objective: minimize min(hist.history["val_mae"])
#: also: minimize hist.history["val_mae"][-1]
#: also: minimize hist.history["val_loss"][-1]
#: also: minimize min(hist.history["val_loss"])
#: also: minimize val_mae
#: proposed: yes
#: reports: 3
# %%
import keras
import numpy as np
import tensorflow as tf

tf.random.set_seed(11)
np.random.seed(11)
tf.config.experimental.enable_op_determinism()

# %%
n = 800
store = np.random.randint(0, 12, size=n)
numeric = np.random.normal(size=(n, 5)).astype("float32")
effect = np.random.normal(size=12)
sales = (effect[store] + numeric @ np.array([0.5, -1.0, 0.0, 0.3, 0.8]) + 0.2 * np.random.normal(size=n)).astype("float32")
cut = 640

# %%
keras.utils.set_random_seed(11)
embedding_dim = 6  #T 6
units = 40  #T 40
l2 = 1e-5  #T 1e-5

store_in = keras.Input(shape=(1,), name="store")
num_in = keras.Input(shape=(5,), name="numeric")
e = keras.layers.Flatten()(keras.layers.Embedding(12, embedding_dim)(store_in))
h = keras.layers.Concatenate()([e, num_in])
h = keras.layers.Dense(units, activation="swish", kernel_regularizer=keras.regularizers.L2(l2))(h)  #T "swish" #M L2
h = keras.layers.Dropout(0.1)(h)  #T 0.1
out = keras.layers.Dense(1)(h)
net = keras.Model([store_in, num_in], out)

schedule = keras.optimizers.schedules.ExponentialDecay(5e-3, decay_steps=50, decay_rate=0.9)  #T 5e-3; 0.9 #M 50; ExponentialDecay
net.compile(optimizer=keras.optimizers.Nadam(schedule), loss="huber", metrics=["mae"])  #T Nadam #M "huber"

# %%
callbacks = [
    keras.callbacks.EarlyStopping(monitor="val_mae", mode="min", patience=3, restore_best_weights=True),  #M 3; True
    keras.callbacks.TerminateOnNaN(),
]
hist = net.fit(
    [store[:cut], numeric[:cut]],
    sales[:cut],
    validation_data=([store[cut:], numeric[cut:]], sales[cut:]),
    epochs=3,  #M 3
    batch_size=32,  #T 32
    callbacks=callbacks,
    verbose=0,
)
val_mae = min(hist.history["val_mae"])
val_mae
