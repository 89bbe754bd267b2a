#: framework: lightning
#: style: model class earlier, fit call, trailing expression
#: objective: maximize trainer.callback_metrics["val_acc"]
#: also: minimize trainer.callback_metrics["val_loss"]
#: also: maximize trainer.callback_metrics["val_acc"].item()
#: also: minimize trainer.callback_metrics["val_loss"].item()
#: proposed: yes
#: reports: 3
# %%
import lightning as L
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

L.seed_everything(42, verbose=False)
data = load_digits()
X = torch.tensor(data.data / 16, dtype=torch.float32)
y = torch.tensor(data.target)
train_set = TensorDataset(X[:500], y[:500])
val_set = TensorDataset(X[500:800], y[500:800])
# %%
class LitDigits(L.LightningModule):
    def __init__(self, hidden_dim=64, lr=1e-3, dropout=0.1):  #T 64; 0.1; #M 1e-3
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(64, hidden_dim), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden_dim, 10)  #M ReLU
        )

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self(x)
        self.log("val_loss", F.cross_entropy(logits, y), prog_bar=True)
        self.log("val_acc", (logits.argmax(1) == y).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)  #T Adam
# %%
import logging

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
L.seed_everything(42, verbose=False)
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)  #T 64
val_loader = DataLoader(val_set, batch_size=128)
model = LitDigits(lr=5e-3)  #T 5e-3
trainer = L.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(model, train_loader, val_loader)
trainer.callback_metrics
