#: framework: keras-tensorflow
#: style: Sequential, fit call, EarlyStopping, evaluate
#: objective: maximize accuracy
#: also: maximize history.history["val_accuracy"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: minimize loss
#: also: maximize printed "Test accuracy:"
#: proposed: yes
#: reports: 3
# %%
# KERAS_BACKEND=tensorflow
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(123)

rs = np.random.RandomState(123)
n = 900
df = pd.DataFrame(
    {
        "CreditScore": rs.normal(650, 95, n),
        "Age": rs.normal(39, 10, n),
        "Tenure": rs.randint(0, 11, n),
        "Balance": rs.gamma(2.0, 40000, n),
        "NumOfProducts": rs.randint(1, 5, n),
        "IsActiveMember": rs.randint(0, 2, n),
        "EstimatedSalary": rs.uniform(10000, 200000, n),
    }
)
score = 0.08 * (df["Age"] - 39) + 0.6 * (df["NumOfProducts"] - 2) - 1.2 * df["IsActiveMember"]
df["Exited"] = (score + rs.normal(0, 0.7, n) > 0).astype(int)

X = df.drop(columns="Exited")
y = df["Exited"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=123)
sc = StandardScaler()  #M StandardScaler
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = keras.Sequential(
    [
        layers.Input(shape=(X_train.shape[1],)),
        layers.Dense(32, activation="relu"),  #T 32; "relu"
        layers.Dropout(0.2),  #T 0.2
        layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.l2(1e-4)),  #T 16; 1e-4 #M "relu"; l2
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])  #T "adam"

early_stop = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=5, restore_best_weights=True  #M 5
)
history = model.fit(
    X_train,
    y_train,
    epochs=3,  #M 3
    batch_size=32,  #T 32
    validation_split=0.2,
    callbacks=[early_stop],
    verbose=0,
)

loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print("Test accuracy: %.4f" % accuracy)
