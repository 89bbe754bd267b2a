#: framework: torch
#: style: config dict, train function, optimizer by string
#: objective: maximize history["val_acc"][-1]
#: also: minimize history["val_loss"][-1]
#: also: maximize max(history["val_acc"])
#: proposed: yes
#: reports: 3
# %%
import torch
from torch import nn
from sklearn.datasets import load_digits

SEED = 1234
torch.manual_seed(SEED)
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
labels = torch.tensor(digits.target)
train_x, train_y = images[:900], labels[:900]
val_x, val_y = images[900:1200], labels[900:1200]
# %%
config = {
    "channels": 16,  #T 16
    "kernel_size": 3,  #T 3
    "dropout": 0.25,  #T 0.25
    "optimizer": "adam",  #T "adam"
    "lr": 1e-3,  #T 1e-3
    "weight_decay": 1e-4,  #T 1e-4
    "batch_size": 128,  #T 128
    "epochs": 3,
    "num_classes": 10,
}
# %%
def make_model(cfg):
    c, k = cfg["channels"], cfg["kernel_size"]
    return nn.Sequential(
        nn.Conv2d(1, c, k, padding=k // 2),
        nn.BatchNorm2d(c),
        nn.ReLU(),  #M ReLU
        nn.MaxPool2d(2),
        nn.Conv2d(c, 2 * c, k, padding=k // 2),  #M 2
        nn.ReLU(),  #M ReLU
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(cfg["dropout"]),
        nn.Linear(2 * c, cfg["num_classes"]),  #M 2
    )


def make_optimizer(model, cfg):
    if cfg["optimizer"] == "adam":
        return torch.optim.Adam(model.parameters(), lr=cfg["lr"], weight_decay=cfg["weight_decay"])  #M Adam
    elif cfg["optimizer"] == "sgd":
        return torch.optim.SGD(model.parameters(), lr=cfg["lr"], momentum=0.9, weight_decay=cfg["weight_decay"])  #M 0.9; SGD
    raise ValueError(cfg["optimizer"])


def train(model, cfg):
    loss_fn = nn.CrossEntropyLoss()  #M CrossEntropyLoss
    opt = make_optimizer(model, cfg)
    history = {"train_loss": [], "val_loss": [], "val_acc": []}
    for epoch in range(cfg["epochs"]):
        model.train()
        order = torch.randperm(len(train_x))
        total = 0.0
        for batch in order.split(cfg["batch_size"]):
            opt.zero_grad()
            loss = loss_fn(model(train_x[batch]), train_y[batch])
            loss.backward()
            opt.step()
            total += loss.item() * len(batch)
        model.eval()
        with torch.no_grad():
            out = model(val_x)
            val_loss = loss_fn(out, val_y).item()
            val_acc = (out.argmax(1) == val_y).float().mean().item()
        history["train_loss"].append(total / len(train_x))
        history["val_loss"].append(val_loss)
        history["val_acc"].append(val_acc)
        print(f"[{epoch}] train {history['train_loss'][-1]:.4f}  val {val_loss:.4f}  acc {val_acc:.3f}")
    return history
# %%
torch.manual_seed(SEED)
model = make_model(config)
history = train(model, config)
