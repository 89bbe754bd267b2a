#: framework: keras-tensorflow
#: style: model builder function earlier, functional API, fit call, only printed metric
#: objective: minimize mae
#: also: minimize printed "MAE:"
#: also: minimize model.evaluate(X_test, y_test)[1]
#: also: minimize history.history["val_mae"][-1]
#: also: minimize history.history["val_loss"][-1]
#: proposed: yes
#: reports: 3
# %%
import keras
import numpy as np
from keras import layers, regularizers
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)
X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
# %%
def build_model(units=64, l2=1e-4, rate=0.2, lr=1e-3):  #T 64; 1e-4; 0.2; #M 1e-3
    inputs = keras.Input(shape=(X_train.shape[1],))
    x = layers.Dense(units, activation="elu", kernel_regularizer=regularizers.l2(l2))(inputs)  #M "elu"
    x = layers.Dropout(rate)(x)
    x = layers.Dense(units // 2, activation="elu", kernel_regularizer=regularizers.l2(l2))(x)  #M 2; "elu"
    outputs = layers.Dense(1)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.RMSprop(lr), loss="mse", metrics=["mae"])  #T RMSprop; #M "mse"
    return model
# %%
model = build_model(lr=0.01)  #T 0.01
history = model.fit(X_train, y_train, epochs=3, batch_size=32, validation_split=0.2, verbose=0)  #T 32
loss, mae = model.evaluate(X_test, y_test, verbose=0)
print("MAE:", mae)
