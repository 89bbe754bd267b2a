#: framework: lightning
#: style: config dict, fit call, DataModule class earlier
#: objective: minimize val_loss
#: also: minimize trainer.callback_metrics["val_loss"]
#: also: minimize trainer.callback_metrics["val_loss"].item()
#: proposed: yes
#: reports: 3
# %%
import logging
import warnings

import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
hparams = {
    "hidden_sizes": [32, 16],  #T 32; 16
    "lr": 2e-3,  #T 2e-3
    "weight_decay": 1e-4,  #T 1e-4
    "batch_size": 32,  #T 32
    "max_epochs": 3,
    "optimizer": "AdamW",  #T "AdamW"
}
# %%
class SineData(L.LightningDataModule):
    def __init__(self, batch_size):
        super().__init__()
        self.batch_size = batch_size

    def setup(self, stage=None):
        g = torch.Generator().manual_seed(0)
        x = torch.rand(400, 3, generator=g) * 4 - 2
        y = torch.sin(x).prod(1, keepdim=True)
        self.train, self.val = TensorDataset(x[:320], y[:320]), TensorDataset(x[320:], y[320:])

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val, batch_size=80)


class Regressor(L.LightningModule):
    def __init__(self, hidden_sizes, lr, weight_decay, optimizer):
        super().__init__()
        self.save_hyperparameters()
        sizes = [3, *hidden_sizes]
        layers = []
        for a, b in zip(sizes, sizes[1:]):
            layers += [nn.Linear(a, b), nn.SiLU()]  #M SiLU
        self.net = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))

    def training_step(self, batch, _):
        loss = nn.functional.mse_loss(self.net(batch[0]), batch[1])
        self.log("train_loss", loss, on_epoch=True)
        return loss

    def validation_step(self, batch, _):
        self.log("val_loss", nn.functional.mse_loss(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        opt = getattr(torch.optim, self.hparams.optimizer)(
            self.parameters(), lr=self.hparams.lr, weight_decay=self.hparams.weight_decay
        )
        return [opt], [torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.95)]  #T 0.95; #M ExponentialLR
# %%
L.seed_everything(1, verbose=False)
dm = SineData(hparams["batch_size"])
model = Regressor(hparams["hidden_sizes"], hparams["lr"], hparams["weight_decay"], hparams["optimizer"])
trainer = L.Trainer(
    max_epochs=hparams["max_epochs"],
    gradient_clip_val=1.0,  #T 1.0
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(model, datamodule=dm)
val_loss = trainer.callback_metrics["val_loss"].item()
