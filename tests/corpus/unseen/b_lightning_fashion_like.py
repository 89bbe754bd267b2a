#: framework: lightning
#: style: LightningModule, earlier cells
#: objective: maximize trainer.callback_metrics["val_acc"].item()
#: also: minimize trainer.callback_metrics["val_loss"].item()
#: also: maximize trainer.callback_metrics["val_acc"]
#: also: minimize trainer.callback_metrics["val_loss"]
#: also: maximize final
#: proposed: yes
#: reports: 2
# %%
import logging

import lightning as L
import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
L.seed_everything(77)

# %%
class WineData(L.LightningDataModule):
    def __init__(self, batch_size=16):  #T 16
        super().__init__()
        self.batch_size = batch_size

    def setup(self, stage=None):
        wine = load_wine()
        x = torch.tensor(wine.data, dtype=torch.float32)
        x = (x - x.mean(0)) / x.std(0)
        x = x + 1.2 * torch.randn(x.shape, generator=torch.Generator().manual_seed(2))
        whole = TensorDataset(x, torch.tensor(wine.target))
        self.train, self.val = random_split(whole, [130, 48], torch.Generator().manual_seed(2))

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val, batch_size=48)


# %%
class LitClassifier(L.LightningModule):
    def __init__(self, hidden_dim=32, dropout=0.2, lr=5e-3, weight_decay=1e-2):  #T 32; 0.2; 5e-3; 1e-2
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(13, hidden_dim),
            nn.LayerNorm(hidden_dim),  #M LayerNorm
            nn.SiLU(),  #T SiLU
            nn.Dropout(dropout),
            nn.Linear(hidden_dim, 3),
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
        self.log("val_acc", (logits.argmax(-1) == y).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(  #T AdamW
            self.parameters(), lr=self.hparams.lr, weight_decay=self.hparams.weight_decay
        )
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)  #M CosineAnnealingLR; 2
        return {"optimizer": optimizer, "lr_scheduler": scheduler}


# %%
L.seed_everything(77)
data = WineData()
model = LitClassifier()
trainer = L.Trainer(
    max_epochs=2,  #M 2
    gradient_clip_val=1.0,  #M 1.0
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
    num_sanity_val_steps=0,
)
trainer.fit(model, datamodule=data)
final = trainer.callback_metrics["val_acc"].item()
print("final val acc:", final)
