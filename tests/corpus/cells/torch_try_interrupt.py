#: framework: torch
#: style: try, train and validate functions, config in capitals, with
#: objective: minimize best_val_loss
#: also: minimize val_loss
#: proposed: yes
#: reports: 3
#: clock: start
# %%
import math
import time

import torch
import torch.nn as nn

torch.manual_seed(1111)
CORPUS = ("the quick brown fox jumps over the lazy dog while the cat sleeps near the warm fire " * 30).split()
vocab = {w: i for i, w in enumerate(sorted(set(CORPUS)))}
ids = torch.tensor([vocab[w] for w in CORPUS])
train_data, val_data = ids[:400], ids[400:]
# %%
EMSIZE = 24  #T 24
NHID = 32  #T 32
NLAYERS = 1  #T 1
DROPOUT = 0.2  #T 0.2
BPTT = 10  #T 10
LR = 0.02  #T 0.02
CLIP = 0.25  #T 0.25
EPOCHS = 3


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers, dropout=0.5):  #M 0.5
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.GRU(ninp, nhid, nlayers)  #M GRU
        self.decoder = nn.Linear(nhid, ntoken)

    def forward(self, x):
        out, _ = self.rnn(self.drop(self.encoder(x)))
        return self.decoder(self.drop(out))


def batches(data):
    for i in range(0, len(data) - 1, BPTT):
        n = min(BPTT, len(data) - 1 - i)
        yield data[i : i + n], data[i + 1 : i + 1 + n]


def evaluate(data):
    model.eval()
    with torch.no_grad():
        losses = [criterion(model(x), y).item() for x, y in batches(data)]
    return sum(losses) / len(losses)


def train():
    model.train()
    for x, y in batches(train_data):
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
# %%
model = RNNModel(len(vocab), EMSIZE, NHID, NLAYERS, DROPOUT)
criterion = nn.CrossEntropyLoss()  #M CrossEntropyLoss
optimizer = torch.optim.Adam(model.parameters(), lr=LR)  #T Adam
# %%
# At any point you can hit Ctrl + C to break out of training early.
best_val_loss = None
try:
    for epoch in range(1, EPOCHS + 1):
        start = time.time()
        train()
        val_loss = evaluate(val_data)
        print("| end of epoch {:3d} | valid loss {:5.2f} | valid ppl {:8.2f}".format(epoch, val_loss, math.exp(val_loss)))
        if not best_val_loss or val_loss < best_val_loss:
            best_val_loss = val_loss
except KeyboardInterrupt:
    print("Exiting from training early")
