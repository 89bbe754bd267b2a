#: framework: lightning
#: style: LightningModule, save_hyperparameters, earlier cells
#: objective: maximize trainer.callback_metrics["val_acc"]
#: also: minimize trainer.callback_metrics["val_loss"]
#: also: maximize val_acc
#: also: minimize val_loss
#: also: maximize float(trainer.callback_metrics["val_acc"])
#: also: minimize float(trainer.callback_metrics["val_loss"])
#: proposed: yes
#: reports: 3
# %%
import lightning as L
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

L.seed_everything(17)
raw = load_breast_cancer()
features = torch.tensor(StandardScaler().fit_transform(raw.data), dtype=torch.float32)  #M StandardScaler
target = torch.tensor(raw.target, dtype=torch.float32)
train_ds, val_ds = random_split(
    TensorDataset(features, target), [0.8, 0.2], generator=torch.Generator().manual_seed(17)
)


# %%
class LitClassifier(L.LightningModule):
    def __init__(self, hidden=64, dropout=0.2, lr=1e-3, weight_decay=1e-4):  #T 0.2; 1e-4 #M 64; 1e-3
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(30, hidden),
            nn.LeakyReLU(0.1),  #T LeakyReLU #M 0.1
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden // 2),  #M 2
            nn.LeakyReLU(0.1),  #M LeakyReLU; 0.1
            nn.Linear(hidden // 2, 1),  #M 2
        )
        self.loss_fn = nn.BCEWithLogitsLoss()  #M BCEWithLogitsLoss

    def forward(self, x):
        return self.net(x).squeeze(-1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = self.loss_fn(self(x), y)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self(x)
        acc = ((logits > 0) == (y > 0.5)).float().mean()  #M 0; 0.5
        self.log("val_loss", self.loss_fn(logits, y), prog_bar=True)
        self.log("val_acc", acc, prog_bar=True)

    def configure_optimizers(self):
        opt = torch.optim.Adam(  #T Adam
            self.parameters(), lr=self.hparams.lr, weight_decay=self.hparams.weight_decay
        )
        sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.3, patience=2)  #T 0.3 #M ReduceLROnPlateau; 2
        return {"optimizer": opt, "lr_scheduler": {"scheduler": sched, "monitor": "val_loss"}}


# %%
train_loader = DataLoader(train_ds, batch_size=32, shuffle=True)  #T 32
val_loader = DataLoader(val_ds, batch_size=128)

model = LitClassifier(hidden=48, lr=3e-3)  #T 48; 3e-3
trainer = L.Trainer(
    max_epochs=3,  #M 3
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
    gradient_clip_val=0.5,  #M 0.5
)
trainer.fit(model, train_loader, val_loader)
print(trainer.callback_metrics)
