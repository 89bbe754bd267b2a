"""One small training per framework: the notebook, the cell, and what the framework itself
recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

DATA = """
import warnings
warnings.simplefilter("ignore")
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(120, 4)).astype("float32")
y = (X[:, 0] + 0.5 * rng.normal(size=120) > 0).astype("int64")
X_train, X_val, y_train, y_val = X[:80], X[80:], y[:80], y[80:]
"""


@dataclass(frozen=True)
class Family:
    """earlier: the notebook's cells before. cell: trains for a few steps. objective: of the cell.
    own: what the framework recorded at each step. stopped: true of the cell's names when the
    fit has ended after two steps, its callbacks told. timed: a pattern of what is printed and
    differs each time. travel: more of the notebook, whose objects go to the workers; without:
    a part of the cell that these objects stand for."""

    earlier: str
    cell: str
    objective: str
    own: str
    stopped: str
    timed: str = r"(?!)"
    travel: str = ""
    without: str = ""


KERAS_MODEL = """
model = keras.Sequential([
    keras.layers.Input((4,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dropout(0.1),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
"""
KERAS = Family(
    DATA
    + """
import keras
ended = []
class Ends(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        ended.append(sorted(logs))
""",
    KERAS_MODEL
    + """
history = model.fit(
    X_train, y_train, epochs=4, validation_data=(X_val, y_val), verbose=2,
    callbacks=[Ends(), keras.callbacks.EarlyStopping(patience=9, restore_best_weights=True)],
)
keys, epochs = sorted(history.history), history.epoch
val_acc = history.history["val_accuracy"][-1]
""",
    "val_acc",
    "history.history['val_accuracy']",
    "len(model.history.history['loss']) == 2 and len(ended) == 1 and model.stop_training",
    r"\d+[mu]?s(/step|/epoch)?",
    KERAS_MODEL + "model.fit(X_train, y_train, epochs=1, verbose=0)",
    KERAS_MODEL,
)

LIGHTNING = Family(
    DATA
    + """
import logging
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
import lightning.pytorch as L
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
torch._dynamo  # the first optimiser would import it
class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)
    def training_step(self, batch, index):
        loss = nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss, on_epoch=True)
        return loss
    def validation_step(self, batch, index):
        self.log("val_loss", nn.functional.cross_entropy(self.layer(batch[0]), batch[1]))
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)
class Ends(L.Callback):
    def __init__(self):
        self.seen, self.ends = [], 0
    def on_validation_end(self, trainer, module):
        if not trainer.sanity_checking:
            self.seen.append(trainer.callback_metrics["val_loss"].item())
    def on_fit_end(self, trainer, module):
        self.ends += 1
train = DataLoader(TensorDataset(torch.tensor(X_train), torch.tensor(y_train)), 40)
valid = DataLoader(TensorDataset(torch.tensor(X_val), torch.tensor(y_val)), 40)
""",
    """
ends = Ends()
net = Net()
trainer = L.Trainer(
    max_epochs=4, accelerator="cpu", logger=False, enable_checkpointing=False,
    enable_progress_bar=False, enable_model_summary=False, callbacks=[ends],
)
trainer.fit(net, train, valid)
keys = sorted(trainer.callback_metrics)
val_loss = trainer.callback_metrics["val_loss"].item()
""",
    "val_loss",
    "ends.seen",
    "trainer.current_epoch == 2 and ends.ends == 1 and trainer.state.finished",
    travel="net = Net()",
    without="net = Net()",
)

HUGGING_FACE = Family(
    DATA
    + """
import os
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import (
    BertConfig, BertForSequenceClassification, Trainer, TrainerCallback, TrainingArguments,
)
class Rows(torch.utils.data.Dataset):
    def __init__(self, n):
        self.x = torch.randint(0, 20, (n, 6), generator=torch.Generator().manual_seed(n))
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return dict(input_ids=self.x[i], labels=self.x[i][0] % 2)
class Ends(TrainerCallback):
    ends = 0
    def on_train_end(self, args, state, control, **rest):
        self.ends += 1
train, valid = Rows(16), Rows(8)
config = BertConfig(
    vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
    intermediate_size=8, num_labels=2,
)
import tempfile
folder = tempfile.gettempdir() + "/jupyter_hpo-adapters"
""",
    """
ends = Ends()
model = BertForSequenceClassification(config)
trainer = Trainer(
    model=model, train_dataset=train, eval_dataset=valid, callbacks=[ends],
    args=TrainingArguments(
        output_dir=folder, num_train_epochs=4, per_device_train_batch_size=8,
        eval_strategy="epoch", save_strategy="no", logging_strategy="epoch", report_to=[],
        disable_tqdm=True, use_cpu=True, learning_rate=1e-2,
    ),
)
trainer.train()
keys = sorted(trainer.state.log_history[-2])
eval_loss = trainer.evaluate()["eval_loss"]
""",
    "eval_loss",
    "[row['eval_loss'] for row in trainer.state.log_history if 'eval_loss' in row][:4]",
    "trainer.state.epoch == 2 and ends.ends == 1",
    r"'\w*(runtime|per_second)': '[^']*'",
    travel="model = BertForSequenceClassification(config)",
    without="model = BertForSequenceClassification(config)",
)

XGBOOST = Family(
    DATA + "\nimport xgboost as xgb\nfrom xgboost import train, DMatrix\n",
    """
dtrain, dval = DMatrix(X_train, label=y_train), DMatrix(X_val, label=y_val)
result = {}
class Ends(xgb.callback.TrainingCallback):
    ends, rounds = 0, 0
    def after_iteration(self, model, epoch, evals_log):
        self.rounds += 1
        return False
    def after_training(self, model):
        self.ends += 1
        return model
ends = Ends()
params = {"objective": "binary:logistic", "eval_metric": ["error", "logloss"], "nthread": 1}
bst = train(
    params, dtrain, 4, evals=[(dtrain, "train"), (dval, "val")], evals_result=result,
    callbacks=[ends],
)
keys = {name: sorted(figures) for name, figures in result.items()}
logloss = result["val"]["logloss"][-1]
""",
    "logloss",
    "result['val']['logloss']",
    "ends.rounds == 2 and ends.ends == 1",
    travel="dtrain, dval = 1, 2",
)

LIGHTGBM = Family(
    DATA + "\nimport lightgbm as lgb\nfrom lightgbm import train\n",
    """
ltrain = lgb.Dataset(X_train, label=y_train)
lval = lgb.Dataset(X_val, label=y_val, reference=ltrain)
result = {}
params = {"objective": "binary", "metric": "binary_logloss", "verbosity": -1, "num_threads": 1}
bst = train(
    params, ltrain, 4, valid_sets=[lval, ltrain], valid_names=["val", "train"],
    callbacks=[lgb.record_evaluation(result), lgb.log_evaluation(1)],
)
keys = {name: sorted(figures) for name, figures in result.items()}
logloss = bst.best_score["val"]["binary_logloss"]
""",
    "logloss",
    "result['val']['binary_logloss']",
    "len(result['val']['binary_logloss']) == 2",
)

SKLEARN = Family(
    DATA + "\nfrom sklearn.neural_network import MLPClassifier\n",
    """
clf = MLPClassifier((4,), max_iter=4, early_stopping=True, verbose=True, random_state=0)
clf.fit(X_train, y_train)
keys = sorted(vars(clf))
score = clf.validation_scores_[-1]
""",
    "score",
    "clf.validation_scores_",
    "clf.n_iter_ == 2 and len(clf.coefs_) == 2",
    travel="clf = MLPClassifier((4,), max_iter=1)",
)

SKORCH = Family(
    DATA
    + """
import torch
import torch._dynamo
from torch import nn
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, EarlyStopping
class Ends(Callback):
    ends = 0
    def on_train_end(self, net, **rest):
        self.ends += 1
""",
    """
ends = Ends()
net = NeuralNetClassifier(
    nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1)), max_epochs=4, lr=0.1,
    callbacks=[ends, EarlyStopping(patience=9)],
)
net.fit(X_train, y_train)
keys = sorted(net.history[-1])
valid_loss = net.history[-1, "valid_loss"]
""",
    "valid_loss",
    "net.history[:, 'valid_loss']",
    "len(net.history) == 2 and ends.ends == 1",
    r" +\d\.\d+\n",
)

FAMILIES = {
    "keras-torch": KERAS,
    "keras-tensorflow": KERAS,
    "keras-jax": KERAS,
    "lightning": LIGHTNING,
    "hugging face": HUGGING_FACE,
    "xgboost": XGBOOST,
    "lightgbm": LIGHTGBM,
    "sklearn": SKLEARN,
    "skorch": SKORCH,
}
