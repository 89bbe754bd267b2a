#: framework: lightning
#: style: fit call, positional arguments, only printed metric
#: objective: minimize results[0]["val_mse"]
#: also: minimize trainer.callback_metrics["val_mse"]
#: also: minimize trainer.callback_metrics["val_mse"].item()
#: also: minimize printed "reconstruction error"
#: proposed: yes
#: reports: 2
# %%
import logging
import torch
import torch.nn as nn
import lightning.pytorch as pl
from sklearn.datasets import load_digits

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
digits = torch.tensor(load_digits().data, dtype=torch.float32) / 16
train_loader = torch.utils.data.DataLoader(digits[:600], batch_size=50, shuffle=True, generator=torch.Generator().manual_seed(0))  #T 50
val_loader = torch.utils.data.DataLoader(digits[600:800], batch_size=100)
# %%
class LitAutoEncoder(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))  #T 32; 4; #M ReLU; 32@2
        self.decoder = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64))  #M 4; 32; 32@2; ReLU

    def _loss(self, x):
        return nn.functional.mse_loss(self.decoder(self.encoder(x)), x)

    def training_step(self, batch, batch_idx):
        return self._loss(batch)

    def validation_step(self, batch, batch_idx):
        self.log("val_mse", self._loss(batch))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)  #T Adam; 1e-3
# %%
pl.seed_everything(0, verbose=False)
autoencoder = LitAutoEncoder()
trainer = pl.Trainer(max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False,
                     enable_progress_bar=False, enable_model_summary=False)
trainer.fit(autoencoder, train_loader, val_loader)
results = trainer.validate(autoencoder, val_loader, verbose=False)
print("reconstruction error", results[0]["val_mse"])
