#: framework: torch
#: style: argparse, train function, text, StepLR
#: objective: maximize accu_val
#: also: maximize best_acc
#: also: maximize printed "valid accuracy"
#: proposed: yes
#: reports: 3
# %%
import argparse
import random

import torch
from torch import nn
from torch.utils.data import DataLoader

parser = argparse.ArgumentParser(description="bag of embeddings")
parser.add_argument("--embed-dim", type=int, default=32)  #T 32
parser.add_argument("--hidden", type=int, default=16)  #T 16
parser.add_argument("--lr", type=float, default=2.0)  #T 2.0
parser.add_argument("--gamma", type=float, default=0.5)  #T 0.5
parser.add_argument("--step-size", type=int, default=1)  #T 1
parser.add_argument("--batch-size", type=int, default=16)  #T 16
parser.add_argument("--clip", type=float, default=0.1)  #M 0.1
parser.add_argument("--epochs", type=int, default=3)  #M 3
parser.add_argument("--seed", type=int, default=1234)
parser.add_argument("--log-interval", type=int, default=20)
args = parser.parse_args([])

random.seed(args.seed)
torch.manual_seed(args.seed)

POOLS = [
    "goal match team coach league striker penalty season".split(),
    "market shares profit bank rates trade dollar growth".split(),
    "orbit planet probe telescope comet launch rocket lab".split(),
]
COMMON = "the a of in on says new after with for week today".split()
vocab = {w: i for i, w in enumerate(COMMON + [w for pool in POOLS for w in pool])}


def make_line(label):
    words = random.choices(COMMON, k=9) + random.choices(POOLS[label], k=2)
    words += random.choices(POOLS[random.randrange(3)], k=2)
    random.shuffle(words)
    return label, [vocab[w] for w in words]


data = [make_line(random.randrange(3)) for _ in range(900)]
train_data, valid_data = data[:700], data[700:]


def collate_batch(batch):
    labels = torch.tensor([label for label, _ in batch])
    lengths = [0] + [len(ids) for _, ids in batch]
    offsets = torch.tensor(lengths[:-1]).cumsum(dim=0)
    text = torch.tensor([i for _, ids in batch for i in ids])
    return labels, text, offsets


class TextClassifier(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden, num_class):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, mode="mean")  #M "mean"
        self.fc1 = nn.Linear(embed_dim, hidden)
        self.fc2 = nn.Linear(hidden, num_class)
        self.init_weights()

    def init_weights(self):
        initrange = 0.5  #M 0.5
        self.embedding.weight.data.uniform_(-initrange, initrange)
        self.fc1.weight.data.uniform_(-initrange, initrange)
        self.fc1.bias.data.zero_()

    def forward(self, text, offsets):
        return self.fc2(torch.relu(self.fc1(self.embedding(text, offsets))))  #M relu


def train_epoch(dataloader):
    model.train()
    total_acc, total_count = 0, 0
    for idx, (label, text, offsets) in enumerate(dataloader):
        optimizer.zero_grad()
        predicted = model(text, offsets)
        loss = criterion(predicted, label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        optimizer.step()
        total_acc += (predicted.argmax(1) == label).sum().item()
        total_count += label.size(0)
        if idx % args.log_interval == 0 and idx > 0:
            print(f"| {idx:5d}/{len(dataloader):5d} batches | accuracy {total_acc / total_count:8.3f}")
            total_acc, total_count = 0, 0


def evaluate(dataloader):
    model.eval()
    total_acc, total_count = 0, 0
    with torch.no_grad():
        for label, text, offsets in dataloader:
            predicted = model(text, offsets)
            total_acc += (predicted.argmax(1) == label).sum().item()
            total_count += label.size(0)
    return total_acc / total_count


train_dataloader = DataLoader(
    train_data, batch_size=args.batch_size, shuffle=True, collate_fn=collate_batch
)
valid_dataloader = DataLoader(valid_data, batch_size=64, collate_fn=collate_batch)

model = TextClassifier(len(vocab), args.embed_dim, args.hidden, 3)
criterion = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)  #T SGD
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, args.step_size, gamma=args.gamma)  #T StepLR

best_acc = 0.0
for epoch in range(1, args.epochs + 1):
    train_epoch(train_dataloader)
    accu_val = evaluate(valid_dataloader)
    scheduler.step()
    if accu_val > best_acc:
        best_acc = accu_val
    print("-" * 59)
    print(f"| end of epoch {epoch:3d} | valid accuracy {accu_val:8.3f}")
    print("-" * 59)
