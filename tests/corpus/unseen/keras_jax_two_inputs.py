#: framework: keras-jax
#: style: functional API, regression, evaluate, earlier cells
#: objective: minimize test_mae
#: also: minimize test_mse
#: also: minimize hist.history["val_mae"][-1]
#: also: minimize hist.history["val_loss"][-1]
#: also: minimize printed "MAE on the test set:"
#: proposed: yes
#: reports: 3
# %%
# KERAS_BACKEND=jax
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(5)
data = load_diabetes()
X = data.data.astype("float32") * 20
y = (data.target.astype("float32") - 152.0) / 77.0
X_full, X_test, y_full, y_test = train_test_split(X, y, test_size=64, random_state=5)
X_train, X_valid, y_train, y_valid = train_test_split(
    X_full, y_full, train_size=288, test_size=64, random_state=5
)


def split_cols(A):
    return A[:, :5], A[:, 3:]


# %%
input_wide = layers.Input(shape=(5,), name="wide")
input_deep = layers.Input(shape=(7,), name="deep")
h1 = layers.Dense(30, activation="elu", kernel_initializer="he_normal")(input_deep)  #T 30; "elu" #M "he_normal"
h2 = layers.Dense(15, activation="elu", kernel_initializer="he_normal")(h1)  #T 15 #M "elu"; "he_normal"
merged = layers.concatenate([input_wide, h2])
out = layers.Dense(1, name="main_output")(merged)
model = keras.Model(inputs=[input_wide, input_deep], outputs=out)

# %%
schedule = keras.optimizers.schedules.ExponentialDecay(  #M ExponentialDecay
    initial_learning_rate=0.01, decay_steps=50, decay_rate=0.9  #T 0.01; 50; 0.9
)
model.compile(
    loss="mse",  #M "mse"
    optimizer=keras.optimizers.RMSprop(learning_rate=schedule, momentum=0.1),  #T RMSprop; 0.1
    metrics=["mae"],
)
hist = model.fit(
    split_cols(X_train),
    y_train,
    epochs=3,  #M 3
    batch_size=32,  #T 32
    validation_data=(split_cols(X_valid), y_valid),
    verbose=0,
)
test_mse, test_mae = model.evaluate(split_cols(X_test), y_test, verbose=0)
print(f"MAE on the test set: {test_mae:.3f} (MSE {test_mse:.3f})")
