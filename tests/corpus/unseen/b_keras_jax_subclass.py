#: framework: keras-jax
#: style: fit call, subclass, train function
#: objective: maximize val_auc
#: also: maximize history.history["val_auc"][-1]
#: also: minimize history.history["val_loss"][-1]
#: also: maximize run.history["val_auc"][-1]
#: also: minimize run.history["val_loss"][-1]
#: also: minimize val_loss
#: proposed: yes
#: reports: 2
# %%
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

SEED = 99
keras.utils.set_random_seed(SEED)

bc = load_breast_cancer()
X_tr, X_va, y_tr, y_va = train_test_split(
    bc.data[:544], bc.target[:544], stratify=bc.target[:544], test_size=160, random_state=SEED
)
scale = MinMaxScaler().fit(X_tr)  #T MinMaxScaler
X_tr, X_va = scale.transform(X_tr), scale.transform(X_va)


class ResidualMLP(keras.Model):
    def __init__(self, width, n_blocks, rate):
        super().__init__()
        self.stem = keras.layers.Dense(width)
        self.blocks = [keras.layers.Dense(width, activation="gelu") for _ in range(n_blocks)]  #T "gelu"
        self.drop = keras.layers.Dropout(rate)
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x, training=False):
        x = self.stem(x)
        for block in self.blocks:
            x = x + self.drop(block(x), training=training)
        return self.head(x)


def fit_model(width=32, n_blocks=2, rate=0.15, lr=4e-3, batch_size=32):  #T 32; 2; 0.15; 4e-3; 32
    model = ResidualMLP(width, n_blocks, rate)
    model.compile(
        optimizer=keras.optimizers.AdamW(lr, weight_decay=0.004),  #T AdamW; 0.004
        loss="binary_crossentropy",
        metrics=[keras.metrics.AUC(name="auc")],
    )
    run = model.fit(X_tr, y_tr, epochs=2, batch_size=batch_size, validation_data=(X_va, y_va), verbose=0)  #M 2
    return model, run


model, history = fit_model()
val_loss, val_auc = model.evaluate(X_va, y_va, verbose=0)
print("val auc", round(val_auc, 4))
