import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset, Subset, random_split
torch.manual_seed(0)
class Rows(Dataset):
    def __init__(self, n): self.x = torch.arange(n * 100.0).reshape(n, 100)
    def __len__(self): return len(self.x)
    def __getitem__(self, i): return self.x[i], i % 2
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(100, 100, bias=False)
        self.decoder = nn.Linear(100, 100, bias=False)
        self.decoder.weight = self.encoder.weight
        self.norm = nn.BatchNorm1d(100)
        self.register_buffer("scale", torch.ones(100))
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(100, 100), nn.Dropout(0.1)) for _ in range(2)])
        self.extra = nn.ParameterDict({"a": nn.Parameter(torch.zeros(3))})
        self.act = lambda v: F.relu(v)
        self.seen = []
        self.blocks[0].register_forward_hook(lambda m, i, o: self.seen.append(o.shape))
    def forward(self, v):
        for block in self.blocks:
            v = block(self.act(v))
        return self.decoder(self.norm(self.encoder(v)) * self.scale)
model = Tied()
optimizer = torch.optim.AdamW([{"params": [p for n, p in model.named_parameters() if "norm" not in n]}, {"params": model.norm.parameters(), "lr": 0.5}], lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
one_cycle = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: 0.9 ** e)
for _ in range(2):
    optimizer.zero_grad(); model(torch.randn(8, 100)).sum().backward(); optimizer.step(); scheduler.step()
step = optimizer.state[model.encoder.weight]["step"].item()
ema = torch.optim.swa_utils.AveragedModel(model)
data = Rows(50); train, held = random_split(data, [40, 10], generator=torch.Generator().manual_seed(1))
loader = DataLoader(train, 8, shuffle=True, collate_fn=lambda rows: torch.stack([r[0] for r in rows]))
generator = torch.Generator().manual_seed(9)
expected = torch.rand(3, generator=torch.Generator().manual_seed(9))
criterion, device, dtype, size = nn.CrossEntropyLoss(weight=torch.ones(3)), torch.device("cpu"), torch.float16, torch.Size([2, 3])
scripted = torch.jit.script(nn.Linear(2, 2)) if False else None
state = model.state_dict(); weights = model.encoder.weight
frozen = nn.Linear(3, 3).requires_grad_(False)
quantised = torch.quantize_per_tensor(torch.ones(2000), 0.1, 0, torch.qint8)
big = torch.arange(20_000.0); views = big.view(100, 200)[:, 3:9], big[::2].unflatten(0, (100, 100)).T
dist, packed = torch.distributions.Normal(0.0, torch.ones(2)), nn.utils.rnn.pack_sequence([torch.ones(3), torch.ones(2)])
scaler = torch.amp.GradScaler("cpu")
param_norm = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
# %% trial
assert model.encoder.weight is model.decoder.weight is weights
assert state["encoder.weight"].data_ptr() == weights.data_ptr()
assert optimizer.param_groups[0]["params"][0] is weights and optimizer.param_groups[1]["lr"] < 0.5
assert optimizer.state[weights]["step"].item() == step == 2
assert scheduler.optimizer is optimizer and scheduler.last_epoch == 2 and one_cycle.lr_lambdas[0](1) == 0.9
before, seen = weights.detach().clone(), len(model.seen)
for batch in loader:
    optimizer.zero_grad(); loss = (model(batch) ** 2).mean(); loss.backward(); optimizer.step()
assert not torch.equal(before, weights) and len(model.seen) > seen
assert not torch.equal(next(ema.parameters()), weights)
assert train.dataset is data and len(held) == 10 and loader.dataset is train
assert torch.equal(torch.rand(3, generator=generator), expected)
assert criterion(torch.zeros(2, 3), torch.tensor([0, 1])).item() > 0 and device.type == "cpu" and dtype is torch.float16
assert not frozen.weight.requires_grad and quantised.int_repr()[0] == 10
big[3] = -1; assert views[0][0, 0] == -1 and views[1].shape == (100, 100)
big[2] = -2; assert views[1][1, 0] == -2
assert dist.sample().shape == (2,) and packed.batch_sizes.tolist() == [2, 2, 1]
assert param_norm(torch.ones(4)).shape == (4,) and scaler.is_enabled() in (True, False)
x = 1
