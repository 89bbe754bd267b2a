#: framework: torch
#: style: train function, earlier top-level values, collate function, trailing expression
#: objective: maximize accu_val
#: also: maximize evaluate(valid_dataloader)
#: proposed: yes
#: reports: 3
# %%
import random

import torch
from torch import nn
from torch.utils.data import DataLoader

random.seed(0)
topics = {0: "goal match team coach league", 1: "stock market bank profit share", 2: "atom laser cell gene orbit"}
common = "a the of in on and said new after over"
samples = []
for _ in range(240):
    label = random.randrange(3)
    words = topics[label].split() + common.split() * 2
    samples.append((label, " ".join(random.choices(words, k=10))))
vocab = {w: i for i, w in enumerate(sorted({w for _, s in samples for w in s.split()}))}
# %%
def collate_batch(batch):
    labels, text, offsets = [], [], [0]
    for label, sentence in batch:
        ids = torch.tensor([vocab[w] for w in sentence.split()])
        labels.append(label)
        text.append(ids)
        offsets.append(len(ids))
    return torch.tensor(labels), torch.cat(text), torch.tensor(offsets[:-1]).cumsum(dim=0)


class TextClassificationModel(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, mode="mean")  #M "mean"
        self.fc = nn.Linear(embed_dim, num_class)
        self.init_weights()

    def init_weights(self):
        initrange = 0.5  #M 0.5
        self.embedding.weight.data.uniform_(-initrange, initrange)
        self.fc.weight.data.uniform_(-initrange, initrange)
        self.fc.bias.data.zero_()

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))
# %%
def train(dataloader):
    model.train()
    for idx, (label, text, offsets) in enumerate(dataloader):
        optimizer.zero_grad()
        loss = criterion(model(text, offsets), label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)  #T 0.1
        optimizer.step()


def evaluate(dataloader):
    model.eval()
    total_acc, total_count = 0, 0
    with torch.no_grad():
        for label, text, offsets in dataloader:
            total_acc += (model(text, offsets).argmax(1) == label).sum().item()
            total_count += label.size(0)
    return total_acc / total_count
# %%
# Hyperparameters
EPOCHS = 3  # epoch
LR = 5  #T 5
BATCH_SIZE = 16  #T 16
emsize = 32  #T 32

torch.manual_seed(0)
model = TextClassificationModel(len(vocab), emsize, 3)
criterion = torch.nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = torch.optim.SGD(model.parameters(), lr=LR)  #T SGD
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1.0, gamma=0.1)  #T 0.1; #M 1.0; StepLR
train_dataloader = DataLoader(samples[:180], batch_size=BATCH_SIZE, shuffle=True, collate_fn=collate_batch)
valid_dataloader = DataLoader(samples[180:], batch_size=BATCH_SIZE, collate_fn=collate_batch)
total_accu = None
for epoch in range(1, EPOCHS + 1):
    train(train_dataloader)
    accu_val = evaluate(valid_dataloader)
    if total_accu is not None and total_accu > accu_val:
        scheduler.step()
    else:
        total_accu = accu_val
    print("-" * 30)
    print("| end of epoch {:3d} | valid accuracy {:8.3f} ".format(epoch, accu_val))
