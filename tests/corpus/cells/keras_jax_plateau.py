#: framework: keras-jax
#: style: fit call, callbacks, model class earlier
#: objective: minimize history.history["val_loss"][-1]
#: also: minimize min(history.history["val_loss"])
#: also: minimize val_loss
#: proposed: yes
#: reports: 3
# %%
import os

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers, ops

rng = np.random.default_rng(0)
x = rng.normal(size=(300, 6)).astype("float32")
y = (np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]).astype("float32")
# %%
class Residual(keras.Model):
    def __init__(self, width=32, depth=2, **kwargs):  #M 32; #T 2
        super().__init__(**kwargs)
        self.inp = layers.Dense(width)
        self.hidden = [layers.Dense(width, activation="swish") for _ in range(depth)]  #M "swish"
        self.out = layers.Dense(1)

    def call(self, x):
        x = self.inp(x)
        for layer in self.hidden:
            x = x + layer(x)
        return self.out(x)
# %%
keras.utils.set_random_seed(7)
model = Residual(width=48)  #T 48
model.compile(optimizer=keras.optimizers.AdamW(0.005, weight_decay=1e-3), loss=keras.losses.Huber(delta=1.0))  #T AdamW; 0.005; 1e-3; #M 1.0; Huber
reduce_lr = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=1e-5)  #T 0.5; 2; #M 1e-5
history = model.fit(x[:240], y[:240], validation_data=(x[240:], y[240:]), epochs=3, batch_size=40, callbacks=[reduce_lr], verbose=0)  #T 40
val_loss = history.history["val_loss"][-1]
