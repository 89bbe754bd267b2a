#: framework: keras-torch
#: style: fit call
#: objective: maximize history.history["val_accuracy"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: maximize test_acc
#: also: minimize test_loss
#: also: maximize max(history.history["val_accuracy"])
#: proposed: yes
#: reports: 3
# %%
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(42)
data, target = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(data / 16.0, target, test_size=0.2, random_state=42)

model = keras.Sequential([
    keras.Input(shape=(64,)),
    layers.Dense(96, activation="relu"),  #T 96; "relu"
    layers.BatchNormalization(),
    layers.Dropout(0.3),  #T 0.3
    layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.l2(1e-4)),  #T 32; 1e-4 #M "relu"; l2
    layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.002),  #T Adam; 0.002
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train,
    validation_split=0.15,
    epochs=3,  #M 3
    batch_size=64,  #T 64
    verbose=0,
)
test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
print(f"Test accuracy: {test_acc:.4f}")
