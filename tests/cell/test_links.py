"""Widths that must agree are tied: every model runs with every value that is proposed for it."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from jupyter_hpo.cell import CapturedCell, bind, capture
from jupyter_hpo.space import Categorical, Distribution, Float, Int

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

# code that leaves `out` -> names of sizes that are proposed in it
MODELS: dict[str, tuple[str, set[str]]] = {
    "mlp": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)
    def forward(self, x):
        x = x.view(x.shape[0], -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.log_softmax(self.fc3(x), dim=1)
model = Net()
out = model(torch.randn(2, 1, 28, 28))
""",
        {"fc1.out_features", "fc2.out_features"},
    ),
    "cnn with the mnist example's shape": (
        """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)
    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)
model = Net()
out = model(torch.randn(2, 1, 28, 28))
""",
        {"conv1.out_channels", "fc1.out_features"},
    ),
    "cnn with a product": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(-1, 16 * 5 * 5)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
model = Net()
out = model(torch.randn(2, 3, 32, 32))
""",
        {"conv1.out_channels", "conv2.out_channels", "fc1.out_features", "fc2.out_features"},
    ),
    "sequential with norms": (
        """
model = nn.Sequential(
    nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.BatchNorm2d(16), nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, kernel_size=3, padding=1), nn.BatchNorm2d(32), nn.ReLU(inplace=True),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(32, 10))
out = model(torch.randn(4, 1, 8, 8))
""",
        {"Conv2d.out_channels", "Conv2d_2.out_channels"},
    ),
    "features and classifier": (
        """
class CNN(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(64 * 8 * 8, 256), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(256, num_classes))
    def forward(self, x):
        return self.classifier(self.features(x))
model = CNN()
out = model(torch.randn(2, 3, 32, 32))
""",
        {"Conv2d.out_channels", "Conv2d_2.out_channels", "Linear.out_features"},
    ),
    "lstm": (
        """
class LSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 50)
        self.lstm = nn.LSTM(50, 64, num_layers=2, batch_first=True, dropout=0.2)
        self.fc = nn.Linear(64, 1)
    def forward(self, x):
        x = self.embedding(x)
        out, (h, c) = self.lstm(x)
        return self.fc(out[:, -1, :])
model = LSTM()
out = model(torch.randint(0, 1000, (2, 7)))
""",
        {"embedding.embedding_dim", "lstm.hidden_size"},
    ),
    "both directions": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 32, batch_first=True, bidirectional=True)
        self.fc1 = nn.Linear(64, 16)
        self.fc2 = nn.Linear(16, 2)
    def forward(self, x):
        out, h = self.gru(x)
        h = torch.cat((h[-2], h[-1]), dim=1)
        return self.fc2(torch.relu(self.fc1(h)))
model = Net()
out = model(torch.randn(2, 5, 8))
""",
        {"fc1.out_features"},
    ),
    "both directions in a product": (
        """
class Net(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.gru = nn.GRU(8, hidden, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(hidden * 2, 2)
    def forward(self, x):
        out, h = self.gru(x)
        return self.fc(out[:, -1])
model = Net(hidden=24)
out = model(torch.randn(2, 5, 8))
""",
        {"hidden"},
    ),
    "own states": (
        """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, num_classes):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, num_classes)
    def forward(self, x):
        h0 = torch.zeros(self.num_layers, x.size(0), self.hidden_size)
        c0 = torch.zeros(self.num_layers, x.size(0), self.hidden_size)
        out, _ = self.lstm(x, (h0, c0))
        return self.fc(out[:, -1, :])
model = RNN(28, 128, 2, 10)
out = model(torch.randn(2, 28, 28))
""",
        {"hidden_size", "num_layers"},
    ),
    "residual blocks": (
        """
class Block(nn.Module):
    def __init__(self, in_ch, out_ch, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_ch, out_ch, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_ch)
        self.conv2 = nn.Conv2d(out_ch, out_ch, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_ch)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_ch != out_ch:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_ch, out_ch, 1, stride), nn.BatchNorm2d(out_ch))
    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)
class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, 1, 1)
        self.layer1 = Block(16, 16)
        self.layer2 = Block(16, 32, 2)
        self.fc = nn.Linear(32, 10)
    def forward(self, x):
        x = self.layer2(self.layer1(F.relu(self.conv(x))))
        x = F.adaptive_avg_pool2d(x, 1).view(x.size(0), -1)
        return self.fc(x)
model = ResNet()
out = model(torch.randn(2, 3, 8, 8))
""",
        set(),
    ),
    "autoencoder": (
        """
class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
        self.decoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid())
    def forward(self, x):
        z = self.encoder(x)
        return self.decoder(z)
model = AE()
out = model(torch.randn(2, 64))
""",
        {"Linear.out_features", "Linear_2.out_features"},
    ),
    "vae": (
        """
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)
    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)
    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std
    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))
    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 784))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar
model = VAE()
out, mu, logvar = model(torch.randn(2, 1, 28, 28))
""",
        set(),
    ),
    "layers in a loop": (
        """
class MLP(nn.Module):
    def __init__(self, n_in, hidden, n_layers, n_out):
        super().__init__()
        layers = [nn.Linear(n_in, hidden), nn.ReLU()]
        for _ in range(n_layers - 1):
            layers += [nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.1)]
        layers.append(nn.Linear(hidden, n_out))
        self.net = nn.Sequential(*layers)
    def forward(self, x):
        return self.net(x)
model = MLP(20, 64, 3, 2)
out = model(torch.randn(4, 20))
""",
        {"hidden", "n_layers"},
    ),
    "a list of widths": (
        """
sizes = [20, 64, 32, 2]
layers = []
for a, b in zip(sizes[:-1], sizes[1:]):
    layers.append(nn.Linear(a, b))
    layers.append(nn.Tanh())
model = nn.Sequential(*layers[:-1])
out = model(torch.randn(4, 20))
""",
        {"sizes[1]", "sizes[2]"},
    ),
    "a variable and a literal": (
        """
hidden = 64
model = nn.Sequential(nn.Linear(20, hidden), nn.ReLU(), nn.Linear(64, 2))
out = model(torch.randn(4, 20))
""",
        {"hidden"},
    ),
    "a method nobody knows": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(20, 64)
        self.b = nn.Linear(64, 2)
    def forward(self, x):
        return self.b(torch.cumsum(self.a(x), 0))
model = Net()
out = model(torch.randn(4, 20))
""",
        set(),
    ),
    "two branches joined": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(20, 64)
        self.b = nn.Linear(20, 32)
        self.c = nn.Linear(96, 16)
        self.d = nn.Linear(16, 2)
    def forward(self, x):
        x = torch.cat([self.a(x), self.b(x)], dim=1)
        return self.d(F.relu(self.c(x)))
model = Net()
out = model(torch.randn(4, 20))
""",
        {"c.out_features"},
    ),
    "transformer": (
        """
class Model(nn.Module):
    def __init__(self, vocab=100, d_model=64, nhead=4, num_layers=2):
        super().__init__()
        self.emb = nn.Embedding(vocab, d_model)
        layer = nn.TransformerEncoderLayer(d_model, nhead, dim_feedforward=128, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers)
        self.head = nn.Linear(d_model, 3)
    def forward(self, x):
        return self.head(self.encoder(self.emb(x)).mean(dim=1))
model = Model()
out = model(torch.randint(0, 100, (2, 5)))
""",
        {"d_model", "nhead", "num_layers", "dim_feedforward"},
    ),
    "generator": (
        """
latent_dim = 100
G = nn.Sequential(
    nn.Linear(latent_dim, 128 * 7 * 7), nn.Unflatten(1, (128, 7, 7)),
    nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
    nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())
D = nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(),
    nn.Linear(64 * 14 * 14, 1), nn.Sigmoid())
out = D(G(torch.randn(2, latent_dim)))
""",
        {"latent_dim", "ConvTranspose2d.out_channels", "Conv2d.out_channels"},
    ),
    "ordered dict": (
        """
from collections import OrderedDict
model = nn.Sequential(OrderedDict([
    ("fc1", nn.Linear(30, 16)), ("act", nn.ReLU()), ("fc2", nn.Linear(16, 1))]))
out = model(torch.randn(4, 30))
""",
        {"fc1.out_features"},
    ),
    "data as wide as the layers": (
        """
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64))
out = model(torch.randn(4, 64))
""",
        {"Linear.out_features"},
    ),
    "text cnn": (
        """
class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 32)
        self.conv1 = nn.Conv1d(32, 48, 3)
        self.fc = nn.Linear(48, 2)
    def forward(self, x):
        x = self.embedding(x).permute(0, 2, 1)
        x = F.relu(self.conv1(x)).max(dim=2)[0]
        return self.fc(x)
model = TextCNN()
out = model(torch.randint(0, 100, (2, 9)))
""",
        {"embedding.embedding_dim", "conv1.out_channels"},
    ),
    "grouped and depthwise": (
        """
model = nn.Sequential(nn.Conv2d(4, 16, 1), nn.Conv2d(16, 16, 3, groups=16, padding=1),
    nn.GroupNorm(4, 16), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 8), nn.Linear(8, 2))
out = model(torch.randn(2, 4, 8, 8))
""",
        {"Linear.out_features"},
    ),
    "module list": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(10, 32)
        self.blocks = nn.ModuleList([nn.Linear(32, 32) for _ in range(3)])
        self.norms = nn.ModuleList([nn.LayerNorm(32) for _ in range(3)])
        self.last = nn.Linear(32, 2)
    def forward(self, x):
        x = self.first(x)
        for block, norm in zip(self.blocks, self.norms):
            x = x + F.gelu(block(norm(x)))
        return self.last(x)
model = Net()
out = model(torch.randn(4, 10))
""",
        {"first.out_features"},
    ),
    "attention": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Linear(6, 32)
        self.attn = nn.MultiheadAttention(32, 4, batch_first=True)
        self.norm = nn.LayerNorm(32)
        self.head = nn.Linear(32, 1)
    def forward(self, x):
        x = self.emb(x)
        a, _ = self.attn(x, x, x)
        x = self.norm(x + a)
        return self.head(x[:, 0])
model = Net()
out = model(torch.randn(2, 5, 6))
""",
        {"emb.out_features"},
    ),
    "numpy weights of a class": (
        """
import numpy as np
rng = np.random.default_rng(0)
W1 = rng.normal(size=(20, 64)) * 0.1
b1 = np.zeros(64)
W2 = rng.normal(size=(64, 3)) * 0.1
b2 = np.zeros(3)
X = rng.normal(size=(100, 20))
out = np.tanh(X @ W1 + b1) @ W2 + b2
""",
        {"hidden"},
    ),
}  # fmt: skip


def values_of(distribution: Distribution) -> list[Any]:
    match distribution:
        case Categorical(choices=choices):
            return list(choices)
        case Int(low=low, high=high):
            return [low, high, low + (high - low) // 3]
        case Float(low=low, high=high):
            return [low, high]
    raise AssertionError(distribution)


def auto(source: str) -> CapturedCell:
    return capture(source + "loss = out.mean()\n", auto=True)


@pytest.mark.parametrize("name", MODELS)
def test_models_run_with_whatever_is_proposed(name: str) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    source = HEAD + MODELS[name][0]
    cell = auto(source)
    assert {p.code for p in cell.problems} <= {"nothing_to_tune"}
    assert MODELS[name][1] <= set(cell.space)
    program = cell.program()
    for parameter in cell.space.values():
        for value in values_of(parameter.distribution):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                bind(program, {parameter.name: value}).run({"__name__": "__main__"})
